package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
)

// TestBudgetPer: for whom requests count.
func TestBudgetPer(t *testing.T) {
	keys, err := auth.ParseList("ann:key-of-ann-1234,bob:key-of-bob-1234")
	if err != nil {
		t.Fatal(err)
	}
	keys[0].Labels, keys[1].Labels = map[string]string{"team": "core"}, map[string]string{"team": "core"}
	ring, err := auth.NewRing(keys)
	if err != nil {
		t.Fatal(err)
	}
	request := func(key, address, user, header string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, chatPath, strings.NewReader(`{"model":"m","user":"`+user+`","messages":[{"role":"user","content":"hi"}]}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("X-Project", header)
		r.RemoteAddr = address
		return r
	}
	const ann, bob, four, six = "key-of-ann-1234", "key-of-bob-1234", "192.0.2.1:1", "[2001:db8::1]:1"
	for _, tt := range []struct {
		per           string
		first, second *http.Request
		same          bool
	}{
		{"key", request(ann, four, "", ""), request(ann, six, "u", "p"), true},
		{"key", request(ann, four, "", ""), request(bob, four, "", ""), false},
		{"all", request(ann, four, "", ""), request(bob, six, "u", "p"), true},
		{"client_ip", request(ann, four, "", ""), request(bob, four, "", ""), true},
		{"client_ip", request(ann, six, "", ""), request(ann, "[2001:db8::2]:1", "", ""), true},
		{"client_ip", request(ann, six, "", ""), request(ann, "[2001:db8:0:1::2]:1", "", ""), false},
		{"user", request(ann, four, "u", ""), request(ann, six, "u", ""), true},
		{"user", request(ann, four, "u", ""), request(ann, four, "v", ""), false},
		{"user", request(ann, four, "u", ""), request(bob, four, "u", ""), false},
		{"user", request(ann, four, "", ""), request(ann, six, "", ""), true},
		{"label team", request(ann, four, "", ""), request(bob, six, "", ""), true},
		{"label other", request(ann, four, "", ""), request(bob, four, "", ""), false},
		{"header X-Project", request(ann, four, "", "p"), request(bob, six, "", "p"), true},
		{"header X-Project", request(ann, four, "", "p"), request(ann, four, "", "q"), false},
		{"header X-Project", request(ann, four, "", ""), request(ann, six, "", ""), true},
	} {
		if err := CheckPer(tt.per); err != nil {
			t.Error(err)
		}
		b := budgetOf("b", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 1})
		b.Per = tt.per
		g := withBudgets(t, always, b)
		g.Auth = auth.Keys(ring)
		var codes [2]int
		for i, r := range []*http.Request{tt.first, tt.second} {
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			codes[i] = w.Code
		}
		if want := map[bool]int{true: 429, false: 200}[tt.same]; codes[0] != 200 || codes[1] != want {
			t.Errorf("per %s: got %v, want 200 and %d", tt.per, codes, want)
		}
	}
	for _, per := range []string{"", "label ", "header ", "team"} {
		if CheckPer(per) == nil {
			t.Errorf("per %q is taken", per)
		}
	}
}
