package openaigemini

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec"
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

func TestModels(t *testing.T) {
	tests := []struct{ name, prefix string }{
		{"gemini-2.5-flash-image-preview", "gemini-2.5-flash-image"},
		{"GEMINI-2.0-flash", "gemini-2.0"},
		{"publishers/google/models/gemini-3.5-flash", "gemini-3"},
		{"gemini-4", "gemini-"},
		{"gemini", ""},
		{"", ""},
		{"learnlm-2.0", ""},
	}
	for _, test := range tests {
		if got := modelOf(test.name).prefix; got != test.prefix {
			t.Errorf("modelOf(%q) is the row %q, want %q", test.name, got, test.prefix)
		}
	}
}

func TestFinishReasons(t *testing.T) {
	tests := []struct{ native, want, called string }{
		{"STOP", "stop", "tool_calls"},
		{"MAX_TOKENS", "length", "length"},
		{"SAFETY", "content_filter", "content_filter"},
		{"RECITATION", "content_filter", "content_filter"},
		{"LANGUAGE", "content_filter", "content_filter"},
		{"BLOCKLIST", "content_filter", "content_filter"},
		{"PROHIBITED_CONTENT", "content_filter", "content_filter"},
		{"SPII", "content_filter", "content_filter"},
		{"IMAGE_SAFETY", "content_filter", "content_filter"},
		{"IMAGE_PROHIBITED_CONTENT", "content_filter", "content_filter"},
		{"IMAGE_RECITATION", "content_filter", "content_filter"},
		{"ESCALATION", "content_filter", "content_filter"},
		{"MALFORMED_FUNCTION_CALL", "stop", "stop"},
		{"UNEXPECTED_TOOL_CALL", "stop", "stop"},
		{"TOO_MANY_TOOL_CALLS", "stop", "stop"},
		{"MISSING_THOUGHT_SIGNATURE", "stop", "stop"},
		{"MALFORMED_RESPONSE", "stop", "stop"},
		{"OTHER", "stop", "stop"},
		{"NO_IMAGE", "stop", "stop"},
		{"IMAGE_OTHER", "stop", "stop"},
		{"CONTINUATION", "stop", "stop"},
		{"NEVER_HEARD_OF", "stop", "stop"},
		{"blocked SAFETY", "content_filter", "content_filter"},
	}
	for _, test := range tests {
		if got := finishReason(test.native, 0); got != test.want {
			t.Errorf("%s: got %q, want %q", test.native, got, test.want)
		}
		if got := finishReason(test.native, 2); got != test.called {
			t.Errorf("%s with calls: got %q, want %q", test.native, got, test.called)
		}
	}
}

func TestFunctionNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"get_weather", "get_weather"},
		{"a.b:c-d9", "a.b:c-d9"},
		{"get weather", "get_weather"},
		{"9lives", "_9lives"},
		{"-x", "_-x"},
		{"$x", "_x"},
		{"é世", "__"},
		{"", "_"},
		{strings.Repeat("a", 64), strings.Repeat("a", 64)},
		{strings.Repeat("a", 65), strings.Repeat("a", 64)},
		{"9" + strings.Repeat("a", 70), "_9" + strings.Repeat("a", 62)},
	}
	for _, test := range tests {
		names := codec.Names{Form: &functionNames}
		if got := names.Send([]byte(test.name)); got != test.want {
			t.Errorf("%q is sent as %q, want %q", test.name, got, test.want)
		}
	}
}

func TestConfig(t *testing.T) {
	p := longmentest.New(t, `{"include_thoughts":"never","function_call_ids":"always","on_malformed":"pass"}`, longmentest.Named("openai-gemini"))
	p.Request(toGemini.Request)
	if longmentest.Native() && (config.thoughts != never || config.ids != always || !config.pass) {
		t.Errorf("configured %+v", config)
	}
}
