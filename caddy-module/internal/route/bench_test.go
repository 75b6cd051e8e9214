package route

import (
	"strings"
	"testing"
)

func BenchmarkMatch(b *testing.B) {
	rules := []struct{ name, rule string }{
		{"model", `model == "x"`},
		{"model in list", `model in ["a", "b", "c"]`},
		{"confidential", `pii.email > 5 || key.team == "none"`},
		{"long", `prompt.chars > 500000 || max_tokens > 30000`},
		{"header", `header("x-team") == "x"`},
		{"contains", `prompt.contains("nowhere")`},
	}
	r := testRequest()
	r.texts = []string{strings.Repeat("The quick brown fox. ", 50)}
	for _, bb := range rules {
		b.Run(bb.name, func(b *testing.B) {
			rule, err := Compile(bb.rule, testSchema)
			if err != nil {
				b.Fatal(err)
			}
			var env Env
			b.ReportAllocs()
			for b.Loop() {
				env.Reset(r)
				if matched, err := rule.Match(&env); matched || err != nil {
					b.Fatal(matched, err)
				}
			}
		})
	}
}

func BenchmarkMeasure(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"64KB ascii", strings.Repeat("The quick brown fox. ", 3121)},
		{"64KB chinese", strings.Repeat("敏捷的棕色狐狸。", 2730)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			text := []byte(bb.text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				var m measure
				m.add(text)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(`prompt.chars > 5000 || max_tokens > 3000`, testSchema); err != nil {
			b.Fatal(err)
		}
	}
}
