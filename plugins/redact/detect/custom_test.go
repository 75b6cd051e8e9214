package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestCustom(t *testing.T) {
	typ, err := DefineCustom("employee")
	if err != nil {
		t.Fatal(err)
	}
	project, _ := DefineCustom("project")
	s, err := NewCustom(Set{}.With(Email), []Custom{
		{Type: typ, Patterns: []string{"EMP-#{6}", "W9#@{2}~##"}},
		{Type: typ, Patterns: []string{"#{7}"}, Context: "badge 工牌"},
		{Type: project, Words: []string{"Blue Heron", "heron", "青龙计划", "he"}},
		{Type: project, Words: []string{"ORION"}, Exact: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{"ask EMP-123456, emp-654321", "employee EMP-123456 employee emp-654321"},
		{"W94AB 12 W93ab12", "employee W94AB 12 employee W93ab12"},
		{"EMP-1234567 XEMP-123456 EMP-12345 W84AB12", ""},
		{"badge 1234567", "employee 1234567"},
		{"工牌1234567", "employee 1234567"},
		{"order 1234567", ""},
		{"the blue heron and Blue HERON", "project blue heron project Blue HERON"},
		{"herons, the heron", "project heron"},
		{"关于青龙计划的报告", "project 青龙计划"},
		{"Orion ORION", "project ORION"},
		{"he@heron.example", "email he@heron.example"},
	} {
		var got []string
		for _, sp := range s.Scan([]byte(c.text)) {
			got = append(got, sp.Type.String()+" "+c.text[sp.Start:sp.End])
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%q: got %q, want %q", c.text, g, c.want)
		}
	}
	for _, p := range []string{"", "###", "@@@@@@", "#{0}###", "{3}###", "[0-9]+", "a*1234", "-####", strings.Repeat("#", 70)} {
		if _, err := Pattern(p); err == nil {
			t.Errorf("pattern %q was taken", p)
		}
	}
	if _, err := DefineCustom("email"); err == nil {
		t.Error("a built-in name was taken")
	}
}

// TestDictionary compares the automaton with a search for each word.
func TestDictionary(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		d := newDictionary()
		words := map[string]bool{}
		for range 1 + r.IntN(6) {
			w := make([]byte, 1+r.IntN(4))
			for i := range w {
				w[i] = "ab."[r.IntN(3)]
			}
			words[string(w)] = true
			d.add(string(w), Email, false)
		}
		d.link()
		text := make([]byte, 30)
		for i := range text {
			text[i] = "ab. "[r.IntN(4)]
		}
		ends := map[int]int{}
		for w := range words {
			for i := 0; i+len(w) <= len(text); i++ {
				hi := i + len(w)
				if string(text[i:hi]) != w || i > 0 && class[text[i]]&isAlnum != 0 && class[text[i-1]]&isName != 0 || hi < len(text) && class[text[hi-1]]&isAlnum != 0 && class[text[hi]]&isName != 0 {
					continue
				}
				ends[hi] = max(ends[hi], len(w))
			}
		}
		got := map[int]int{}
		for _, sp := range d.scan(text) {
			got[sp.End] = sp.End - sp.Start
		}
		if len(got) != len(ends) {
			t.Fatalf("%v in %q: got %v, want %v", words, text, got, ends)
		}
		for e, n := range ends {
			if got[e] != n {
				t.Fatalf("%v in %q: got %v, want %v", words, text, got, ends)
			}
		}
	}
}
