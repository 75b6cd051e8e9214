package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// marked is toolAsk with marks in the places of its words.
func marked(client string) string {
	ask := strings.NewReplacer("Be brief.", "§", "Weather in Zürich? 😀", "§", "Looking.", "§", "12:00", "§", "And tomorrow?", "§", "Tells it.", "§",
		`{\"city\":\"Zürich\",\"n\":9007199254740993}`, `json:{\"city\":\"§\",\"more\":[\"§\"],\"n\":1}`, `{"city":"Zürich","n":9007199254740993}`, `{"city":"§","more":["§"],"n":1}`,
		`{\"t\":3.50}`, `§`, `{"t":3.50}`, `{"t":"§"}`).Replace(toolAsk[client])
	ask = strings.Replace(ask, `"generationConfig":{`, `"generationConfig":{"thinkingConfig":{"includeThoughts":true},`, 1)
	return strings.ReplaceAll(ask, "$model", "m")
}

// envelope is what codecs seal for the next turn. The client cannot read it, and the provider gets it back as it was.
var envelope = regexp.MustCompile(`"longmen\.v1\.(?:[^"\\]|\\.)*"`)

// TestCanaryEcho plants all values in a conversation and lets the provider say all placeholders again. The
// provider sees none of the values; the client reads all of them exactly, wherever the model said them.
func TestCanaryEcho(t *testing.T) {
	n := 200
	if raceEnabled || testing.Short() {
		n = 32
	}
	all := canaries(n)
	tokens := names(t, "", all)
	values := make([]string, len(all))
	var back []string
	for i, c := range all {
		values[i] = c.value
		back = append(back, tokens[c.value], c.value)
	}
	restored := strings.NewReplacer(back...)
	pairs(t, func(t *testing.T, client, speaks string) {
		if spared(client, speaks) {
			return
		}
		t.Parallel()
		for _, stream := range []bool{false, true} {
			ask := spelt(t, planted(t, marked(client), stream, func(_ string, place int) string {
				var b strings.Builder
				for i := place % 8; i < len(all); i += 8 {
					b.WriteString(all[i].text() + "\n")
				}
				return b.String()
			}))
			var said speech
			u := parrot(speaks, stream, func(found []string) speech {
				if known := slices.Sorted(maps.Values(tokens)); len(found) < len(known) {
					t.Fatalf("the provider got %d placeholders of %d", len(found), len(known))
				}
				said = everyToken(slices.Sorted(maps.Values(tokens)))
				return said
			})
			p := upstreamOf(t, "up", speaks, u)
			g, _ := gatewayOf(t, p)
			only(t, g, p, upstreamModel[speaks])
			g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", ""))
			w := post(g, pathOf(client, stream), ask)
			if w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			leaks(t, values, u.asked[0], fmt.Sprint(u.seen[0].URL, u.seen[0].Header))
			heard := readAnswer
			if stream {
				heard = func(dialect, body string) *decoded { return clientOf(dialect).decode(body) }
			}
			got := heard(client, w.Body.String())
			if len(got.wrong) > 0 {
				t.Errorf("stream %t: the answer breaks its dialect's rules:\n%.2000s", stream, strings.Join(got.wrong, "\n"))
			}
			want := meaning{Text: restored.Replace(said.text), Finish: "tools", Usage: got.said.Usage}
			switch thought := restored.Replace(said.reasoning); {
			case stream:
				want.Reasoning = thought
			case client == "gemini.generate":
				want.Text = thought + want.Text // whole answers are read without the difference
			}
			for _, c := range said.calls {
				var v any
				_ = json.Unmarshal([]byte(c.Arguments), &v)
				want.Calls = append(want.Calls, call{c.Name, quoted(inAll(restored, v))})
			}
			if lost := want.lost(got.said, speaks, client); lost != "" {
				have, need, _ := strings.Cut(strings.TrimPrefix(lost, "the client reads\n"), "\nthe provider said\n")
				at := 0
				for at < min(len(have), len(need)) && have[at] == need[at] {
					at++
				}
				t.Errorf("stream %t: the client reads\n…%.300s\nthe provider said\n…%.300s", stream, have[max(0, at-40):], need[max(0, at-40):])
			}
			if left := placeholder.FindString(envelope.ReplaceAllString(w.Body.String(), `""`)); left != "" {
				t.Errorf("stream %t: %s reached the client", stream, left)
			}
		}
	})
}

// inAll replaces in all strings and names of members.
func inAll(r *strings.Replacer, v any) any {
	switch v := v.(type) {
	case string:
		return r.Replace(v)
	case []any:
		for i := range v {
			v[i] = inAll(r, v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[r.Replace(key)] = inAll(r, value)
		}
		return out
	}
	return v
}
