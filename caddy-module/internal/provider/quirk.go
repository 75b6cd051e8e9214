package provider

import (
	"fmt"
	"slices"
	"strings"
)

// quirks are the words that codecs understand, sorted. plugins/codec/HUB.md says what they mean.
var quirks = []string{
	"cache_control", "developer", "extra_content", "max_stop_any", "max_tokens", "no_call_ids", "no_stream_options",
	"reasoning_content", "tool_images", "top_k", "vertex",
}

// Quirks lists the words that a provider block may give, sorted.
func Quirks() []string { return slices.Clone(quirks) }

func chooseQuirks(c Config, preset *Preset) (string, error) {
	if c.Quirks == nil {
		return preset.Quirks, nil
	}
	for _, word := range c.Quirks {
		if !slices.Contains(quirks, word) {
			return "", fmt.Errorf("unknown quirk %q, expected some of %s", word, strings.Join(quirks, ", "))
		}
	}
	return strings.Join(c.Quirks, " "), nil
}

// HasQuirk tells whether the provider differs from its dialects in the word.
func (p *Provider) HasQuirk(word string) bool {
	for quirk := range strings.FieldsSeq(p.Quirks) {
		if quirk == word {
			return true
		}
	}
	return false
}
