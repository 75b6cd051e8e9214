package budget

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

// desk is a book with a clock of its own and one subject.
type desk struct {
	t     testing.TB
	book  Book
	now   time.Time
	claim []Claim
	left  Allowance
}

func deskOf(t testing.TB, book Book, limits ...Limit) *desk {
	t.Helper()
	b := &Budget{"b", limits}
	if err := b.Check(); err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, book: book, now: at(t, "2026-11-20T23:00:00Z"), claim: []Claim{{Budget: b, Subject: Subject{"key", "ann"}, Name: "ann"}}}
}

// reservation is what may be settled.
type reservation struct {
	d     *desk
	claim []Claim
	need  Amounts
	began time.Time
}

func (d *desk) reserve(tokens, cost int64) (*reservation, *Refusal) {
	r := &reservation{d, append([]Claim(nil), d.claim...), Amounts{1, tokens, cost}, d.now}
	d.left = Allowance{}
	return r, d.book.Reserve(d.t.Context(), r.claim, r.need, d.now, &d.left)
}

func (d *desk) must(tokens, cost int64) *reservation {
	d.t.Helper()
	r, refused := d.reserve(tokens, cost)
	if refused != nil {
		d.t.Fatalf("refused: %v", refused)
	}
	return r
}

func (d *desk) refused(tokens, cost int64) *Refusal {
	d.t.Helper()
	_, refused := d.reserve(tokens, cost)
	if refused == nil {
		d.t.Fatal("let through, expected a refusal")
	}
	return refused
}

func (r *reservation) settle(requests, tokens, cost int64) {
	r.d.book.Settle(&Settlement{r.claim, r.need, Amounts{requests, tokens, cost}, r.began, r.d.now})
}

// use is an exchange that is over at once.
func (d *desk) use(tokens, cost int64) {
	d.t.Helper()
	d.must(tokens, cost).settle(1, tokens, cost)
}

func TestCalendarBudget(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Tokens, Day, 100})
	d.use(60, 0)
	if d.left[Tokens] != (Room{100, 40, time.Hour}) {
		t.Errorf("left %+v", d.left)
	}
	d.use(40, 0)
	if r := d.refused(1, 0); r.Wait != time.Hour || r.Busy || r.Limit.String() != "100 tokens per day" || r.Error() != "budget b of 100 tokens per day is used up for another 1h0m0s" {
		t.Errorf("refused %+v %v", r, r)
	}
	d.now = d.now.Add(time.Hour - 1)
	d.refused(1, 0)
	d.now = d.now.Add(1)
	d.use(100, 0)
	d.refused(1, 0)
}

func TestTotal(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Cost, Total, Dollar})
	d.use(0, Dollar)
	d.now = d.now.AddDate(50, 0, 0)
	if r := d.refused(0, 1); r.Wait != -1 || r.Error() != "budget b of $1 in total is used up" {
		t.Errorf("refused %+v %v", r, r)
	}
}

// TestBeyond: a request that may need more than is left is made while no other one is under way, so that the limit is passed by one at most.
func TestBeyond(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Tokens, Day, 100})
	large := d.must(1000, 0)
	if r := d.refused(1, 0); !r.Busy || r.Wait != busy {
		t.Errorf("beside it: %+v", r)
	}
	large.settle(1, 30, 0)
	small := d.must(50, 0)
	d.refused(1000, 0)
	small.settle(1, 50, 0)
	large = d.must(1000, 0)
	large.settle(1, 900, 0)
	if r := d.refused(1, 0); r.Busy {
		t.Errorf("used up: %+v", r)
	}
}

// TestGivenBack: what nobody answered has used nothing.
func TestGivenBack(t *testing.T) {
	for _, p := range []Period{Second, Minute, Hour, Day, Total} {
		d := deskOf(t, new(Ledger), Limit{Requests, p, 1}, Limit{Tokens, p, 10})
		r := d.must(10, 0)
		d.refused(1, 0)
		r.settle(0, 0, 0)
		d.use(10, 0)
		d.refused(1, 0)
	}
}

// TestGivenBackLate: a request of a period that is over is not given back to the next.
func TestGivenBackLate(t *testing.T) {
	for p, length := range map[Period]time.Duration{Second: 2 * time.Second, Day: 24 * time.Hour} {
		d := deskOf(t, new(Ledger), Limit{Requests, p, 2})
		early := d.must(0, 0)
		d.now = d.now.Add(length)
		d.use(0, 0)
		early.settle(0, 0, 0)
		d.use(0, 0)
		d.refused(0, 0)
	}
}

// TestSliding holds periods that slide against all that was let through: never more than the limit in a stretch of the period's length, and who
// waits as long as it is told is let through.
func TestSliding(t *testing.T) {
	for p, length := range map[Period]time.Duration{Second: time.Second, Minute: time.Minute, Hour: time.Hour} {
		t.Run(p.String(), func(t *testing.T) {
			const limit = 20
			random := rand.New(rand.NewPCG(1, uint64(p)))
			d := deskOf(t, new(Ledger), Limit{Requests, p, limit})
			var let []time.Time
			waits := 0
			for range 5000 {
				if r, refused := d.reserve(0, 0); refused != nil {
					waits++
					if refused.Wait <= 0 || refused.Wait > length+length/slots {
						t.Fatalf("told to wait for %v", refused.Wait)
					}
					if d.now = d.now.Add(refused.Wait - 1); d.refused(0, 0).Wait != 1 {
						t.Fatal("a moment before, the wait is not a moment")
					}
					d.now = d.now.Add(1)
					d.use(0, 0)
				} else {
					r.settle(1, 0, 0)
				}
				let = append(let, d.now)
				if n := len(let); n > limit && d.now.Sub(let[n-1-limit]) < length {
					t.Fatalf("%d requests in %v", limit+1, d.now.Sub(let[n-1-limit]))
				}
				d.now = d.now.Add(time.Duration(random.Int64N(int64(length) / limit * 2)))
			}
			if waits == 0 {
				t.Error("nothing was refused")
			}
		})
	}
}

// TestLeft: what clients are told is the least of all limits of a unit, over all budgets.
func TestLeft(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Requests, Minute, 10}, Limit{Tokens, Day, 1000}, Limit{Requests, Day, 5}, Limit{Cost, Day, Dollar})
	d.claim = append(d.claim, Claim{Budget: &Budget{"other", []Limit{{Tokens, Total, 300}}}, Subject: Subject{"all", ""}})
	d.must(100, 1)
	if want := (Allowance{{5, 4, time.Hour}, {300, 200, -1}}); d.left != want {
		t.Errorf("got %+v, want %+v", d.left, want)
	}
}

// TestReset: what slides is there again when the slot of the last use is over, or of what is reserved.
func TestReset(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Tokens, Minute, 100})
	r := d.must(10, 0)
	const all = time.Minute + time.Minute/slots
	if d.left[Tokens] != (Room{100, 90, all}) {
		t.Errorf("reserved: %+v", d.left)
	}
	d.now = d.now.Add(30 * time.Second)
	r.settle(1, 0, 0)
	if u := d.book.Status(d.claim[0].Budget, d.now, 1); len(u.Most) != 0 {
		t.Errorf("nothing was used: %+v", u)
	}
	d.use(5, 0)
	d.now = d.now.Add(30 * time.Second)
	if u := d.book.Status(d.claim[0].Budget, d.now, 1); u.Most[0].Limits[0].Resets != all-30*time.Second {
		t.Errorf("status %+v", u)
	}
}

// TestAllOrNone: when one budget refuses, the others have noted nothing.
func TestAllOrNone(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Requests, Day, 1})
	tight := &Budget{"tight", []Limit{{Tokens, Day, 5}}}
	with := append(append([]Claim(nil), d.claim...), Claim{Budget: tight, Subject: Subject{"all", ""}})
	only := d.claim
	d.claim = with[1:]
	d.use(5, 0)
	for range 3 {
		d.claim = with
		if r := d.refused(5, 0); r.Budget != "tight" {
			t.Errorf("refused by %s", r.Budget)
		}
	}
	d.claim = only
	d.use(5, 0)
	d.claim = with
	d.now = d.now.Add(-time.Minute) // both refuse for long
	if r := d.book.Would(with, Amounts{1, 1, 0}, d.now); r == nil || r.Wait != time.Hour+time.Minute {
		t.Errorf("would be refused %+v", r)
	}
}

// TestChangedLimits: what was used stays when a configuration has other limits.
func TestChangedLimits(t *testing.T) {
	l := new(Ledger)
	d := deskOf(t, l, Limit{Tokens, Day, 100}, Limit{Requests, Day, 10})
	old := d.must(50, 0)
	d.claim[0].Budget = &Budget{"b", []Limit{{Tokens, Day, 60}}}
	d.refused(50, 0)
	old.settle(1, 50, 0)
	d.use(10, 0)
	d.refused(1, 0)
}

// TestTime that goes back neither gives back what was used nor breaks anything.
func TestTimeGoesBack(t *testing.T) {
	for _, p := range []Period{Second, Minute, Hour, Day, Month} {
		d := deskOf(t, new(Ledger), Limit{Requests, p, 2})
		d.use(0, 0)
		d.now = d.now.AddDate(-1, 0, 0)
		d.use(0, 0)
		if r := d.refused(0, 0); r.Wait <= 0 {
			t.Errorf("%s: told to wait for %v", p, r.Wait)
		}
	}
}

// TestSubjects: there is no end of subjects, but one of what is kept of them; the first to be forgotten are those that are over.
func TestSubjects(t *testing.T) {
	l := new(Ledger)
	d := deskOf(t, l, Limit{Requests, Hour, 1})
	one := func(i int) *Refusal {
		d.claim[0].Subject = Subject{"header X-Team", fmt.Sprint(i)}
		r, refused := d.reserve(0, 0)
		if refused == nil {
			r.settle(1, 0, 0)
		}
		return refused
	}
	for i := range MaxSubjects {
		if one(i) != nil {
			t.Fatalf("subject %d is refused", i)
		}
	}
	if one(MaxSubjects) != nil || one(MaxSubjects+1) == nil || one(1) == nil {
		t.Error("what has no place is not counted together, or pushes another out")
	}
	if n := len(l.shelves["b"].accounts); n != MaxSubjects {
		t.Errorf("%d accounts", n)
	}
	d.now = d.now.Add(2 * time.Hour)
	if one(MaxSubjects+2) != nil || len(l.shelves["b"].accounts) != 1 {
		t.Errorf("%d accounts after all were over", len(l.shelves["b"].accounts))
	}
	long := strings.Repeat("x", 1<<20)
	d.claim[0].Subject.Value = long
	d.use(0, 0)
	d.refused(0, 0)
	for s := range l.shelves["b"].accounts {
		if len(s.Value) > maxValue {
			t.Errorf("a value of %d bytes is kept", len(s.Value))
		}
	}
}

// TestHammer: of what many do at once the limit is passed by one request at most, and nothing goes lost.
func TestHammer(t *testing.T) {
	const limit, cost, workers, rounds = 1000, 7, 8, 200
	l := new(Ledger)
	d := deskOf(t, l, Limit{Cost, Month, limit}, Limit{Tokens, Total, Most})
	var mu sync.Mutex
	used, made := int64(0), int64(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(2, uint64(w)))
			for range rounds {
				claim := append([]Claim(nil), d.claim...)
				var left Allowance
				need := Amounts{1, 3, cost}
				if l.Reserve(t.Context(), claim, need, d.now, &left) != nil {
					continue
				}
				spent := random.Int64N(cost + 1)
				mu.Lock()
				used, made = used+spent, made+1
				mu.Unlock()
				l.Settle(&Settlement{claim, need, Amounts{1, 3, spent}, d.now, d.now})
			}
		})
	}
	wg.Wait()
	a := l.shelves["b"].accounts[d.claim[0].Subject]
	if c := a.counter(Cost, Month); c.used != used || c.reserved != 0 || used >= limit+cost || used < limit-cost || a.open != 0 {
		t.Errorf("used %d, counted %+v", used, c)
	}
	if c := a.counter(Tokens, Total); c.used != 3*made || c.reserved != 0 {
		t.Errorf("%d made, tokens %+v", made, c)
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		limits []Limit
		says   string
	}{
		{nil, "no limit"},
		{[]Limit{{Tokens, Day, 0}}, "tokens per day: amount is not usable, expected more than 0 and at most 1000000000000000"},
		{[]Limit{{Cost, Day, Most + 1}}, "at most 1000000 dollars"},
		{[]Limit{{Cost, Day, 1}, {Tokens, Day, 1}, {Cost, Day, 2}}, "cost per day is given twice"},
	} {
		if err := (&Budget{"b", tt.limits}).Check(); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%v: %v", tt.limits, err)
		}
	}
}

func TestForecast(t *testing.T) {
	var f Forecast
	if f.Answer(1024) != 1024 || f.Prompt(1000) != 1000+overhead {
		t.Error("knows something before it saw anything")
	}
	f.Saw(1000, 1500, 4000, false)
	f.Saw(1000, 1500, 9000, true)
	f.Saw(1, 9, 0, false)
	if f.Answer(1024) != 4000 || f.Prompt(2000) != 3000+overhead {
		t.Errorf("got %d, %d", f.Answer(1024), f.Prompt(2000))
	}
	for range 500 {
		f.Saw(1000, 900, 10, false)
	}
	if n := f.Answer(1024); n < 10 || n > 50 {
		t.Errorf("answer %d after many small ones", n)
	}
	if n := f.Prompt(1000); n < 1000+overhead || n > 1040+overhead {
		t.Errorf("prompt %d after many good estimates", n)
	}
	f.Saw(300, 1<<40, 1, false)
	if n := f.Prompt(100); n != 400+overhead {
		t.Errorf("prompt %d after one that is out of all proportion", n)
	}
}

// TestAllocations: a request of a subject that was seen costs the garbage collector nothing.
func TestAllocations(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Requests, Minute, 1_000_000}, Limit{Tokens, Month, Most})
	s := &Settlement{Claims: d.claim, Reserved: Amounts{1, 100}, Used: Amounts{1, 50}, Began: d.now, Now: d.now}
	if n := testing.AllocsPerRun(100, func() {
		d.book.Reserve(t.Context(), d.claim, s.Reserved, d.now, &d.left)
		d.book.Settle(s)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkReserve(b *testing.B) {
	d := deskOf(b, new(Ledger), Limit{Requests, Minute, Most}, Limit{Tokens, Month, Most})
	s := &Settlement{Claims: d.claim, Reserved: Amounts{1, 100}, Used: Amounts{1, 50}, Began: d.now, Now: d.now}
	b.ReportAllocs()
	for b.Loop() {
		d.book.Reserve(b.Context(), d.claim, s.Reserved, d.now, &d.left)
		d.book.Settle(s)
	}
}

// TestStatus: the subjects that have used most come first, and all are counted.
func TestStatus(t *testing.T) {
	d := deskOf(t, new(Ledger), Limit{Tokens, Day, 1000}, Limit{Tokens, Minute, 5000}, Limit{Requests, Day, 10})
	for i := range 20 {
		name := fmt.Sprint("subject ", i)
		d.claim[0].Subject.Value, d.claim[0].Name = name, name
		d.use(int64(i)*40, 0)
	}
	d.must(100, 0)
	d.claim[0].Subject.Value, d.claim[0].Name = "refused", "refused"
	d.use(1000, 0)
	d.refused(1, 0)
	s := d.book.Status(d.claim[0].Budget, d.now, 3)
	var names []string
	for _, u := range s.Most {
		names = append(names, u.Name)
	}
	if s.Subjects != 21 || s.Refused != 1 || s.Reserved != (Amounts{0, 100, 0}) || s.Ratio != 1 || fmt.Sprint(names) != "[refused subject 19 subject 18]" {
		t.Errorf("status %+v", s)
	}
	if l := s.Most[1].Limits; l[0] != (LimitUsage{Limit{Tokens, Day, 1000}, 760, 100, time.Hour}) || l[2].Used != 2 || len(s.Most[1].ID) != 32 {
		t.Errorf("limits %+v", l)
	}
}
