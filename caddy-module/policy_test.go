package caddyllm

import (
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

// A policy is the same for the same rules however they are spelled, and another for others. Secrets do not count.
func TestPolicy(t *testing.T) {
	d := &plugin.Description{Name: "x", Config: []byte(`{"type":"object","properties":{
		"key":{"type":"string","writeOnly":true},"mode":{"type":"string","default":"a"},
		"deep":{"type":"object","properties":{"token":{"writeOnly":true},"n":{"type":"number"}}}}}`)}
	score := 0.5
	of := func(config, onError string, g *Grants) string {
		t.Helper()
		checked, err := d.CheckConfig([]byte(config))
		if err != nil {
			t.Fatal(err)
		}
		if g == nil {
			g = new(Grants)
		}
		r, err := rules(d, checked, g)
		if err != nil {
			t.Fatal(err)
		}
		return (&guest{rules: r}).policy(onError)
	}
	base := of(`{"key":"one","deep":{"n":1,"token":"one"}}`, "", nil)
	for name, same := range map[string]string{
		"other secrets":   of(`{"deep":{"token":"two","n":1},"mode":"a","key":"two"}`, "fail", nil),
		"no secrets":      of(`{"deep":{"n":1}}`, "", nil),
		"a grant of a kv": of(`{"deep":{"n":1}}`, "", &Grants{KV: true}),
	} {
		if same != base {
			t.Errorf("%s: got %s, want %s", name, same, base)
		}
	}
	seen := map[string]string{base: "the base"}
	for name, other := range map[string]string{
		"another mode":     of(`{"mode":"b","deep":{"n":1}}`, "", nil),
		"another number":   of(`{"deep":{"n":2}}`, "", nil),
		"on_error skip":    of(`{"deep":{"n":1}}`, "skip", nil),
		"a recogniser":     of(`{"deep":{"n":1}}`, "", &Grants{NER: &NERGrant{URL: "http://10.0.0.1", Header: map[string]string{"Authorization": "s"}}}),
		"its least score":  of(`{"deep":{"n":1}}`, "", &Grants{NER: &NERGrant{MinScore: &score}}),
		"its entities":     of(`{"deep":{"n":1}}`, "", &Grants{NER: &NERGrant{Entities: []string{"all"}}}),
		"a member of none": of(`{"deep":{"n":1,"m":1}}`, "", nil),
	} {
		if first, again := seen[other]; again {
			t.Errorf("%s has the policy of %s", name, first)
		}
		seen[other] = name
	}
	if len(base) != 64 {
		t.Errorf("got %s, want 64 digits", base)
	}
	if got := of(`{"deep":{"n":1}}`, "", &Grants{NER: &NERGrant{URL: "http://10.0.0.2"}}); seen[got] != "a recogniser" {
		t.Error("the address of a recogniser counts")
	}
}
