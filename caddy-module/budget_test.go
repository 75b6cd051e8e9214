package caddyllm

import (
	"os"
	"strings"
	"testing"
)

// budgetedDemo is a running gateway with a budget of the demo model.
func budgetedDemo(t *testing.T, budget string) (*App, *Handler) {
	t.Helper()
	a, h := configure(t, `{"providers":{"demo":{}}}`, `{"budgets":[`+budget+`],"routes":[{"to":["demo"]}]}`)
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	return a, h
}

func end(t *testing.T, a *App) {
	t.Helper()
	if err := a.Stop(); err != nil {
		t.Error(err)
	}
	if err := a.Cleanup(); err != nil {
		t.Error(err)
	}
}

// reborn has the process forget what callers have used, as one does that ends.
func reborn(t *testing.T) {
	before := ledger
	ledger = newLedger()
	t.Cleanup(func() { ledger = before })
}

// TestBudgetOverRestart: what lasts is there when the process starts again, what slides is not.
func TestBudgetOverRestart(t *testing.T) {
	reborn(t)
	const both = `{"name":"restart","limits":[{"unit":"requests","amount":1,"period":"total"},{"unit":"requests","amount":9,"period":"hour"}]}`
	a, h := budgetedDemo(t, both)
	if w := post(h, chat); w.Code != 200 || w.Header().Get("X-Ratelimit-Limit-Requests") != "1" {
		t.Fatalf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := post(h, chat); w.Code != 429 {
		t.Errorf("the second got %d", w.Code)
	}
	end(t, a)
	reborn(t)
	a, h = budgetedDemo(t, both)
	if w := post(h, chat); w.Code != 429 || !strings.Contains(w.Body.String(), "1 request in total is used up") {
		t.Errorf("after a restart: %d %s", w.Code, w.Body)
	}
	end(t, a)
	b, err := os.ReadFile(budgetFile())
	if err != nil || strings.Contains(string(b), "127.0.0.1") || strings.Contains(string(b), "hour") || !strings.Contains(string(b), `"restart":[{"id":"`) {
		t.Errorf("the file has %s, %v", b, err)
	}
}

// TestBudgetOfOneWhoIsLate: what is used after the configuration has stopped is saved when its last exchange has ended.
func TestBudgetOfOneWhoIsLate(t *testing.T) {
	reborn(t)
	const one = `{"name":"late","limits":[{"unit":"requests","amount":1,"period":"total"}]}`
	a, h := budgetedDemo(t, one)
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	if w := post(h, chat); w.Code != 200 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if err := a.Cleanup(); err != nil {
		t.Fatal(err)
	}
	reborn(t)
	a, h = budgetedDemo(t, one)
	defer end(t, a)
	if w := post(h, chat); w.Code != 429 {
		t.Errorf("after a restart: %d %s", w.Code, w.Body)
	}
}

// TestBudgetOfABrokenFile: a gateway does not start with budgets that it has forgotten.
func TestBudgetOfABrokenFile(t *testing.T) {
	reborn(t)
	a, _ := configure(t, `{"providers":{"demo":{}}}`, "")
	if err := os.WriteFile(budgetFile(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(budgetFile()) })
	h := &Handler{Routes: []*Route{{To: []string{"demo"}}}, Budgets: []*Budget{{Limits: []BudgetLimit{{"requests", 1, "day"}}}}}
	if err := h.Provision(a.ctx); err == nil || !strings.Contains(err.Error(), budgetFile()) {
		t.Errorf("got %v", err)
	}
}

// TestBudgetOfTwoHandlers is one budget if they say the same of it, and an error if not.
func TestBudgetOfTwoHandlers(t *testing.T) {
	reborn(t)
	const one = `{"name":"both","limits":[{"unit":"requests","amount":1,"period":"hour"}]}`
	a, first := budgetedDemo(t, one)
	defer end(t, a)
	second := &Handler{Routes: []*Route{{To: []string{"demo"}}}, Budgets: []*Budget{{Name: "both", Limits: []BudgetLimit{{"requests", 1, "hour"}}}}}
	if err := second.Provision(a.ctx); err != nil {
		t.Fatal(err)
	}
	if w := post(first, chat); w.Code != 200 {
		t.Fatalf("got %d", w.Code)
	}
	if w := post(second, chat); w.Code != 429 {
		t.Errorf("the second handler: %d", w.Code)
	}
	third := &Handler{Routes: []*Route{{To: []string{"demo"}}}, Budgets: []*Budget{{Name: "both", Limits: []BudgetLimit{{"requests", 2, "hour"}}}}}
	if err := third.Provision(a.ctx); err == nil || !strings.Contains(err.Error(), "another budget of this name") {
		t.Errorf("got %v", err)
	}
}
