package codectest

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// Corpus gives one part of all goldens to f, line by line, each with a number of its own.
func (c *Codec) Corpus(f *testing.F, part string) {
	f.Helper()
	seed := uint64(0)
	for _, file := range c.files(f) {
		_, all := c.read(f, file)
		for _, g := range all {
			for line := range strings.Lines(g.Part[part]) {
				_, data := SplitEvent(strings.TrimSpace(line))
				f.Add(data, seed)
				seed++
			}
		}
	}
}

// mutate changes a JSON value somewhere: another type, null, empty, left out, doubled, unknown members.
func mutate(r *rand.Rand, v any) any {
	if r.IntN(8) == 0 {
		return [...]any{nil, true, "", "x", -1.5, 1e300, []any{}, map[string]any{}, []any{nil}, map[string]any{"type": 7}, "\ufffd\u2028"}[r.IntN(11)]
	}
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || r.IntN(6) == 0 {
			v["unknown\n"] = []any{1}
			return v
		}
		n := r.IntN(len(v))
		for k, member := range v { // any order will do
			if n--; n >= 0 {
				continue
			}
			if r.IntN(8) == 0 {
				delete(v, k)
			} else {
				v[k] = mutate(r, member)
			}
			break
		}
		return v
	case []any:
		if len(v) == 0 || r.IntN(6) == 0 {
			return append(v, v...)
		}
		i := r.IntN(len(v))
		v[i] = mutate(r, v[i])
		return v
	}
	return v
}

// Mutants yields the text as it is and mutated.
func Mutants(text string, seed uint64, f func(mutant string)) {
	var v any
	if !utf8.ValidString(text) || json.Unmarshal([]byte(text), &v) != nil {
		return // the gateway never hands out what is no JSON
	}
	f(text)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 4 {
		v = mutate(r, v)
		b, err := json.Marshal(v)
		if err != nil {
			return
		}
		f(string(b))
	}
}
