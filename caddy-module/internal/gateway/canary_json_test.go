package gateway

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// jsonAsked makes toolAsk ask for words in JSON.
var jsonAsked = map[string][2]string{
	"openai.chat":        {`"temperature":0.5`, `"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}}`},
	"openai.responses":   {`"temperature":0.5`, `"text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object"}}}`},
	"anthropic.messages": {`"temperature":0.5`, `"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`},
	"gemini.generate":    {`"temperature":0.5`, `"responseMimeType":"application/json"`},
	"ollama.chat":        {`"options":`, `"format":{"type":"object"},"options":`},
}

// TestCanaryJSON: words that are JSON stay JSON when values with quotes and line breaks come back, and mean what
// the model said.
func TestCanaryJSON(t *testing.T) {
	odd := []canary{{block(strings.Repeat("A1b2C3d4", 8)), "sign with % please"}, {`say "hi" @ once`, "%"}, {"C:\\temp\\new", "%"}, {"ann@example.com", "%"}}
	config := `{"custom":{"odd":{"words":["say \"hi\" @ once","C:\\temp\\new"],"test":["say \"hi\" @ once"],"test_not":["x"]}}}`
	var back []string
	for value, token := range names(t, config, odd) {
		back = append(back, token, value)
	}
	restored := strings.NewReplacer(back...)
	pairs(t, func(t *testing.T, client, speaks string) {
		t.Parallel()
		for _, stream := range []bool{false, true} {
			ask := strings.Replace(marked(client), jsonAsked[client][0], jsonAsked[client][1], 1)
			ask = spelt(t, planted(t, ask, stream, func(_ string, place int) string { return odd[place%len(odd)].text() }))
			var said speech
			u := parrot(speaks, stream, func(tokens []string) speech {
				if len(tokens) != len(odd) {
					t.Fatalf("the provider got %s", tokens)
				}
				said = everyToken(tokens)
				said.text, said.calls = said.calls[0].Arguments, said.calls[1:2]
				return said
			})
			p := upstreamOf(t, "up", speaks, u)
			g, _ := gatewayOf(t, p)
			only(t, g, p, upstreamModel[speaks])
			g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", config))
			w := post(g, pathOf(client, stream), ask)
			if w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			heard := readAnswer(client, w.Body.String())
			if stream {
				heard = clientOf(client).decode(w.Body.String())
			}
			var got, want any
			text := heard.said.Text[max(0, strings.IndexByte(heard.said.Text, '{')):] // thoughts of Gemini's may stand before it
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatalf("stream %t: the client reads no JSON: %v: %s", stream, err, text)
			}
			_ = json.Unmarshal([]byte(said.text), &want)
			if diff := cmp.Diff(inAll(restored, want), got); diff != "" || len(heard.wrong) > 0 {
				t.Errorf("stream %t: %s the client reads (-want +got):\n%s", stream, heard.wrong, diff)
			}
		}
	})
}
