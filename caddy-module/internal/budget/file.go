package budget

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// format is the version of files.
const format = 1

// file is what a file has of a ledger: the use of periods of a day and longer.
type file struct {
	Format  int                 `json:"format"`
	Budgets map[string][]stored `json:"budgets"`
}

// stored is a subject. Its ID needs the ledger's key to be known again.
type stored struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Used []used `json:"used"`
}

type used struct {
	Unit   string `json:"unit"`
	Period string `json:"period"`
	Number int64  `json:"number"` // of the period, see Period
	Amount int64  `json:"amount"`
}

// Load takes in what a file has, before anything else is done with the ledger. No file is an empty one. The key turns subjects into
// IDs, there and from now on.
func (l *Ledger) Load(path string, key []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.key = slices.Clone(key)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var f file
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err == nil && f.Format != format {
		err = fmt.Errorf("it is of format %d, expected %d", f.Format, format)
	}
	if err != nil {
		return fmt.Errorf("reading what callers have used of budgets from %s: %w; it can be removed, which gives everybody a whole budget again", path, err)
	}
	for name, subjects := range f.Budgets {
		s := l.shelf(name)
		s.stored = make(map[ID]*account, len(subjects))
		for i := range subjects[:min(len(subjects), MaxSubjects)] {
			if a := subjects[i].account(); a != nil {
				s.stored[a.id] = a
			}
		}
	}
	return nil
}

// account is nil where there is nothing that can be understood.
func (s *stored) account() *account {
	a := &account{name: s.Name}
	id, err := hex.DecodeString(s.ID)
	if err != nil || len(id) != len(a.id) {
		return nil
	}
	copy(a.id[:], id)
	for _, u := range s.Used {
		unit, known := ParseUnit(u.Unit)
		period, lasts := ParsePeriod(u.Period)
		if known && lasts && !period.Slides() {
			c := a.counter(unit, period)
			c.at, c.used = u.Number, within(u.Amount)
		}
	}
	return a
}

// Save writes what is used to a file if that has changed since the last time: as a whole, beside the one that there is, which it then
// replaces.
func (l *Ledger) Save(path string, now time.Time) error {
	l.saving.Lock()
	defer l.saving.Unlock()
	f := l.record(now)
	if f == nil {
		return nil
	}
	for _, all := range f.Budgets { // not while requests wait for the ledger
		slices.SortFunc(all, func(a, b stored) int { return cmp.Compare(a.ID, b.ID) })
	}
	err := write(path, f)
	if err != nil {
		l.mu.Lock()
		l.changed = true
		l.mu.Unlock()
		return fmt.Errorf("writing what callers have used of budgets: %w", err)
	}
	return nil
}

// record is what a file is to have, nil when the last one has it.
func (l *Ledger) record(now time.Time) *file {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.changed {
		return nil
	}
	l.changed = false
	f := &file{format, make(map[string][]stored, len(l.shelves))}
	for name, s := range l.shelves {
		var all []stored
		for a := range s.all() {
			if used := a.lasting(now); len(used) > 0 {
				all = append(all, stored{hex.EncodeToString(a.id[:]), a.name, used})
			}
		}
		if len(all) > 0 {
			f.Budgets[name] = all
		}
	}
	return f
}

// lasting is what of an account outlives the process.
func (a *account) lasting(now time.Time) (all []used) {
	for _, c := range a.counters {
		if c.advance(now); c.used > 0 && !c.period.Slides() {
			all = append(all, used{c.unit.String(), c.period.String(), c.at, c.used})
		}
	}
	return all
}

// Lasts tells whether the budget has a limit whose use is kept over a restart.
func (b *Budget) Lasts() bool {
	return slices.ContainsFunc(b.Limits, func(l Limit) bool { return !l.Period.Slides() })
}

func write(path string, f *file) (err error) {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	t, err := os.CreateTemp(dir, filepath.Base(path)+".*") // readable for its owner only
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(t.Name()))
		}
	}()
	if _, err = t.Write(b); err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err != nil {
		return err
	}
	return os.Rename(t.Name(), path)
}
