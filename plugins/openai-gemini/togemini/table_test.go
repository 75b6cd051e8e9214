package togemini

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec"
)

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
