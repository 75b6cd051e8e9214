package redact_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// watched is a recogniser that keeps what it was shown.
type watched struct{ texts []string }

func (w *watched) recognise(text, lang string) ([]longmen.Entity, error) {
	if lang != "" {
		text = lang + ": " + text
	}
	w.texts = append(w.texts, text)
	return nil, nil
}

func TestShown(t *testing.T) {
	long := strings.Repeat("Zm9vYmFyMTIzNDU2Nzg5MA", 20)
	said := func(role longmen.Role, text string) longmen.Segment {
		return longmen.Segment{Role: role, Text: []byte(text)}
	}
	for _, c := range []struct {
		name, config string
		segments     []longmen.Segment
		want         []string
	}{
		{"texts without names", `{}`, []longmen.Segment{
			longmentest.User(""), longmentest.User("1 + 2 = 3"), longmentest.User("x"), longmentest.User(long), longmentest.User("data:image/png;base64," + long),
			longmentest.User("auto"), longmentest.User("image/png"), longmentest.User("call_0f3a"), longmentest.User("Ok"), longmentest.User("ok so"), longmentest.User("李"), longmentest.User(long + " Ann"), longmentest.User("data:text/plain,Ann Lee"), longmentest.User(long + "."),
			longmentest.User(strings.Repeat("Anna\nBernd\n", 20)), longmentest.User(strings.Repeat("Jane-Doe_", 20)),
		}, []string{"Ok", "ok so", "李", long + " Ann", "data:text/plain,Ann Lee", long + ".", strings.Repeat("Anna\nBernd\n", 20), strings.Repeat("Jane-Doe_", 20)}},
		{"all roles", `{}`, []longmen.Segment{said(longmen.RoleSystem, "Sys"), said(longmen.RoleUser, "Use"), said(longmen.RoleAssistant, "Ass"), said(longmen.RoleTool, "Too"), said(longmen.RoleUnknown, "Unk")}, []string{"Sys", "Use", "Ass", "Too", "Unk"}},
		{"some roles", `{"ner":{"roles":["user","tool"]}}`, []longmen.Segment{said(longmen.RoleSystem, "Sys"), said(longmen.RoleUser, "Use"), said(longmen.RoleAssistant, "Ass"), said(longmen.RoleTool, "Too"), said(longmen.RoleUnknown, "Unk")}, []string{"Use", "Too", "Unk"}},
		{"a request that is refused anyway", `{"modes":{"email":"block"}}`, nil, nil},
		{"one language", `{"ner":{"language":["de"]}}`, []longmen.Segment{longmentest.User("Guten Tag"), longmentest.User("你好")}, []string{"de: Guten Tag", "de: 你好"}},
		{"languages", `{"ner":{"language":["en","de","zh","ja","ko","ru","ar"]}}`, []longmen.Segment{
			longmentest.User("Hello"), longmentest.User("你好, Ann"), longmentest.User("ありがとう田中"), longmentest.User("안녕하세요"), longmentest.User("Привет, Ann"), longmentest.User("مرحبا"), longmentest.User("我 wrote a lot of English"),
		}, []string{"en: Hello", "en: 我 wrote a lot of English", "zh: 你好, Ann", "ja: ありがとう田中", "ko: 안녕하세요", "ru: Привет, Ann", "ar: مرحبا"}},
		{"languages without its script", `{"ner":{"language":["de","zh"]}}`, []longmen.Segment{longmentest.User("Привет")}, []string{"de: Привет"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w watched
			segments := c.segments
			if segments == nil {
				segments = []longmen.Segment{longmentest.User("Ann Lee"), longmentest.User("ann@example.com")}
			}
			r := longmentest.New(t, c.config, longmentest.Recogniser(w.recognise)).Text(longmen.PhaseRequest, segments...)
			if r.Err != nil || (r.Rejection != nil) != (c.segments == nil) {
				t.Fatalf("got %v, %v", r.Err, r.Rejection)
			}
			if d := cmp.Diff(c.want, w.texts); d != "" {
				t.Errorf("shown (-want +got):\n%s", d)
			}
		})
	}
}

// TestLongTexts: a text of any length is shown in pieces, and a name is found wherever a piece ends.
func TestLongTexts(t *testing.T) {
	const who, piece = "Jörg Müller", 16 << 10
	find := longmentest.Words(map[string]string{who: "PERSON"})
	for _, fill := range []string{"x ", "词，", "a line\n"} {
		for shift := range 2 * len(who) {
			text := strings.Repeat(fill, (piece-shift)/len(fill)) + who + strings.Repeat(fill, 2*piece/len(fill))
			pieces := 0
			p := longmentest.New(t, `{"mode":"drop"}`, longmentest.Recogniser(func(text, lang string) ([]longmen.Entity, error) {
				if pieces++; len(text) > piece {
					return nil, errors.New("too long")
				}
				return find(text, lang)
			}))
			if got := edit(t, p.Exchange, text)[0]; got != strings.Replace(text, who, "", 1) || pieces < 3 {
				t.Fatalf("filled with %q, shift %d: %d pieces, Jörg Müller is left: %v", fill, shift, pieces, strings.Contains(got, who))
			}
		}
	}
}

// TestManyTexts: more texts than one call takes are all shown.
func TestManyTexts(t *testing.T) {
	var segments []longmen.Segment
	for i := range 5000 {
		segments = append(segments, longmentest.User(fmt.Sprintf("text %d of Ann Lee", i)))
	}
	p := longmentest.New(t, config, longmentest.Recogniser(longmentest.Words(known)))
	r := p.Text(longmen.PhaseRequest, segments...)
	if r.Err != nil || r.Rejection != nil || p.Attributes["pii.person"] != int64(5000) {
		t.Fatalf("got %v, %v, %v", r.Err, r.Rejection, p.Attributes)
	}
	if i := slices.IndexFunc(r.Text, func(s string) bool { return strings.Contains(s, "Ann") }); i >= 0 {
		t.Errorf("text %d went out as %q", i, r.Text[i])
	}
}

func TestNamesInAnswers(t *testing.T) {
	const asks = `{"answers":"mask","ner":{"answers":true},"key":"a key for tests only"}`
	find := longmentest.Recogniser(longmentest.Words(known))
	p := longmentest.New(t, asks, find)
	sent := edit(t, p.Exchange, "I am Ann Lee")[0]
	if r := p.Text(longmen.PhaseAnswer, longmentest.Assistant("Dear "+strings.TrimPrefix(sent, "I am ")+", ask Jörg Müller or tom@corp.example")); r.Text[0] != "Dear Ann Lee, ask **** or ****@corp.example" {
		t.Errorf("got %+v", r)
	}
	if p.Attributes["answer.total"] != int64(2) {
		t.Errorf("attributes %v", p.Attributes)
	}
	if got := p.NewExchange().Chop("ask Jörg Müller or tom@corp.example"); got != "ask Jörg Müller or ****@corp.example" {
		t.Errorf("streamed: got %q", got)
	}
	x := p.NewExchange() // Responses says it all again at the end of a stream
	x.Attributes["stream"] = true
	if r := x.Text(longmen.PhaseAnswer, longmentest.Assistant("ask Jörg Müller")); r.Text[0] != "ask Jörg Müller" {
		t.Errorf("at the end of a stream: got %+v", r)
	}
	if r := longmentest.New(t, `{"answers":"mask"}`, find).Text(longmen.PhaseAnswer, longmentest.Assistant("ask Jörg Müller")); r.Text[0] != "ask Jörg Müller" {
		t.Errorf("not asked for: got %+v", r)
	}
	p.NER = func(string, string) ([]longmen.Entity, error) { return nil, errors.New("down") }
	if r := p.NewExchange().Text(longmen.PhaseAnswer, longmentest.Assistant("ask Jörg Müller")); r.Rejection == nil || r.Rejection.Code != "ner_unavailable" {
		t.Errorf("down: got %+v", r)
	}
	p = longmentest.New(t, `{"answers":"mask","answers_detect":["email"],"ner":{"answers":true,"on_error":"allow"}}`, find)
	if r := p.NewExchange().Text(longmen.PhaseAnswer, longmentest.Assistant("ask Jörg Müller, tom@corp.example")); r.Text[0] != "ask Jörg Müller, ****@corp.example" {
		t.Errorf("only e-mail addresses: got %+v", r)
	}
	p.NER = func(string, string) ([]longmen.Entity, error) { return nil, errors.New("down") }
	x = p.NewExchange()
	x.Attributes["ner.unsearched"] = int64(2)
	if r := x.Text(longmen.PhaseAnswer, longmentest.Assistant("ask tom@corp.example")); r.Text[0] != "ask ****@corp.example" || x.Attributes["ner.unsearched"] != int64(3) || len(x.Warnings) != 1 {
		t.Errorf("down, allow: got %+v, %v, %v", r, x.Attributes, x.Warnings)
	}
}

// TestManyNames: a megabyte of people fits into an instance.
func TestManyNames(t *testing.T) {
	var b strings.Builder
	for i := range 16000 {
		fmt.Fprintf(&b, "%d,Ann Lee,Bonn,user.%d@example.com,138%08d\n", i, i, i*37%100000000)
	}
	table := b.String()
	p := longmentest.New(t, config, longmentest.Recogniser(longmentest.Words(map[string]string{"Ann Lee": "PERSON", "Bonn": "LOC"})))
	got := edit(t, p.Exchange, table)[0]
	if strings.Contains(got, "Ann") || strings.Contains(got, "Bonn") || strings.Contains(got, "user.") {
		t.Errorf("something went out: %.300q", got)
	}
	if r := p.Text(longmen.PhaseAnswer, longmentest.Assistant(got)); r.Err != nil || r.Text[0] != table {
		t.Errorf("restored %.300q, error %v", r.Text, r.Err)
	}
}
