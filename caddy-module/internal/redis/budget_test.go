package redis

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

// clusterOf starts a cluster of one node.
func clusterOf(t *testing.T) *redistest.Server {
	t.Helper()
	cluster := redistest.Start(t, "--cluster-enabled", "yes")
	if err := cluster.Client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		info, err := cluster.Client.ClusterInfo(t.Context()).Result()
		if err == nil && strings.Contains(info, "cluster_state:ok") {
			return cluster
		}
		if time.Now().After(deadline) {
			t.Fatalf("the cluster is not there: %v %s", err, info)
		}
	}
}

// steady is a remote that a test says everything to itself.
type steady struct {
	*Budgets
	number int64
}

func (s *steady) apply(t *testing.T, gateway string, changes ...budget.Change) {
	t.Helper()
	s.number++
	if err := s.Apply(t.Context(), budget.Batch{Gateway: gateway, Number: s.number, Changes: changes}); err != nil {
		t.Fatal(err)
	}
}

var (
	team = &budget.Budget{Name: "team", Limits: []budget.Limit{
		{Unit: budget.Tokens, Period: budget.Minute, Amount: 300}, {Unit: budget.Cost, Period: budget.Day, Amount: 60_000}, {Unit: budget.Requests, Period: budget.Hour, Amount: 300}}}
	each = &budget.Budget{Name: "each", Limits: []budget.Limit{{Unit: budget.Tokens, Period: budget.Month, Amount: 9000}, {Unit: budget.Requests, Period: budget.Second, Amount: 3}}}
)

// TestBudgetsAsInMemory has the server and a ledger in memory decide the same of the same requests, whatever comes of them.
func TestBudgetsAsInMemory(t *testing.T) {
	single, cluster := redistest.Start(t), clusterOf(t)
	for _, c := range []struct {
		name string
		o    Options
	}{
		{"plain", Options{Addresses: []string{single.Address}}},
		{"encrypted", Options{Addresses: []string{single.Address}, Secrets: []string{secondSecret, firstSecret}}},
		{"cluster", Options{Addresses: []string{cluster.Address}, Cluster: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			single.Client.FlushAll(t.Context())
			there, here := &steady{Budgets: open(t, c.o).Budgets()}, new(budget.Ledger)
			random := rand.New(rand.NewPCG(7, 7))
			now := time.Date(2026, 11, 30, 20, 0, 0, 0, time.UTC)
			type made struct {
				claims   []budget.Claim
				accounts []budget.Account
				hold     *budget.Hold
			}
			var flying []made
			refusals := 0
			for i := range 1500 {
				now = now.Add(time.Duration(random.Int64N(int64(20 * time.Second))))
				if len(flying) > 0 && random.IntN(2) == 0 {
					k := random.IntN(len(flying))
					m := flying[k]
					flying = append(flying[:k], flying[k+1:]...)
					used := budget.Amounts{int64(random.IntN(4)+2) / 3, random.Int64N(60), random.Int64N(300)}
					if used[0] == 0 {
						used = budget.Amounts{}
					}
					here.Settle(&budget.Settlement{Claims: m.claims, Reserved: m.hold.Need, Used: used, Began: m.hold.Now, Now: now})
					used[budget.Requests]--
					for _, a := range m.accounts {
						there.apply(t, "one", budget.Change{Account: a, Hold: m.hold, Used: used, Began: m.hold.Now, Now: now})
					}
					continue
				}
				who := budget.Subject{Kind: "key", Value: fmt.Sprint(random.IntN(3))}
				m := made{claims: []budget.Claim{{Budget: team, Subject: budget.Subject{Kind: "all"}}, {Budget: each, Subject: who}}}
				m.accounts = []budget.Account{{Budget: team}, {Budget: each, ID: budget.ID{byte(who.Value[0])}}}
				m.hold = &budget.Hold{ID: fmt.Sprint("hold-", i), Need: budget.Amounts{1, 20 + random.Int64N(60), 100 + random.Int64N(200)}, Now: now, Until: now.Add(24 * time.Hour)}
				var left budget.Allowance
				refused := here.Reserve(t.Context(), m.claims, m.hold.Need, now, &left)
				would, _, err := there.Reserve(t.Context(), m.accounts, *m.hold, true)
				if err != nil || would != (refused == nil) {
					t.Fatalf("request %d: the server would say %v, %v; the ledger says %v", i, would, err, refused)
				}
				granted, _, err := there.Reserve(t.Context(), m.accounts, *m.hold, false)
				if err != nil || granted != (refused == nil) {
					t.Fatalf("request %d: the server says %v, %v; the ledger says %v", i, granted, err, refused)
				}
				if granted {
					flying = append(flying, m)
				} else {
					refusals++
				}
			}
			if refusals < 100 || refusals > 1000 {
				t.Errorf("%d refusals are no test", refusals)
			}
		})
	}
}

// bookOf is a book that gateways share, with what it was told of the server.
func bookOf(t testing.TB, s *Server) (book *budget.Shared, told chan error) {
	told = make(chan error, 100)
	book = budget.Share(s.Budgets(), func(err error) { told <- err })
	t.Cleanup(func() { _ = book.Close() })
	return book, told
}

func claimOf(b *budget.Budget) []budget.Claim {
	return []budget.Claim{{Budget: b, Subject: budget.Subject{Kind: "key", Value: "jane"}, Name: "jane"}}
}

// use makes a request that is over at once.
func use(book budget.Book, b *budget.Budget, used budget.Amounts, now time.Time) *budget.Refusal {
	claims, left := claimOf(b), budget.Allowance{}
	if refused := book.Reserve(context.Background(), claims, used, now, &left); refused != nil {
		return refused
	}
	book.Settle(&budget.Settlement{Claims: claims, Reserved: used, Used: used, Began: now, Now: now})
	return nil
}

// TestBudgetsHammer: two gateways with many requests at once pass a limit by one of them at most, and lose nothing.
func TestBudgetsHammer(t *testing.T) {
	server := redistest.Start(t)
	b := &budget.Budget{Name: "b", Limits: []budget.Limit{{Unit: budget.Cost, Period: budget.Month, Amount: 1000}}}
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	var used int64
	var all sync.WaitGroup
	var books []*budget.Shared
	for range 2 {
		book := budget.Share(open(t, Options{Addresses: []string{server.Address}, Timeout: 20 * time.Second}).Budgets(), func(err error) { t.Error(err) })
		books = append(books, book)
		for range 100 {
			all.Go(func() {
				for {
					claims, left := claimOf(b), budget.Allowance{}
					need := budget.Amounts{1, 0, 9}
					refused := book.Reserve(t.Context(), claims, need, now, &left)
					if refused != nil && refused.Busy {
						continue
					}
					if refused != nil {
						return
					}
					mu.Lock()
					used += 7
					mu.Unlock()
					book.Settle(&budget.Settlement{Claims: claims, Reserved: need, Used: budget.Amounts{1, 0, 7}, Began: now, Now: now})
				}
			})
		}
	}
	all.Wait()
	if used < 1000 || used >= 1007 {
		t.Errorf("used %d of 1000 by requests of 7", used)
	}
	for _, book := range books {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}
	_, have, err := open(t, Options{Addresses: []string{server.Address}}).Budgets().Reserve(t.Context(), []budget.Account{accountOf(t, server)}, budget.Hold{Now: now}, true)
	if err != nil || len(have[0].Used) != 1 || have[0].Used[0].Amount != used || have[0].Reserved != (budget.Amounts{}) {
		t.Errorf("used %d, the server has %+v, %v", used, have, err)
	}
}

// accountOf is the only account that the server has.
func accountOf(t *testing.T, server *redistest.Server) budget.Account {
	t.Helper()
	for _, name := range server.Client.Keys(t.Context(), "*").Val() {
		if !strings.Contains(name, "gateway:") && !strings.HasSuffix(name, ":held") {
			_, text, _ := strings.Cut(name, "}:")
			b := &budget.Budget{Name: "b", Limits: []budget.Limit{{Unit: budget.Cost, Period: budget.Month, Amount: 1000}}}
			return budget.Account{Budget: b, ID: idIn(t, text)}
		}
	}
	t.Fatal("the server has no account")
	return budget.Account{}
}

// TestBudgetsWithoutServer: while the server is away a gateway goes on with what it knows, says so once, and tells the server when it is back.
func TestBudgetsWithoutServer(t *testing.T) {
	server := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	b := &budget.Budget{Name: "b", Limits: []budget.Limit{{Unit: budget.Tokens, Period: budget.Total, Amount: 100}, {Unit: budget.Requests, Period: budget.Day, Amount: 9}}}
	now := time.Now()
	one, told := bookOf(t, open(t, Options{Addresses: []string{server.Address}}))
	other, _ := bookOf(t, open(t, Options{Addresses: []string{server.Address}}))
	ten := budget.Amounts{1, 10}
	for range 3 {
		if r := use(other, b, ten, now); r != nil {
			t.Fatal(r)
		}
	}
	settled(t, other, b, ten, now)
	if r := use(one, b, ten, now); r != nil {
		t.Fatal(r)
	}
	claims, left := claimOf(b), budget.Allowance{}
	if r := one.Reserve(t.Context(), claims, ten, now, &left); r != nil || left[budget.Tokens].Left > 60 {
		t.Fatalf("refused %v, left %+v", r, left)
	}
	server.Stop()
	if r := use(one, b, ten, now); r != nil {
		t.Fatal(r)
	}
	if err := <-told; err == nil || strings.Contains(err.Error(), "jane") {
		t.Errorf("told %v", err)
	}
	one.Settle(&budget.Settlement{Claims: claims, Reserved: ten, Used: ten, Began: now, Now: now})
	for range 3 {
		if r := use(one, b, ten, now); r != nil {
			t.Fatal(r)
		}
	}
	// Three of the other gateway's, one and the one under way, four while the server was away: nine.
	if r := use(one, b, ten, now); r == nil || r.Limit.Unit != budget.Requests {
		t.Errorf("without the server it is %v", r)
	}
	server.Again()
	if err := <-told; err != nil || len(told) > 0 {
		t.Errorf("told %v, and %d more", err, len(told))
	}
	if r := use(other, b, budget.Amounts{1, 1}, now); r == nil || r.Limit.Unit != budget.Requests {
		t.Errorf("at the other gateway it is %v", r)
	}
	if s := one.Status(b, now, 1); s.Most[0].Limits[0].Used != 90 || s.Reserved != (budget.Amounts{}) {
		t.Errorf("status %+v", s)
	}
}

// settled waits until a book has told the server everything.
func settled(t *testing.T, book *budget.Shared, b *budget.Budget, used budget.Amounts, now time.Time) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		claims, left := claimOf(b), budget.Allowance{}
		refused := book.Reserve(t.Context(), claims, budget.Amounts{}, now, &left)
		if refused == nil {
			book.Settle(&budget.Settlement{Claims: claims, Began: now, Now: now})
		}
		if refused == nil && left[budget.Tokens].Left == 100-3*used[budget.Tokens] {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left %+v, refused %v", left, refused)
		}
	}
}

// TestBudgetsOnce: what is told twice counts once, and what nobody knows to have been noted is undone if it was.
func TestBudgetsOnce(t *testing.T) {
	server := redistest.Start(t)
	there := open(t, Options{Addresses: []string{server.Address}}).Budgets()
	now := time.Now()
	account := budget.Account{Budget: each}
	hold := &budget.Hold{ID: "h", Need: budget.Amounts{1, 500}, Now: now, Until: now.Add(time.Minute)}
	figures := func() string {
		t.Helper()
		_, have, err := there.Reserve(t.Context(), []budget.Account{account}, budget.Hold{Now: now}, true)
		if err != nil {
			t.Fatal(err)
		}
		var used budget.Amounts
		for _, f := range have[0].Used {
			used[f.Unit] += f.Amount
		}
		return fmt.Sprint(used[:2], have[0].Reserved[budget.Tokens])
	}
	if _, _, err := there.Reserve(t.Context(), []budget.Account{account}, *hold, false); err != nil {
		t.Fatal(err)
	}
	if got := figures(); got != "[1 0] 500" {
		t.Errorf("reserved: %s", got)
	}
	batch := budget.Batch{Gateway: "g", Number: 1, Changes: []budget.Change{{Account: account, Hold: hold, Used: budget.Amounts{0, 70}, Began: now, Now: now}}}
	for range 3 {
		if err := there.Apply(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	if got := figures(); got != "[1 70] 0" {
		t.Errorf("settled: %s", got)
	}
	lost := &budget.Hold{ID: "lost", Need: budget.Amounts{1, 500}, Now: now, Until: now.Add(time.Minute)}
	for i, noted := range []bool{true, false} {
		if noted {
			if _, _, err := there.Reserve(t.Context(), []budget.Account{account}, *lost, false); err != nil {
				t.Fatal(err)
			}
		}
		undo := budget.Batch{Gateway: "g", Number: int64(2 + i), Changes: []budget.Change{{Account: account, Hold: lost, Began: now, Now: now, Undo: true}}}
		if err := there.Apply(t.Context(), undo); err != nil {
			t.Fatal(err)
		}
		if got := figures(); got != "[1 70] 0" {
			t.Errorf("undone: %s", got)
		}
	}
}

// TestBudgetsOfAGatewayThatIsGone: what it has reserved ends, unless it says that it is there.
func TestBudgetsOfAGatewayThatIsGone(t *testing.T) {
	there := open(t, Options{Addresses: []string{redistest.Start(t).Address}}).Budgets()
	now := time.Now()
	account := budget.Account{Budget: each}
	all := &budget.Hold{ID: "all", Need: budget.Amounts{1, 9000}, Now: now, Until: now.Add(time.Minute)}
	ask := func(id string, at time.Time) bool {
		t.Helper()
		granted, _, err := there.Reserve(t.Context(), []budget.Account{account}, budget.Hold{ID: id, Need: budget.Amounts{1, 9000}, Now: at, Until: at.Add(time.Minute)}, false)
		if err != nil {
			t.Fatal(err)
		}
		return granted
	}
	if !ask("all", now) || ask("second", now.Add(30*time.Second)) {
		t.Fatal("two have reserved everything")
	}
	if err := there.Extend(t.Context(), []budget.Held{{Account: account, Hold: all}}, now.Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if ask("third", now.Add(90*time.Second)) || !ask("fourth", now.Add(3*time.Minute)) {
		t.Error("a hold ends too early or too late")
	}
}

// TestBudgetsLifetimes asks the server how long accounts live, and looks for subjects in all that it holds.
func TestBudgetsLifetimes(t *testing.T) {
	server := redistest.Start(t)
	now := time.Now()
	for name, want := range map[string]func(time.Duration) bool{
		"total": func(d time.Duration) bool { return d < 0 },
		"year": func(d time.Duration) bool {
			return d > time.Until(time.Date(now.UTC().Year()+1, 1, 1, 0, 0, 0, 0, time.UTC))
		},
		"hour": func(d time.Duration) bool { return d > time.Hour && d <= 2*time.Hour },
	} {
		server.Client.FlushAll(t.Context())
		period, _ := budget.ParsePeriod(name)
		b := &budget.Budget{Name: "of-jane", Limits: []budget.Limit{{Unit: budget.Tokens, Period: period, Amount: 100}}}
		book, _ := bookOf(t, open(t, Options{Addresses: []string{server.Address}, Secrets: []string{firstSecret}}))
		if r := use(book, b, budget.Amounts{1, 10}, now); r != nil {
			t.Fatal(r)
		}
		if err := book.Close(); err != nil {
			t.Fatal(err)
		}
		keys := server.Client.Keys(t.Context(), "*").Val()
		for _, key := range keys {
			if d := server.Client.PTTL(t.Context(), key).Val(); !strings.Contains(key, "gateway:") && !want(d) {
				t.Errorf("%s lives for %v", name, d)
			}
		}
		if len(keys) != 2 || bytes.Contains(server.Dump(), []byte("jane")) {
			t.Errorf("the server has %v", keys)
		}
	}
}

// TestBudgetsRotation: a budget is found again under another secret.
func TestBudgetsRotation(t *testing.T) {
	server := redistest.Start(t)
	b := &budget.Budget{Name: "b", Limits: []budget.Limit{{Unit: budget.Tokens, Period: budget.Total, Amount: 10}}}
	now := time.Now()
	for i, secrets := range [][]string{{firstSecret}, {secondSecret, firstSecret}, {secondSecret}} {
		book, _ := bookOf(t, open(t, Options{Addresses: []string{server.Address}, Secrets: secrets}))
		if r := use(book, b, budget.Amounts{1, 10}, now); (r == nil) != (i == 0) {
			t.Errorf("with secrets %d: %v", i, r)
		}
		if err := book.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBudgetsFailures: what goes wrong is an error that quotes nothing.
func TestBudgetsFailures(t *testing.T) {
	server := redistest.Start(t)
	there := open(t, Options{Addresses: []string{server.Address}}).Budgets()
	account := budget.Account{Budget: each}
	key := there.names(nil, account)[0]
	for _, fields := range [][]any{{"odd", "1"}, {"tokens/month/x", "1"}, {"beans/month/1", "1"}, {"tokens/month/1", "x"}} {
		server.Client.Del(t.Context(), key)
		server.Client.HSet(t.Context(), key, fields...)
		if _, _, err := there.Reserve(t.Context(), []budget.Account{account}, budget.Hold{ID: "h", Now: time.Now()}, true); err == nil || !(errors.Is(err, errReply) || strings.Contains(err.Error(), "Redis: it answered")) {
			t.Errorf("%v: %v", fields, err)
		}
	}
	server.Client.Del(t.Context(), key)
	server.Client.Set(t.Context(), key, "jane", 0)
	if _, _, err := there.Reserve(t.Context(), []budget.Account{account}, budget.Hold{ID: "h", Now: time.Now()}, false); err == nil || strings.Contains(err.Error(), "jane") || !strings.Contains(err.Error(), "Redis: it answered") {
		t.Errorf("got %v", err)
	}
	server.Stop()
	if err := there.Apply(t.Context(), budget.Batch{Gateway: "g", Number: 1}); err == nil {
		t.Error("no server, no error")
	}
	if err := there.Extend(t.Context(), []budget.Held{{Account: account, Hold: &budget.Hold{ID: "h"}}}, time.Now()); err == nil {
		t.Error("no server, no error")
	}
}

// idIn is the ID that a name ends with.
func idIn(t *testing.T, text string) (id budget.ID) {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != len(id) {
		t.Fatalf("%q is no ID: %v", text, err)
	}
	copy(id[:], b)
	return id
}
