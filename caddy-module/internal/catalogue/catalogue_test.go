package catalogue

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestModels(t *testing.T) {
	prefix := regexp.MustCompile(`^[a-z0-9][a-z0-9.:-]*$`)
	modalities := []Modality{Text, Image, Audio, PDF, Video}
	all := Models()
	for i, m := range all {
		if i > 0 && m.Prefix <= all[i-1].Prefix {
			t.Errorf("%s stands behind %s: want prefixes in order, each once", m.Prefix, all[i-1].Prefix)
		}
		if !prefix.MatchString(m.Prefix) || m.Owner == "" {
			t.Errorf("%q of %q: want a prefix in lower case and an owner", m.Prefix, m.Owner)
		}
		if !slices.Contains([]Kind{Chat, Embedding, Other}, m.Kind) {
			t.Errorf("%s: kind %q", m.Prefix, m.Kind)
		}
		if m.Context < 0 || m.MaxOutput < 0 || m.Dimensions < 0 || m.Context > 0 && m.MaxOutput > m.Context {
			t.Errorf("%s: context %d, answer %d, dimensions %d", m.Prefix, m.Context, m.MaxOutput, m.Dimensions)
		}
		if (m.Context > 0 || m.MaxOutput > 0 || m.Dimensions > 0 || m.Shutdown != "") && m.Source == "" {
			t.Errorf("%s: figures without a source", m.Prefix)
		}
		if len(m.Input) > 0 && m.Input[0] != Text {
			t.Errorf("%s: input %v: want text first", m.Prefix, m.Input)
		}
		for j, in := range m.Input {
			if !slices.Contains(modalities, in) || slices.Contains(m.Input[:j], in) {
				t.Errorf("%s: input %v: want known modalities, each once", m.Prefix, m.Input)
			}
		}
		if m.Kind == Embedding && (m.Tools != Unknown || m.Thinking != "" || m.MaxOutput != 0) || m.Kind != Embedding && m.Dimensions != 0 {
			t.Errorf("%s: a %s model with %v tools, thinking %q, %d tokens, %d dimensions", m.Prefix, m.Kind, m.Tools, m.Thinking, m.MaxOutput, m.Dimensions)
		}
		if !slices.Contains([]Thinking{"", Never, Budget, Leveled, Always}, m.Thinking) || len(m.Levels) > 0 && m.Thinking != Leveled && m.Thinking != Always {
			t.Errorf("%s: thinking %q with levels %v", m.Prefix, m.Thinking, m.Levels)
		}
		if m.ParallelTools == Yes && m.Tools != Yes {
			t.Errorf("%s: several calls at once, but no calls", m.Prefix)
		}
		if m.Shutdown != "" {
			if _, err := time.Parse(time.DateOnly, m.Shutdown); err != nil {
				t.Errorf("%s: %v", m.Prefix, err)
			}
		}
		if found, ok := Find(m.Prefix); !ok || found.Prefix != m.Prefix {
			t.Errorf("%s is not found by its prefix", m.Prefix)
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct{ name, prefix string }{
		{"gpt-4o", "gpt-4o"},
		{"gpt-4o-mini-2024-07-18", "gpt-4o"},
		{"GPT-4O", "gpt-4o"},
		{"gpt-4", "gpt-4"},
		{"gpt-4-0613", "gpt-4"},
		{"gpt-4.1-mini", "gpt-4.1"},
		{"gpt-4.1-nano-2025-04-14", "gpt-4.1-nano"},
		{"gpt-5", "gpt-5"},
		{"gpt-5-mini", "gpt-5"},
		{"gpt-5.1-2025-11-13", "gpt-5.1"},
		{"gpt-5.7", "gpt-5"}, // a version that is not listed is of the same family
		{"gpt-50", "gpt-"},
		{"gpt-oss:20b", "gpt-oss"},
		{"o3", "o3"},
		{"o3-pro", "o3"},
		{"o30", ""},
		{"ft:gpt-4o:org::id", "gpt-4o"},
		{"openai/gpt-4o", "gpt-4o"},
		{"anthropic/claude-opus-5", "claude-opus-5"},
		{"claude-sonnet-4-20250514", "claude-sonnet-4"},
		{"claude-sonnet-4-5-20250929", "claude-sonnet-4-5"},
		{"claude-opus-5-5", "claude-opus-5"},
		{"claude-new-7", "claude-"},
		{"models/gemini-2.5-flash", "gemini-2.5-flash"},
		{"publishers/google/models/Gemini-3-flash-preview", "gemini-3"},
		{"projects/p/locations/l/publishers/google/models/gemini-3.8-flash", "gemini-3.8-flash"},
		{"gemini-2.5-flash-lite", "gemini-2.5-flash"},
		{"gemini-3.5-flash-lite", "gemini-3.5-flash-lite"},
		{"gemini-4-argon", "gemini-"},
		{"gemma3:27b", "gemma3"},
		{"gemma2:9b", "gemma"},
		{"accounts/fireworks/models/llama-3.3-70b-instruct", "llama-3.3"},
		{"meta-llama/Llama-3.3-70B-Instruct", "llama-3.3"},
		{"deepseek/deepseek-v4-flash:free", "deepseek-v4"},
		{"qwen3:8b", "qwen"},
		{"text-embedding-3-large", "text-embedding-3-large"},
		{"text-embedding-v4", "text-embedding-v"},
		{"my-model", ""},
		{"", ""},
		{"models/", ""},
	}
	for _, test := range tests {
		got := ""
		if m, ok := Find(test.name); ok {
			got = m.Prefix
		}
		if got != test.prefix {
			t.Errorf("Find(%q) is the row %q, want %q", test.name, got, test.prefix)
		}
	}
}

// What Find and Models hand out is the caller's: the table does not change.
func TestTableStays(t *testing.T) {
	m, _ := Find("gpt-4o")
	m.Owner = "changed"
	Models()[0].Owner = "changed"
	AllLosses()[0].Reason = "changed"
	if m, _ := Find("gpt-4o"); m.Owner != "openai" || Models()[0].Owner == "changed" || AllLosses()[0].Reason == "changed" {
		t.Error("the table has changed")
	}
}

func TestLosses(t *testing.T) {
	dialects := []string{hub, byAnthropic, byGemini, byResponses, byOllama, byGenerate, byOld, "openai.embeddings", "gemini.embed", "ollama.embed"}
	seen := map[Loss]bool{}
	for _, l := range AllLosses() {
		key := Loss{Client: l.Client, Provider: l.Provider, Answer: l.Answer, Member: l.Member}
		if seen[key] {
			t.Errorf("%s → %s: %s twice", l.Client, l.Provider, l.Member)
		}
		seen[key] = true
		if !slices.Contains(dialects, l.Client) || !slices.Contains(dialects, l.Provider) || l.Client == l.Provider || l.Member == "" || l.Reason == "" {
			t.Errorf("%+v: want two dialects, a member and a reason", l)
		}
		if !slices.Contains([]Class{Drop, Warn, Refuse}, l.Class) || l.Answer && l.Class != Drop {
			t.Errorf("%+v: class %q: answers can only drop", l, l.Class)
		}
		if l.kept && l.Provider != hub || l.also != "" && l.Client != hub {
			t.Errorf("%+v: only what goes to the hub is kept, and only what comes from it is said by others", l)
		}
		for _, d := range strings.Fields(l.also) {
			if !slices.Contains(dialects, d) || d == l.Provider || d == l.Client {
				t.Errorf("%+v: said by %q", l, d)
			}
		}
	}
}

// Each row of the register of losses is in the table, with its class.
func TestRegister(t *testing.T) {
	tests := []struct {
		client, provider string
		answer           bool
		members          string // parts of a member and "=" and its class, separated by semicolons
	}{
		{hub, byGemini, false, "system=drop; messages[].name=drop; parallel_tool_calls=warn; logit_bias=warn; verbosity=warn; prediction=warn; Schema keywords=drop; image_url.detail=drop; metadata=drop; n over 1=400; response_format with tools=warn"},
		{hub, byGemini, true, "safetyRatings=drop; searchEntryPoint=drop; codeExecution=drop; toolCall=drop; avgLogprobs=drop; token ids=drop; thoughtSignature=drop"},
		{hub, byAnthropic, false, "seed=warn; penalty=warn; logprobs=warn; logit_bias=warn; n over 1=400; audio=400; json_object=warn; temperature=warn"},
		{hub, byAnthropic, true, "citations=drop"},
		{byAnthropic, hub, false, "top_k=warn; cache_control=warn; signature=warn; is_error=warn; citations=warn; URL=400; server tools=400"},
		{byAnthropic, hub, true, "stop_sequence=drop"},
		{byResponses, hub, false, "reasoning items=drop; encrypted_content=drop; include=drop; truncation=drop; store=drop; previous_response_id=400; built-in tools=400"},
		{byGemini, hub, false, "topK=warn; safetySettings=drop; thoughtSignature=warn; cachedContent=400; labels=drop"},
		{hub, byOllama, false, "tool_choice=warn; parallel_tool_calls=warn; logit_bias=warn; https=400; logprobs=warn"},
	}
	for _, test := range tests {
		list := Losses(test.client, test.provider)
		for want := range strings.SplitSeq(test.members, "; ") {
			member, class, _ := strings.Cut(want, "=")
			found := slices.ContainsFunc(list, func(l Loss) bool {
				return l.Answer == test.answer && strings.Contains(l.Member, member) && (class == "" || string(l.Class) == class)
			})
			if !found {
				t.Errorf("%s → %s: %s is not in the table", test.client, test.provider, want)
			}
		}
	}
}

func TestLossesOfTwoSteps(t *testing.T) {
	tests := []struct {
		client, provider string
		lost, kept       string // members, separated by semicolons
	}{
		{byAnthropic, byGemini, "server tools; parallel_tool_calls: false", "top_k; cache_control; signature of thinking blocks; logit_bias; messages[].name"},
		{byGemini, byOllama, "cachedContent; tool_choice", "topK; logit_bias"},
		{byOld, byGemini, "echo; logit_bias", "verbosity"},
		{byGemini, byGemini, "", "cachedContent"},
		{"openai.embeddings", byGemini, "", "user"},
	}
	for _, test := range tests {
		list := Losses(test.client, test.provider)
		has := func(member string) bool {
			return slices.ContainsFunc(list, func(l Loss) bool { return l.Member == member })
		}
		for member := range strings.SplitSeq(test.lost, "; ") {
			if member != "" && !has(member) {
				t.Errorf("%s → %s: want %q among the losses", test.client, test.provider, member)
			}
		}
		for member := range strings.SplitSeq(test.kept, "; ") {
			if has(member) {
				t.Errorf("%s → %s: %q is not lost", test.client, test.provider, member)
			}
		}
	}
}
