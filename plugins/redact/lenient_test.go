package redact_test

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestLenientRestore(t *testing.T) {
	const config = `{"restore":"lenient","key":"a key for tests only"}`
	p := longmentest.New(t, config)
	sent := edit(t, p.Exchange, "jane.doe@example.com 4111 1111 1111 1111")[0]
	names := form.FindAllString(sent, -1)
	mail, card := names[0], names[1]
	bare := strings.Trim(mail, "<>")
	for _, c := range []struct{ name, text string }{
		{"exact", mail},
		{"lower case", strings.ToLower(mail)},
		{"entities", "&lt;" + bare + "&gt;"},
		{"json", `\u003c` + bare + `\u003e`},
		{"markdown", `\<` + strings.ReplaceAll(bare, "_", `\_`) + `\>`},
		{"brackets", "[" + bare + "]"},
		{"double brackets", "[[" + bare + "]]"},
		{"full-width", "＜" + bare + "＞"},
		{"none", bare},
		{"blanks", "< " + bare + " >"},
		{"blank inside", strings.Replace(mail, "_", " ", 1)},
		{"hyphen", strings.Replace(mail, "_", "-", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := p.NewExchange()
			edit(t, x, "jane.doe@example.com 4111 1111 1111 1111")
			for _, frame := range []string{"to %, ok", "给%。", "(%)", `"%"`, "%"} {
				text, want := strings.Replace(frame, "%", c.text, 1), strings.Replace(frame, "%", "jane.doe@example.com", 1)
				if got := x.Chop(text); got != want {
					t.Errorf("%q: got %q, want %q", text, got, want)
				}
			}
		})
	}
	for _, text := range []string{
		"an email to EMAIL_ADDRESS and <EMAIL> and <email@x>", "if a < b && c > d { payment }", mail[:len(mail)-2] + "Z>", bare + "QQ", "phone PHONE_2345", "[EMAIL_2345]", "&lt;b&gt;",
	} {
		if got := p.Chop(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := p.Chop(strings.ToLower(card) + "/" + mail); got != "4111 1111 1111 1111/jane.doe@example.com" {
		t.Errorf("got %q", got)
	}
	strict := longmentest.New(t, `{"key":"a key for tests only"}`)
	edit(t, strict.Exchange, "jane.doe@example.com")
	if got := strict.Chop(strings.ToLower(mail)); got != strings.ToLower(mail) {
		t.Errorf("without lenient: got %q", got)
	}
}
