package eval

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
)

var update = flag.Bool("update", false, "write testdata/eval/RESULTS.md")

// TestResults: the tables of testdata/eval/RESULTS.md are what the texts give.
func TestResults(t *testing.T) {
	const name = "../testdata/eval/RESULTS.md"
	got := markdown(Run(load(t, "../testdata/eval/*.[jt]*"), detect.Default()))
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the texts give: look at what changed with go test -v -run Floors, and write it with -update", name)
	}
}

// markdown writes a report as tables.
func markdown(r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Precision and recall\n\nOf the texts of this directory, written by `go test -run Results ./plugins/redact/eval -update`. The detectors have been mended with these texts at hand: on others they do less well.\n\n"+
		"%d texts, %d of them clean. False alarms in %d clean texts (%.1f %%); %.2f of 1,000 characters replaced without need.\n",
		r.Texts, r.Clean, r.Alarms, 100*r.AlarmRate(), r.OverRate())
	table := func(title string, m map[string]*Count) {
		fmt.Fprintf(&b, "\n| %s | labelled | found | recall %% | reported | right | precision %% |\n|---|--:|--:|--:|--:|--:|--:|\n", title)
		line := func(name string, c Count) {
			fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %d | %d | %.1f |\n", name, c.Labelled, c.Found, 100*c.Recall(), c.Reported, c.Right, 100*c.Precision())
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if m[k].Labelled+m[k].Reported > 0 {
				line(k, *m[k])
			}
		}
		line("all", r.Total)
	}
	table("type", r.Types)
	table("language", r.Langs)
	return b.String()
}
