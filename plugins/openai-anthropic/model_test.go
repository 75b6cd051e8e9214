package openaianthropic

import "testing"

func TestModelOf(t *testing.T) {
	for name, prefix := range map[string]string{
		"claude-3-5-sonnet-20241022":                   "claude-3-5",
		"claude-3-7-sonnet-latest":                     "claude-3-7",
		"claude-sonnet-4-20250514":                     "claude-sonnet-4",
		"claude-sonnet-4@20250514":                     "claude-sonnet-4",
		"claude-sonnet-4-5":                            "claude-sonnet-4-5",
		"us.anthropic.claude-sonnet-4-5-20250929-v1:0": "claude-sonnet-4-5",
		"anthropic/claude-sonnet-4.5":                  "claude-sonnet-4-5",
		"Claude-Opus-4-1-20250805":                     "claude-opus-4-1",
		"anthropic.claude-opus-4-6-v1":                 "claude-opus-4-6",
		"claude-opus-4-7":                              "claude-opus-4-7",
		"claude-fable-5-1":                             "claude-fable",
		"claude-opus-5":                                "claude-",
		"claude-something-new":                         "claude-",
		"kimi-k2":                                      "",
		"":                                             "",
	} {
		if got := modelOf(name); got.prefix != prefix {
			t.Errorf("modelOf(%q) is the row %q, want %q", name, got.prefix, prefix)
		}
	}
	for name, prefix := range map[string]string{
		"gpt-4o-mini":         "gpt-4o",
		"openai/gpt-5.2":      "gpt-5.",
		"gpt-5-mini":          "gpt-5",
		"gpt-5-chat-latest":   "gpt-5-chat",
		"gpt-5.1-codex-max":   "gpt-5.1-codex-max",
		"gpt-6":               "gpt-",
		"openai/gpt-oss-120b": "gpt-oss",
		"o3-pro":              "o3",
		"qwen3":               "",
	} {
		if got := gptOf(name); got.prefix != prefix {
			t.Errorf("gptOf(%q) is the row %q, want %q", name, got.prefix, prefix)
		}
	}
	for _, m := range models {
		if m.max < 4096 || m.thinking == thinksAdaptive && (m.prefill || !m.format) || m.xhigh && m.thinking != thinksAdaptive {
			t.Errorf("row %q does not hold together: %+v", m.prefix, m)
		}
	}
}

func TestSignatureTTL(t *testing.T) {
	for text, ok := range map[string]bool{"24h": true, "10m": true, "30s": true, "8760h": true, "8761h": false, "0h": false, "h": false, "24": false, "-1h": false, "1d": false} {
		if _, got := duration([]byte(text)); got != ok {
			t.Errorf("duration(%q): %v, want %v", text, got, ok)
		}
	}
}
