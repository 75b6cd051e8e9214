package budget

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// again is the ledger of a process that starts with what another has saved.
func again(t *testing.T, l *Ledger, path, key string, now time.Time) *Ledger {
	t.Helper()
	if err := l.Save(path, now); err != nil {
		t.Fatal(err)
	}
	next := new(Ledger)
	if err := next.Load(path, []byte(key)); err != nil {
		t.Fatal(err)
	}
	return next
}

// TestRestart: what was used of a day and longer is there after a restart, what slides and what was reserved is not.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "of", "budgets.json")
	l := new(Ledger)
	if err := l.Load(path, []byte("key")); err != nil {
		t.Fatal(err)
	}
	d := deskOf(t, l, Limit{Tokens, Month, 100}, Limit{Tokens, Minute, 1000}, Limit{Requests, Day, 50}, Limit{Cost, Total, Dollar})
	d.use(60, Dollar/4)
	d.must(40, Dollar/4) // never settled
	d.book = again(t, l, path, "key", d.now)
	d.use(39, 0)
	if want := (Allowance{{50, 47, time.Hour}, {100, 1, 241 * time.Hour}}); d.left != want {
		t.Errorf("left %+v, want %+v", d.left, want)
	}
	d.use(1, Dollar/4)
	if r := d.refused(1, 0); r.Limit.Period != Month {
		t.Errorf("refused %+v", r)
	}
	last := again(t, d.book.(*Ledger), path, "key", d.now)
	s := last.Status(d.claim[0].Budget, d.now, 5)
	if s.Subjects != 1 || s.Most[0].Name != "ann" || s.Most[0].Limits[0].Used != 100 || s.Most[0].Limits[3].Used != Dollar/2 {
		t.Errorf("status %+v", s)
	}
	d.book, d.now = last, d.now.AddDate(0, 1, 0)
	d.use(100, 0)
	d.refused(1, 0)
}

// TestFile: nothing in it tells who a subject is, and nobody else may read it.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "budgets.json")
	l := new(Ledger)
	_ = l.Load(path, []byte("key"))
	d := deskOf(t, l, Limit{Tokens, Month, 100}, Limit{Requests, Minute, 100})
	d.claim[0].Subject, d.claim[0].Name = Subject{"client_ip", "192.0.2.77"}, ""
	d.use(60, 0)
	again(t, l, path, "key", d.now)
	b, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(b), "192.0.2.77") || strings.Contains(string(b), "minute") || !strings.Contains(string(b), `"unit":"tokens","period":"month","number":24322,"amount":60`) {
		t.Errorf("got %s, %v", b, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	other := new(Ledger)
	if err := other.Load(path, []byte("another key")); err != nil {
		t.Fatal(err)
	}
	if d.book = other; other.Would(d.claim, Amounts{1, 100}, d.now) != nil {
		t.Error("a ledger with another key knows the subject")
	}
	if all, _ := filepath.Glob(filepath.Join(dir, "*")); len(all) != 1 {
		t.Errorf("the directory has %v", all)
	}
}

// TestSaveOnlyChanges: without a change nothing is written, and what could not be written is tried again.
func TestSaveOnlyChanges(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "budgets.json")
	l := new(Ledger)
	gone := func() bool {
		t.Helper()
		if err := l.Save(path, at(t, "2026-11-20T23:00:00Z")); err != nil {
			t.Fatal(err)
		}
		return os.Remove(path) != nil
	}
	rate := deskOf(t, l, Limit{Requests, Minute, 9})
	rate.use(1, 1)
	if !gone() {
		t.Error("rates are written")
	}
	d := deskOf(t, l, Limit{Requests, Day, 9})
	d.claim[0].Budget.Name = "daily"
	d.use(1, 1)
	if gone() || !gone() {
		t.Error("it is written once again, or not at all")
	}
	d.use(1, 1)
	if err := l.Save(filepath.Join(dir, "daily", "x"), d.now); err != nil {
		t.Fatal(err)
	}
	d.use(1, 1)
	if err := l.Save(filepath.Join(dir, "daily", "x", "y"), d.now); err == nil || !strings.Contains(err.Error(), "writing what callers have used of budgets") {
		t.Errorf("got %v", err)
	}
	if gone() {
		t.Error("what could not be written is forgotten")
	}
}

// TestBrokenFile: who has used up a budget does not get another because a file cannot be read.
func TestBrokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "budgets.json")
	for text, says := range map[string]string{"": "unexpected end", `{"format":2}`: "format 2, expected 1", `[]`: "cannot unmarshal", `{"format":1`: "unexpected end"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := new(Ledger).Load(path, nil); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", text, err)
		}
	}
	odd := `{"format":1,"budgets":{"b":[{"id":"xyz"},{"id":"00"},{"id":"000102030405060708090a0b0c0d0e0f","used":[{"unit":"beans","period":"day","number":1,"amount":2},
		{"unit":"tokens","period":"minute","number":1,"amount":2},{"unit":"tokens","period":"total","number":0,"amount":-5}]}]}}`
	if err := os.WriteFile(path, []byte(odd), 0o600); err != nil {
		t.Fatal(err)
	}
	l := new(Ledger)
	if err := l.Load(path, nil); err != nil || len(l.shelves["b"].stored) != 1 {
		t.Errorf("%v, %+v", err, l.shelves["b"])
	}
	l.Sweep(time.Now())
	if len(l.shelves["b"].stored) != 0 {
		t.Error("what is over stays")
	}
}
