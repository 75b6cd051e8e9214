package redact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// customers is a table of so many people, each twice.
func customers(n int) string {
	var b strings.Builder
	b.WriteString("id,email,phone\n")
	for i := range 2 * n {
		fmt.Fprintf(&b, "%d,user.%d@example.com,138%08d\n", i, i%n, i%n*7919)
	}
	return b.String()
}

func TestManyFindings(t *testing.T) {
	table := customers(3000)
	p := longmentest.New(t, config)
	got := edit(t, p.Exchange, table)[0]
	if strings.Contains(got, "@") || strings.Contains(got, ",138") {
		t.Fatalf("something went out: %.300q", got)
	}
	names := form.FindAllString(got, -1)
	if len(names) != 4*3000 {
		t.Fatalf("%d placeholders, want %d", len(names), 4*3000)
	}
	different := map[string]bool{}
	for i, name := range names {
		different[name] = true
		if name != names[(i+2*3000)%len(names)] {
			t.Fatalf("value %d has the placeholders %s and %s", i, name, names[(i+2*3000)%len(names)])
		}
	}
	if len(different) != 2*3000 {
		t.Errorf("%d different placeholders, want %d", len(different), 2*3000)
	}
	if r := p.Text(longmen.PhaseAnswer, longmentest.Assistant(got)); r.Err != nil || r.Text[0] != table {
		t.Errorf("restored %.300q, error %v", r.Text, r.Err)
	}
	if back := p.Stream(longmen.PhaseAnswer, chop(got, 1000)...); back != table {
		t.Errorf("restored from a stream %.300q", back)
	}
	if again := edit(t, p.NewExchange(), table)[0]; again != got {
		t.Error("another exchange got other placeholders")
	}
}

// chop cuts a text of ASCII into pieces.
func chop(text string, size int) (pieces []string) {
	for ; len(text) > size; text = text[size:] {
		pieces = append(pieces, text[:size])
	}
	return append(pieces, text)
}

// TestManySpellings: spellings of placeholders that stand in a text are avoided, however many they are.
func TestManySpellings(t *testing.T) {
	p := longmentest.New(t, config)
	table := customers(200)
	first := edit(t, p.Exchange, table)[0]
	taken := map[string]bool{}
	for _, name := range form.FindAllString(first, -1) {
		taken[name] = true
	}
	second := edit(t, p.NewExchange(), first, table)[1]
	for _, name := range form.FindAllString(second, -1) {
		if taken[name] {
			t.Fatalf("%s stands in the text already", name)
		}
	}
}

// TestManyOfTheModels: placeholders and what the model wrote itself, in turn.
func TestManyOfTheModels(t *testing.T) {
	p := longmentest.New(t, `{"answers":"mask","key":"a key for tests only"}`)
	table := strings.TrimPrefix(customers(300), "id,email,phone\n")
	got := edit(t, p.Exchange, table)[0]
	var answer, want strings.Builder
	rows := strings.SplitAfter(table, "\n")
	for i, line := range strings.SplitAfter(got, "\n") {
		fmt.Fprintf(&answer, "ask tom.%d@corp.example: %s", i, line)
		fmt.Fprintf(&want, "ask ****@corp.example: %s", rows[i])
	}
	if r := p.Text(longmen.PhaseAnswer, longmentest.Assistant(answer.String())); r.Err != nil || r.Text[0] != want.String() {
		t.Errorf("got %.300q, error %v", r.Text, r.Err)
	}
}
