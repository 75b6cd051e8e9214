package caddyllm

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

// sharing is a gateway whose budget is in a store. Another timeout gives it a book of its own, as another process has.
func sharing(t *testing.T, server *redistest.Server, timeout int) (*App, *Handler) {
	t.Helper()
	return configure(t, fmt.Sprintf(`{"providers":{"demo":{}},"stores":{"shared":{"driver":"redis","url":"redis://%s","timeout":%d,"encryption_keys":[%q]}}}`, server.Address, timeout*1_000_000_000, storeKey),
		`{"budgets":[{"name":"shared","store":"shared","limits":[{"unit":"requests","amount":3,"period":"total"}]}],"routes":[{"to":["demo"]}]}`)
}

// TestSharedBudget is one for all gateways, unreadable in the store, and goes on without it.
func TestSharedBudget(t *testing.T) {
	server := redistest.Start(t)
	_, here := sharing(t, server, 20)
	_, there := sharing(t, server, 21)
	for i, h := range []*Handler{here, there} {
		if w := post(h, chat); w.Code != 200 || w.Header().Get("X-Ratelimit-Remaining-Requests") != fmt.Sprint(2-i) {
			t.Errorf("request %d: %d %v %s", i+1, w.Code, w.Header(), w.Body)
		}
	}
	if dump := server.Dump(); bytes.Contains(dump, []byte("127.0.0.1")) || bytes.Contains(dump, []byte("shared")) {
		t.Error("the store tells of whom the budget is")
	}
	server.Stop()
	if w := post(there, chat); w.Code != 200 {
		t.Errorf("without the store: %d %s", w.Code, w.Body)
	}
	if w := post(there, chat); w.Code != 429 || !strings.Contains(w.Body.String(), "3 requests in total is used up") {
		t.Errorf("without the store and without anything left: %d %s", w.Code, w.Body)
	}
}

// TestSharedBudgetOverReloads: what follows on a configuration has the same book.
func TestSharedBudgetOverReloads(t *testing.T) {
	server := redistest.Start(t)
	old, first := sharing(t, server, 20)
	next, second := sharing(t, server, 20)
	post(first, chat)
	if err := old.Cleanup(); err != nil {
		t.Fatal(err)
	}
	post(second, chat)
	post(second, chat)
	if w := post(second, chat); w.Code != 429 {
		t.Errorf("got %d", w.Code)
	}
	if err := next.Cleanup(); err != nil {
		t.Fatal(err)
	}
	if _, third := sharing(t, server, 20); post(third, chat).Code != 429 {
		t.Error("the store has forgotten it")
	}
}
