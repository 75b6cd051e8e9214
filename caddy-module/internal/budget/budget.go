// Package budget adds up what callers use and refuses what is beyond their budgets: requests, tokens and money per period. Package gateway
// reserves the most that a request may use before it is sent, and settles what it has used when its exchange has ended.
package budget

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// Unit is what a limit counts.
type Unit uint8

// Units.
const (
	Requests Unit = iota // that were sent to a provider
	Tokens               // of prompts and answers
	Cost                 // in billionths of a US dollar
	units
)

var unitNames = [units]string{"requests", "tokens", "cost"}

// String is the unit's name in configurations.
func (u Unit) String() string { return unitNames[u] }

// ParseUnit reads a name; false if it is none.
func ParseUnit(name string) (Unit, bool) {
	i := slices.Index(unitNames[:], name)
	return Unit(max(i, 0)), i >= 0
}

// Amounts are an amount of each unit.
type Amounts [units]int64

const (
	// Dollar is a US dollar as an amount of Cost.
	Dollar = 1_000_000_000
	// Most bounds an amount: Redis's scripts count exactly up to 2⁵³, and sums have to fit, too.
	Most = 1_000_000_000_000_000
)

// Dollars is an amount of money. What costs anything costs at least the smallest amount.
func Dollars(v float64) int64 {
	if !(v > 0) { // NaN is not
		return 0
	}
	return int64(min(max(math.Round(v*Dollar), 1), Most))
}

// Limit is how much of a unit may be used in a period.
type Limit struct {
	Unit   Unit
	Period Period
	Amount int64 // from 1 to Most
}

// String says the limit as messages do, such as "100000 tokens per day".
func (l Limit) String() string {
	amount := strconv.FormatInt(l.Amount, 10) + " " + l.Unit.String()
	switch {
	case l.Unit == Cost:
		amount = "$" + strconv.FormatFloat(float64(l.Amount)/Dollar, 'f', -1, 64)
	case l.Amount == 1:
		amount = amount[:len(amount)-1]
	}
	if l.Period == Total {
		return amount + " in total"
	}
	return amount + " per " + l.Period.String()
}

// Budget is what each of its subjects may use. It does not change.
type Budget struct {
	Name   string // under which what was used is kept
	Limits []Limit
}

// Check says what is wrong with a budget.
func (b *Budget) Check() error {
	if len(b.Limits) == 0 {
		return errors.New("no limit, expected requests, tokens or cost, an amount and a period")
	}
	for i, l := range b.Limits {
		if l.Amount < 1 || l.Amount > Most {
			return fmt.Errorf("%s per %s: amount is not usable, expected more than 0 and at most %s", l.Unit, l.Period, most(l.Unit))
		}
		for _, other := range b.Limits[:i] {
			if other.Unit == l.Unit && other.Period == l.Period {
				return fmt.Errorf("%s per %s is given twice, expected once", l.Unit, l.Period)
			}
		}
	}
	return nil
}

func most(u Unit) string {
	if u == Cost {
		return strconv.Itoa(Most/Dollar) + " dollars"
	}
	return strconv.Itoa(Most)
}

// Counts tells whether the budget limits a unit.
func (b *Budget) Counts(u Unit) bool {
	return slices.ContainsFunc(b.Limits, func(l Limit) bool { return l.Unit == u })
}

// Subject is whose use is added up.
type Subject struct {
	Kind  string // what the value is, such as "key" or "header X-Team"
	Value string
}

// Claim is a budget that applies to a request, with the subject that the request counts for.
type Claim struct {
	Budget  *Budget
	Subject Subject
	// Name is what people call the subject, "" for none. It is told on the admin endpoint, and may be kept in files.
	Name string

	account *account
	hold    *Hold // at the remote of a book that is shared, nil while that is away
}

// Room is what a budget leaves of a unit.
type Room struct {
	Limit int64 // 0 when no budget limits the unit
	Left  int64
	// Reset is how long it takes until all of the limit is there again; -1 is never.
	Reset time.Duration
}

// Allowance is what is left of requests and tokens: for each the least that the budgets of a request leave.
type Allowance [Cost]Room

// note takes in what a limit leaves.
func (a *Allowance) note(u Unit, r Room) {
	if u < Cost && (a[u].Limit == 0 || r.Left < a[u].Left || r.Left == a[u].Left && r.Reset > a[u].Reset) {
		a[u] = r
	}
}
