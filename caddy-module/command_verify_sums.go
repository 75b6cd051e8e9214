package caddyllm

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"
)

// sums are what the records of a chain come to.
type sums struct {
	Records int    `json:"records"`
	Missing int    `json:"missing"`        // exchanges whose record the plugin failed to write
	Refused int    `json:"refused"`        // receipts of exchanges that the plugin refused
	From    string `json:"from,omitempty"` // the earliest and the latest time of an exchange
	To      string `json:"to,omitempty"`
	// Found is what receipts say was found in requests, by type and what was done with it.
	Found map[string]map[string]int64 `json:"types"`
	// Policies are how many receipts were written under which policy.
	Policies map[string]int `json:"policies"`
}

func newSums() *sums {
	return &sums{Found: make(map[string]map[string]int64), Policies: make(map[string]int)}
}

// add reads a record as a receipt; what it does not have does not count.
func (s *sums) add(text []byte) {
	s.Records++
	var r struct {
		Time    string                      `json:"time"`
		Missing string                      `json:"missing"`
		Refused string                      `json:"refused"`
		Found   map[string]map[string]int64 `json:"found"` // by what was done
		Policy  string                      `json:"policy"`
	}
	if json.Unmarshal(text, &r) != nil {
		return // no receipt
	}
	if r.Missing != "" {
		s.Missing++
	}
	if r.Refused != "" {
		s.Refused++
	}
	if r.Policy != "" {
		s.Policies[told(s.Policies, r.Policy, maxNames)]++
	}
	if _, err := time.Parse(time.RFC3339, r.Time); err == nil {
		if s.From == "" || r.Time < s.From {
			s.From = r.Time
		}
		s.To = max(s.To, r.Time)
	}
	for did, types := range r.Found {
		for typ, n := range types {
			typ = told(s.Found, typ, maxNames)
			if s.Found[typ] == nil {
				s.Found[typ] = make(map[string]int64)
			}
			s.Found[typ][told(s.Found[typ], did, maxDone)] += n
		}
	}
}

// How many names are told apart, of types and policies, and of what was done: a file may come from anybody.
const (
	maxNames = 1024
	maxDone  = 16
)

// told is a name that can be printed, and counted beside those in m, of which there are at most limit.
func told[V any](m map[string]V, name string, limit int) string {
	if _, there := m[name]; there || len(m) < limit && pluginName(name) {
		return name
	}
	return other
}

// table prints the sums that are not 0.
func (s *sums) table(w io.Writer) error {
	if len(s.Found) > 0 {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "TYPE\tDONE\tCOUNT")
		for _, typ := range slices.Sorted(maps.Keys(s.Found)) {
			for _, did := range slices.Sorted(maps.Keys(s.Found[typ])) {
				fmt.Fprintf(t, "%s\t%s\t%d\n", typ, did, s.Found[typ][did])
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	for _, policy := range slices.Sorted(maps.Keys(s.Policies)) {
		fmt.Fprintf(w, "policy    %s, %s\n", policy, counted(s.Policies[policy], "receipt"))
	}
	if s.Refused > 0 {
		fmt.Fprintf(w, "refused   %s\n", counted(s.Refused, "exchange"))
	}
	if s.Missing > 0 {
		fmt.Fprintf(w, "missing   %s\n", counted(s.Missing, "record"))
	}
	return nil
}
