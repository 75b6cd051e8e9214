package gateway

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The canary test: two hundred values of all kinds at every place of every client's request. The provider gets
// what the client sent with placeholders for the values, and nothing else has changed.

// unsearched is what stands where nothing is searched.
const unsearched = "left.alone@example.org"

// planted fills a document of everywhere. fill is asked for each mark, which is counted from 0.
func planted(t *testing.T, template string, stream bool, fill func(mark string, place int) string) any {
	t.Helper()
	n := 0
	var walk func(v any) any
	text := func(s string) string {
		if inner, ok := strings.CutPrefix(s, "json:"); ok {
			return spelt(t, walk(parsed(t, inner)))
		}
		if strings.HasPrefix(s, "§") {
			n++
			return fill(s, n-1)
		}
		return strings.ReplaceAll(s, "¤", unsearched)
	}
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			return text(v)
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			out := make(map[string]any, len(v))
			for _, key := range slices.Sorted(maps.Keys(v)) {
				out[text(key)] = walk(v[key])
			}
			return out
		}
		return v
	}
	return walk(parsed(t, strings.ReplaceAll(template, "$stream", fmt.Sprint(stream))))
}

// spelt is a value as JSON, with as few escapes as JSON needs.
func spelt(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func parsed(t *testing.T, document string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(document), &v); err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	return v
}

// inURL tells values that stand in URLs as they are.
var inURL = regexp.MustCompile(`^[\w.+@-]{12,}$`)

// at is what canary c, or what stands in its place, looks like at a mark.
func (c canary) at(mark, s string) string {
	switch mark {
	case "§name":
		return c.with(strings.Trim(s, "<>"))
	case "§url":
		return "https://img.example.com/a.png?size=9&for=" + s
	}
	return c.with(s)
}

// names learns the placeholders of canaries, and that each is found in its frame.
func names(t *testing.T, config string, all []canary) map[string]string {
	t.Helper()
	u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer["openai.chat"]) }}
	g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", u), named(t, "redact", config))
	out := make(map[string]string, len(all))
	for i, c := range all {
		b, _ := json.Marshal(map[string]any{"model": "m", "messages": []any{map[string]any{"role": "user", "content": c.text()}}})
		post(g, "/v1/chat/completions", string(b))
		said, _ := pick(list(parsed(t, u.asked[i]).(map[string]any)["messages"])[0], "content").(string)
		token := placeholder.FindString(said)
		if token == "" || said != c.with(token) {
			t.Errorf("%q became %q", c.text(), said)
		}
		out[c.value] = token
	}
	return out
}

// spared tells of pairs that are left out under the race detector, which makes them ten times slower: what they share
// between goroutines is what a client shares with a provider of its own dialect.
func spared(client, speaks string) bool { return (raceEnabled || testing.Short()) && client != speaks }

func TestCanaryPlaces(t *testing.T) {
	all := canaries(200)
	tokens := names(t, "", all)
	if t.Failed() {
		return
	}
	var short []canary
	for _, c := range all {
		if inURL.MatchString(c.value) {
			short = append(short, canary{c.value, "%"})
		}
	}
	step := 1
	if raceEnabled || testing.Short() {
		step = 67 // the guest and the walk are the same for every value
	}
	for name, ask := range everywhere {
		speaks, _, _ := strings.Cut(name, ",")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(`{}`) }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", upstreamFor(speaks), u), named(t, "redact", ""))
			for first := 0; first < len(all); first += step {
				choose := func(mark string, place int) canary {
					if mark == "§url" {
						return short[(first+place)%len(short)]
					}
					return all[(first+place)%len(all)]
				}
				var values []string
				sent := planted(t, ask.document, false, func(mark string, place int) string {
					c := choose(mark, place)
					values = append(values, c.value)
					return c.at(mark, c.value)
				})
				want := planted(t, ask.document, false, func(mark string, place int) string {
					c := choose(mark, place)
					return c.at(mark, tokens[c.value])
				})
				u.asked, u.seen = nil, nil
				w := post(g, ask.path, spelt(t, sent))
				if len(u.asked) != 1 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				got, due := parsed(t, cutTags(u.asked[0])), parsed(t, cutTags(spelt(t, want)))
				if reflect.DeepEqual(due, got) && first%8 > 0 {
					continue // the same as looking for each value
				}
				if diff := cmp.Diff(due, got); diff != "" {
					t.Fatalf("rotation %d: the provider was asked (-want +got):\n%s", first, diff)
				}
				leaks(t, values, u.asked[0], fmt.Sprint(u.seen[0].URL, u.seen[0].Header))
			}
		})
	}
}

var longTag = regexp.MustCompile(`([A-Z]_[2-9A-Z]{4})[2-9A-Z]+>`)

// cutTags shortens placeholders to what all spellings of a value have in common: inside JSON inside a string a
// value is spelled with escapes.
func cutTags(s string) string {
	return escapedKey.ReplaceAllString(longTag.ReplaceAllString(s, "$1>"), "<PRIVATE_KEY>")
}

var escapedKey = regexp.MustCompile(`<PRIVATE_KEY_\w+>`)

// upstreamFor is the dialect of a provider that takes what clients of another ask, as it is.
func upstreamFor(speaks string) string {
	if speaks == "openai.other" {
		return "openai.chat"
	}
	return speaks
}

// leaks looks for values in what left the gateway, in every spelling that keeps them readable.
func leaks(t *testing.T, values []string, out ...string) {
	t.Helper()
	for _, v := range values {
		once, _ := json.Marshal(v)
		twice, _ := json.Marshal(string(once[1 : len(once)-1]))
		for _, spelled := range []string{v, string(once[1 : len(once)-1]), string(twice[1 : len(twice)-1]), url.QueryEscape(v), url.PathEscape(v), base64.StdEncoding.EncodeToString([]byte(v))} {
			for _, o := range out {
				if strings.Contains(o, spelled) {
					t.Errorf("%q got out as %q in %.300s", v, spelled, o)
				}
			}
		}
	}
}
