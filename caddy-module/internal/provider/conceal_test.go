package provider

import "testing"

func TestConceal(t *testing.T) {
	p, err := New(Config{Name: "openai", Keys: []string{"sk-first-key sk-second-key", "short"}, Tuned: []Key{{Secret: "sk-tuned-key"}}, Endpoints: []EndpointConfig{
		{Name: "us", BaseURL: "https://us.example"}, {Name: "eu", BaseURL: "https://eu.example", Keys: []string{"sk-key-of-eu"}},
	}, Headers: map[string]string{"x-pass": "hdr-value-1", "x-short": "in"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"none", "nothing is wrong", "nothing is wrong"},
		{"every key", "sk-second-key, not sk-first-key", "***, not ***"},
		{"of blocks", "sk-tuned-key and sk-key-of-eu", "*** and ***"},
		{"of a header", "hdr-value-1 in", "*** in"},
		{"twice", "sk-first-key sk-first-key", "*** ***"},
		{"too short to be looked for", "in short", "in short"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.Conceal(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
