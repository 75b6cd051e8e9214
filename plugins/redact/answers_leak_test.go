package redact_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// TestAnswersLeakNothing: however an answer is cut, what is masked in one piece does not go out.
func TestAnswersLeakNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	values := append([]string{"tom@corp.example", "+44 20 7946 0958", "13912345678", "Winter2024!x", "203.0.114.77", "DE89 3704 0044 0532 0130 00", "postgres://app:S3cr3tPw9@db.example.com/main"}, originals...)
	fill := []string{"the password is ", "call ", "。", "，", "联系人：", "today we have ", "ssn: ", "\n", "card ", "a list of 12 items, ", "and "}
	p := longmentest.New(t, `{"answers":"drop","key":"a key for tests only"}`)
	for range 150 {
		var b strings.Builder
		var used []string
		for range 1 + r.IntN(5) {
			b.WriteString(fill[r.IntN(len(fill))])
			v := values[r.IntN(len(values))]
			used = append(used, v)
			b.WriteString(v)
			b.WriteString([]string{" ", "，", ". ", "\n"}[r.IntN(4)])
		}
		text := b.String()
		whole := p.NewExchange().Stream(longmen.PhaseAnswer, text)
		for range 6 {
			var pieces []string
			rest := []rune(text)
			for len(rest) > 0 {
				k := min(len(rest), 1+r.IntN(9))
				pieces = append(pieces, string(rest[:k]))
				rest = rest[k:]
			}
			got := p.NewExchange().Stream(longmen.PhaseAnswer, pieces...)
			for _, v := range used {
				if strings.Contains(got, v) && !strings.Contains(whole, v) {
					t.Errorf("%q: %q went out in pieces %q", text, v, pieces)
				}
			}
		}
	}
}
