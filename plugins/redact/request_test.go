package redact_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/longmen-gateway/longmen/plugins/redact"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

const config = `{"key":"a key for tests only"}`

// tags are what tells the placeholders of one type apart.
var tags = regexp.MustCompile(`_[2-9A-HJ-NP-Z]{4,24}>`)

var form = regexp.MustCompile(`<(EMAIL|PHONE|PAYMENT_CARD|CN_RESIDENT_ID|API_KEY)_[2-9A-HJ-NP-Z]{4,24}>`)

// secret is a vendor's key, put together here so that it is none for those who scan repositories.
const secret = "ghp" + "_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"

// originals are one value of each type.
var originals = []string{"jane.doe@example.com", "+1 415-555-2671", "4111 1111 1111 1111", "11010519491231002X", secret}

const letter = "Write to jane.doe@example.com or +1 415-555-2671, card 4111 1111 1111 1111,\n身份证11010519491231002X，密钥" + secret + "。"

func edit(t *testing.T, p *longmentest.Exchange, texts ...string) []string {
	t.Helper()
	var segs []longmen.Segment
	for _, s := range texts {
		segs = append(segs, longmentest.User(s))
	}
	r := p.Text(longmen.PhaseRequest, segs...)
	if r.Err != nil || r.Rejection != nil {
		t.Fatalf("editing a request: %v %v", r.Err, r.Rejection)
	}
	return r.Text
}

func TestPlaceholder(t *testing.T) {
	p := longmentest.New(t, config)
	got := edit(t, p.Exchange, letter, "again jane.doe@example.com", "nothing here")
	for _, o := range originals {
		if strings.Contains(got[0], o) {
			t.Errorf("%q went out in %q", o, got[0])
		}
	}
	names := form.FindAllString(got[0], -1)
	if len(names) != len(originals) {
		t.Fatalf("got %d placeholders in %q, want %d", len(names), got[0], len(originals))
	}
	if want := "again " + names[0]; got[1] != want {
		t.Errorf("same value: got %q, want %q", got[1], want)
	}
	if got[2] != "nothing here" {
		t.Errorf("got %q", got[2])
	}
	want := map[string]any{"pii.email": int64(2), "pii.phone": int64(1), "pii.payment_card": int64(1), "pii.cn_resident_id": int64(1), "pii.api_key": int64(1), "pii.total": int64(6), "secret.total": int64(1)}
	if d := cmp.Diff(want, p.Attributes); d != "" {
		t.Errorf("attributes (-want +got):\n%s", d)
	}
	if back := p.Chop(got[0]); back != letter {
		t.Errorf("restored %q, want %q", back, letter)
	}
}

func TestPlaceholdersAreStable(t *testing.T) {
	p := longmentest.New(t, config)
	first := edit(t, p.Exchange, letter)[0]
	if again := edit(t, p.NewExchange(), "hello", letter)[1]; again != first {
		t.Errorf("another exchange: got %q, want %q", again, first)
	}
	if again := edit(t, p.Exchange, letter)[0]; again != first {
		t.Errorf("a second call: got %q, want %q", again, first)
	}
	other := longmentest.New(t, `{"key":"another key for tests"}`)
	if again := edit(t, other.Exchange, letter)[0]; again == first {
		t.Errorf("another key gives the same placeholders: %q", again)
	}
	gateway := longmentest.New(t, `{}`)
	if again := edit(t, gateway.Exchange, letter)[0]; form.FindString(again) == "" || again == first {
		t.Errorf("with the gateway's key: %q", again)
	}
}

func TestSpellingsComeBackAsTheyWere(t *testing.T) {
	const text = "13812345678 or +86 138-1234-5678 or 138 1234 5678 or Jane@Example.com or jane@example.com"
	p := longmentest.New(t, config)
	got := edit(t, p.Exchange, text)[0]
	names := form.FindAllString(got, -1)
	if len(names) != 5 {
		t.Fatalf("got %q", got)
	}
	stem := names[0][:len("<PHONE_XXXX")]
	for _, n := range names[:3] {
		if !strings.HasPrefix(n, stem) {
			t.Errorf("spelling of one number is named %q, want it to begin with %q", n, stem)
		}
	}
	if back := p.Stream(longmen.PhaseAnswer, got); back != text {
		t.Errorf("restored %q, want %q", back, text)
	}
}

func TestTypedPlaceholderIsNobodys(t *testing.T) {
	p := longmentest.New(t, config)
	name := form.FindString(edit(t, p.Exchange, "jane.doe@example.com")[0])

	x := p.NewExchange()
	text := "what is " + name + "? Mine is jane.doe@example.com"
	got := edit(t, x, text)[0]
	names := form.FindAllString(got, -1)
	if len(names) != 2 || names[0] != name || names[1] == name || !strings.HasPrefix(names[1], name[:len(name)-1]) {
		t.Fatalf("got %q", got)
	}
	if back := x.Chop(got); back != text {
		t.Errorf("restored %q, want %q", back, text)
	}

	x = p.NewExchange()
	edit(t, x, "nothing to see, "+name)
	if back := x.Stream(longmen.PhaseAnswer, "it is "+name); back != "it is "+name {
		t.Errorf("a placeholder of another exchange was restored: %q", back)
	}
}

func TestModes(t *testing.T) {
	tests := []struct{ name, config, text, want string }{
		{"mask", `{"mode":"mask"}`, letter,
			"Write to ****@example.com or +* ***-***-2671, card **** **** **** 1111,\n身份证**************002X，密钥****Q7r8。"},
		{"mask full-width", `{"mode":"mask"}`, "１３８１２３４５６７８", "*******５６７８"},
		{"drop", `{"mode":"drop"}`, "a jane@example.com b", "a  b"},
		{"detect", `{"mode":"detect"}`, letter, letter},
		{"single", `{"mode":"mask","modes":{"email":"detect","phone":"drop"}}`, letter,
			"Write to jane.doe@example.com or , card **** **** **** 1111,\n身份证**************002X，密钥****Q7r8。"},
		{"types", `{"mode":"mask","detect":["phone"]}`, letter,
			"Write to jane.doe@example.com or +* ***-***-2671, card 4111 1111 1111 1111,\n身份证11010519491231002X，密钥" + secret + "。"},
		{"block another type", `{"mode":"detect","modes":{"api_key":"block"}}`, "jane@example.com", "jane@example.com"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			p := longmentest.New(t, c.config)
			if got := edit(t, p.Exchange, c.text)[0]; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if s := p.State(); s != "{}" && s != "" {
				t.Errorf("state is %s: nothing may be kept", s)
			}
		})
	}
}

func TestBlock(t *testing.T) {
	p := longmentest.New(t, `{"mode":"block","modes":{"email":"detect"}}`)
	r := p.Text(longmen.PhaseRequest, longmentest.User(letter), longmentest.User("13812345678"))
	want := &longmentest.Rejection{Status: 400, Code: "pii_blocked",
		Message: "this route takes no phone (2 found), payment_card (1 found), cn_resident_id (1 found), api_key (1 found)"}
	if d := cmp.Diff(want, r.Rejection); d != "" {
		t.Errorf("rejection (-want +got):\n%s", d)
	}
	if p.Attributes["pii.total"] != int64(6) {
		t.Errorf("attributes: %v", p.Attributes)
	}
}

func TestIrreversible(t *testing.T) {
	p := longmentest.New(t, `{"irreversible":["api_key"],"key":"a key for tests only"}`)
	got := edit(t, p.Exchange, letter)[0]
	if strings.Contains(p.State(), secret) {
		t.Errorf("the key is kept")
	}
	names := form.FindAllString(got, -1)
	if back, want := p.Chop(got), strings.Replace(letter, secret, names[4], 1); back != want {
		t.Errorf("restored %q, want %q", back, want)
	}
}

func TestWithoutRestore(t *testing.T) {
	p := longmentest.New(t, `{"restore":false}`)
	got := edit(t, p.Exchange, letter)[0]
	if p.State() != "{}" {
		t.Errorf("state is %s", p.State())
	}
	if n := p.HostCalls(func() { got = p.Stream(longmen.PhaseAnswer, got) }); n != 0 || form.FindString(got) == "" {
		t.Errorf("%d host calls, %q", n, got)
	}
}

func TestNamesHaveNoBrackets(t *testing.T) {
	p := longmentest.New(t, config)
	r := p.Text(longmen.PhaseRequest, longmen.Segment{Kind: longmen.TextName, Text: []byte("jane@example.com")})
	if strings.ContainsAny(r.Text[0], "<>@") || !strings.HasPrefix(r.Text[0], "EMAIL_") {
		t.Errorf("got %q", r.Text[0])
	}
}

func TestToolArguments(t *testing.T) {
	p := longmentest.New(t, config)
	like := longmen.Segment{Role: longmen.RoleAssistant, Kind: longmen.TextToolArgs, Path: "/to"}
	like.Text = []byte("jane.doe@example.com")
	name := p.Text(longmen.PhaseRequest, like).Text[0]
	if back := p.ChopAs(like, "to "+name+" and "+name); back != "to jane.doe@example.com and jane.doe@example.com" {
		t.Errorf("restored %q", back)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []string{`{"detect":["mail"]}`, `{"mode":"hide"}`, `{"modes":{"phone":"hide"}}`, `{"irreversible":["x"]}`} {
		if err := longmentest.ConfigError(t, c); err == nil {
			t.Errorf("%s was taken", c)
		}
	}
}
