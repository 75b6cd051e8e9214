package gateway

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

// TestCanaryNumbers: identities, phones and cards that arguments and results have as numbers are replaced, and counts,
// times and sizes beside them stay numbers.
func TestCanaryNumbers(t *testing.T) {
	m := mint{rand.New(rand.NewPCG(3, 4))}
	id := m.residentID()
	for strings.HasSuffix(id, "X") {
		id = m.residentID()
	}
	row := `{"mobile":13812345678,"phones":[13987654321],"id_card":` + id + `,"card_number":4111111111111111,"手机号":13711112222,` +
		`"created":1763600000,"updated_ms":1763600000123,"size":104857600,"n":9007199254740993,"price":19.99,"lat":48.13719,"order_no":20261119091200,"port":65535}`
	numbers := []string{"13812345678", "13987654321", id, "4111111111111111", "13711112222"}
	kept := []string{"1763600000,", "1763600000123,", "104857600,", "9007199254740993,", "19.99,", "48.13719,", "20261119091200,", "65535}"}
	for client, ask := range map[string]string{
		"openai.chat":        `{"model":"m","seed":13812345670,"max_tokens":100,"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":` + quoted(row) + `}}]},{"role":"tool","tool_call_id":"c","content":"ok"}]}`,
		"openai.responses":   `{"model":"m","max_output_tokens":100,"seed":13812345670,"input":[{"type":"function_call","call_id":"c","name":"f","arguments":` + quoted(row) + `}]}`,
		"anthropic.messages": `{"model":"m","max_tokens":100,"seed":13812345670,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":` + row + `}]}]}`,
		"gemini.generate":    `{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f","response":` + row + `}}]}],"generationConfig":{"seed":13812345670}}`,
		"ollama.chat":        `{"model":"m","stream":false,"options":{"seed":13812345670},"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":` + row + `}}]}]}`,
	} {
		t.Run(client, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[client]) }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", client, u), named(t, "redact", ""))
			if w := post(g, pathOf(client, false), ask); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			leaks(t, numbers, u.asked[0])
			for _, n := range append(kept, "13812345670") {
				if !strings.Contains(u.asked[0], n) {
					t.Errorf("%s has changed: %s", n, u.asked[0])
				}
			}
		})
	}
}

// TestNothingFound: a request of every kind with nothing private in it reaches its provider byte for byte, in spite of all
// that is searched.
func TestNothingFound(t *testing.T) {
	words := []string{"Weather in Zürich?", "be brief", "今天天气怎么样", "SELECT id, name FROM t WHERE n > 10", "v1.2.3", "2026-11-19T09:12:00Z", "func main() { fmt.Println(1) }", "a/b/c.txt"}
	for name, ask := range everywhere {
		t.Run(name, func(t *testing.T) {
			speaks, _, _ := strings.Cut(name, ",")
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(`{}`) }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", upstreamFor(speaks), u), named(t, "redact", ""))
			body := strings.ReplaceAll(spelt(t, planted(t, ask.document, false, func(mark string, place int) string {
				if mark == "§url" {
					return fmt.Sprintf("https://img.example.com/%d/a.png?size=%d", place, 100+place)
				}
				return words[place%len(words)]
			})), unsearched, "m")
			if w := post(g, ask.path, body); len(u.asked) != 1 || u.asked[0] != body {
				t.Errorf("%d %s\nasked %s\nwant  %s", w.Code, w.Body, u.asked, body)
			}
		})
	}
}
