package gateway

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestPrivate: what a plugin takes out of a request does not reach a provider of any dialect, wherever in a
// conversation it stands, and comes back in words and in arguments of calls.
func TestPrivate(t *testing.T) {
	private := strings.NewReplacer("Be brief.", "Write to "+mail, "Weather in Zürich?", "Pay "+card, "Looking.", "Asking "+mail, "Zürich", phone, "12:00", "call "+phone, "And tomorrow?", "And "+card+"?")
	pairs(t, func(t *testing.T, client, speaks string) {
		for _, stream := range []bool{false, true} {
			for _, answers := range []map[string]string{wordAnswer, callAnswer} {
				said := ""
				u := &upstream{answer: func(_ int, _ *http.Request, asked string) *http.Response {
					tokens := placeholder.FindAllString(asked, -1)
					if len(tokens) == 0 {
						t.Fatalf("the provider was asked %s", asked)
					}
					slices.Sort(tokens)
					said = strings.NewReplacer("Grüezi", strings.Join(slices.Compact(tokens), ", "), "Zürich", tokens[0]).Replace(answers[speaks])
					return whole(said)
				}}
				p := upstreamOf(t, "up", speaks, u)
				g, _ := gatewayOf(t, p)
				only(t, g, p, upstreamModel[speaks])
				g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", ""))
				ask := private.Replace(askOf(toolAsk[client], stream))
				w := post(g, pathOf(client, stream), ask)
				if w.Code != 200 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				for _, value := range []string{"jane", "4111", "9018"} {
					if strings.Contains(u.asked[0], value) {
						t.Errorf("%s reached the provider: %s", value, u.asked[0])
					}
				}
				_, want, _ := strings.Cut(readAsk(client, ask), "\n")
				_, got, _ := strings.Cut(readAsk(speaks, u.asked[0]), "\n")
				for i, line := range strings.Split(want, "\n") {
					lines := strings.Split(got, "\n")
					line = strings.NewReplacer(mail, "", card, "", phone, "").Replace(line)
					if i >= len(lines) || placeholder.ReplaceAllString(lines[i], "") != line {
						t.Errorf("asked\n%s\nof\n%s", got, want)
						break
					}
				}
				heard := readAnswer(client, w.Body.String())
				if left := placeholder.FindString(w.Body.String()); left != "" || len(heard.wrong) > 0 {
					t.Errorf("%s reached the client: %s %s", left, heard.wrong, w.Body)
				}
				meant := readAnswer(speaks, said).said
				meant.Text = strings.NewReplacer(tokensOf(u.asked[0])...).Replace(meant.Text)
				for i := range meant.Calls {
					meant.Calls[i].Arguments = strings.NewReplacer(tokensOf(u.asked[0])...).Replace(meant.Calls[i].Arguments)
				}
				if lost := meant.lost(heard.said, speaks, client); lost != "" {
					t.Errorf("%s\n%s", lost, w.Body)
				}
			}
		}
	})
}

// tokensOf are the tokens in a request and what they stand for, one behind the other.
func tokensOf(asked string) []string {
	var out []string
	for _, token := range placeholder.FindAllString(asked, -1) {
		value := mail
		switch {
		case strings.HasPrefix(token, "<PHONE"):
			value = phone
		case !strings.HasPrefix(token, "<EMAIL"):
			value = card
		}
		out = append(out, token, value)
	}
	return out
}
