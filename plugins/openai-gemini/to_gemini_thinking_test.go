package openaigemini

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestThinking(t *testing.T) {
	efforts := []string{"none", "minimal", "low", "medium", "high", "xhigh", "max"}
	tests := []struct {
		model string
		want  string // budget or level by effort
	}{
		{"gemini-2.0-flash", "- - - - - - -"},
		{"gemma-3-27b-it", "- - - - - - -"},
		{"gemini-2.5-flash", "0 1024 1024 8192 24576 24576 24576"},
		{"models/gemini-2.5-flash-preview-09-2025", "0 1024 1024 8192 24576 24576 24576"},
		{"gemini-2.5-flash-lite", "0 1024 1024 8192 24576 24576 24576"},
		{"gemini-2.5-pro", "128 1024 1024 8192 24576 32768 32768"},
		{"gemini-3-flash-preview", "MINIMAL MINIMAL LOW MEDIUM HIGH HIGH HIGH"},
		{"gemini-3.1-flash-lite", "MINIMAL MINIMAL LOW MEDIUM HIGH HIGH HIGH"},
		{"gemini-3-pro-preview", "LOW LOW LOW HIGH HIGH HIGH HIGH"},
		{"gemini-3.1-pro", "LOW LOW LOW MEDIUM HIGH HIGH HIGH"},
		{"gemini-3.5-flash-lite", "MINIMAL MINIMAL LOW MEDIUM HIGH HIGH HIGH"},
		{"gemini-3.6-flash", "MINIMAL MINIMAL LOW MEDIUM HIGH HIGH HIGH"},
		{"gemini-3.6-pro", "LOW LOW LOW MEDIUM HIGH HIGH HIGH"},
		{"gemini-3.7-flash", "LOW LOW LOW MEDIUM HIGH HIGH HIGH"},
		{"Gemini-9-ultra", "LOW LOW LOW MEDIUM HIGH HIGH HIGH"},
		{"gemini-flash-latest", "LOW LOW LOW MEDIUM HIGH HIGH HIGH"},
		{"tunedModels/mine", "LOW LOW LOW MEDIUM HIGH HIGH HIGH"},
	}
	for _, test := range tests {
		t.Run(strings.ReplaceAll(test.model, "/", "_"), func(t *testing.T) {
			for i, want := range strings.Fields(test.want) {
				p := longmentest.New(t, "", longmentest.Named("openai-gemini"))
				p.Attributes["upstream.model"] = test.model
				r := p.Request(`{"messages":[{"role":"user","content":"hi"}],"reasoning_effort":"` + efforts[i] + `"}`)
				thinking := `"thinkingLevel":"` + want + `"`
				switch {
				case want == "-":
					thinking = ""
				case want[0] <= '9':
					thinking = `"thinkingBudget":` + want
				}
				if thinking != "" && i > 0 {
					thinking += `,"includeThoughts":true`
				}
				body := `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]`
				if thinking != "" {
					body += `,"generationConfig":{"thinkingConfig":{` + thinking + `}}`
				}
				if body += "}"; r.JSON != body {
					t.Errorf("%s: got %s, want %s", efforts[i], r.JSON, body)
				}
			}
		})
	}
}
