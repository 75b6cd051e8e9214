package gateway

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestBudgetHammer: 200 callers at once against ten cents pass them by one call at most, over real connections: at one gateway, and at two that
// add up in Redis.
func TestBudgetHammer(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		hammer(t, func() budget.Book { return new(budget.Ledger) }, 1)
	})
	t.Run("redis", func(t *testing.T) {
		at := redistest.Start(t).Address
		hammer(t, func() budget.Book {
			server, err := redis.Open(redis.Options{Addresses: []string{at}, Timeout: 20 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			book := budget.Share(server.Budgets(), func(err error) { t.Errorf("told of %v", err) })
			t.Cleanup(func() {
				if err := errors.Join(book.Close(), server.Close()); err != nil {
					t.Error(err)
				}
			})
			return book
		}, 2)
	})
}

// hammer has so many gateways called, each with a book of its own.
func hammer(t *testing.T, book func() budget.Book, gateways int) {
	const calls, limit = 200, budget.Dollar / 10
	var made atomic.Int64
	u := roundTrip(func(*http.Request) (*http.Response, error) {
		made.Add(1)
		return whole(strings.Replace(said, `"prompt_tokens":3,"completion_tokens":4`, `"prompt_tokens":500,"completion_tokens":300`, 1)), nil // 4/10 of a cent
	})
	body := `{"model":"m","max_tokens":300,"messages":[{"role":"user","content":"` + strings.Repeat("abcd", 500) + `"}]}`
	// Who is refused because others have reserved what is left comes again.
	call := func(url string) (done bool, _ error) {
		resp, err := http.Post(url+chatPath, "application/json", strings.NewReader(body))
		if err != nil {
			return true, err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		switch {
		case err != nil || resp.StatusCode == 200:
			return true, err
		case resp.StatusCode != 429 || !strings.Contains(string(text), "budget_exceeded"):
			return true, errors.New(string(text))
		}
		return strings.Contains(string(text), "is used up"), nil
	}
	var callers sync.WaitGroup
	for range gateways {
		g := withBudgets(t, u, budgetOf("b", budget.Limit{Unit: budget.Cost, Period: budget.Month, Amount: limit}))
		g.Budgets[0].Book = book()
		g.Observe = func(*http.Request, *usage.Record) {}
		server := httptest.NewServer(g)
		defer server.Close()
		for range calls / gateways {
			callers.Go(func() {
				for {
					done, err := call(server.URL)
					if err != nil {
						t.Error(err)
					}
					if done {
						return
					}
				}
			})
		}
	}
	callers.Wait()
	if n := made.Load(); n != 25 {
		t.Errorf("%d calls of 0.4 cents each were made for 10 cents, want 25", n)
	}
}
