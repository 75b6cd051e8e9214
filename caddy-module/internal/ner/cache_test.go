package ner

import (
	"fmt"
	"testing"
	"time"
)

func TestCache(t *testing.T) {
	now := time.Unix(0, 0)
	c := newCache(time.Minute, func() time.Time { return now })
	c.put("en", "a", []Span{{0, 1, "X", 1}})
	for _, k := range []struct {
		lang, text string
		want       bool
	}{{"en", "a", true}, {"de", "a", false}, {"en", "b", false}, {"ena", "", false}} {
		if got, ok := c.get(k.lang, k.text); ok != k.want || ok && len(got) != 1 {
			t.Errorf("%s %q: got %v, %v", k.lang, k.text, got, ok)
		}
	}
	now = now.Add(time.Minute)
	if _, ok := c.get("en", "a"); ok || len(c.known) != 0 || c.spans != 0 {
		t.Errorf("after its time: %v, %d known with %d spans", ok, len(c.known), c.spans)
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache(time.Minute, time.Now)
	for i := range maxAnswers + 10 {
		c.put("en", fmt.Sprint(i), nil)
		c.get("en", "0")
	}
	if _, ok := c.get("en", "0"); !ok || len(c.known) != maxAnswers || c.order.Len() != maxAnswers {
		t.Errorf("what is used was dropped (%v), or %d of %d are kept", !ok, len(c.known), maxAnswers)
	}
	for i := range 20 {
		c.put("en", fmt.Sprint("many ", i), make([]Span, maxKept/8))
	}
	c.put("en", "too many", make([]Span, maxKept/8+1))
	if _, ok := c.get("en", "too many"); ok || c.spans > maxKept {
		t.Errorf("%d spans are kept", c.spans)
	}
}
