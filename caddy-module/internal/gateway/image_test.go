package gateway

import (
	"net/http"
	"strings"
	"testing"
)

// TestImageAsString: an image_url that is a string, as some clients of chat completions send it, reaches every provider as the object
// does that it should be, and is none of the texts that plugins search.
func TestImageAsString(t *testing.T) {
	const (
		picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
		data    = "data:image/png;base64," + picture
	)
	body := func(url string) string {
		return `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"what is it?"},{"type":"image_url","image_url":` + url + `}]}]}`
	}
	for _, speaks := range dialects {
		for _, plugin := range []string{"", "redact"} {
			t.Run(speaks+" "+plugin, func(t *testing.T) {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[speaks]) }}
				g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u))
				if plugin != "" {
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, plugin, ""))
				}
				for _, url := range []string{`"` + data + `"`, `{"url":"` + data + `"}`} {
					if w := post(g, chatPath, body(url)); w.Code != 200 {
						t.Fatalf("%s: %d %s", url, w.Code, w.Body)
					}
				}
				asString, asObject := u.asked[0], u.asked[1]
				if speaks == "openai.chat" { // as it came
					asObject = strings.Replace(asObject, `{"url":"`+data+`"}`, `"`+data+`"`, 1)
				}
				if asString != asObject || !strings.Contains(asString, picture) {
					t.Errorf("sent %s\nwant %s", asString, asObject)
				}
			})
		}
	}
}
