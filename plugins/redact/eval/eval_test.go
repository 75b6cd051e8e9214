package eval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
)

func load(t *testing.T, pattern string) []Text {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, error %v", pattern, len(files), err)
	}
	var texts []Text
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		read := Read
		if filepath.Ext(name) == ".txt" {
			read = readMarked
		}
		more, err := read(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts = append(texts, more...)
	}
	return texts
}

// TestFloors: the floors of redaction hold on the texts of testdata/eval. Run it with -v for the tables and what is wrong.
func TestFloors(t *testing.T) {
	pattern := "../testdata/eval/*.[jt]*"       // jsonl and txt
	if p := os.Getenv("REDACT_EVAL"); p != "" { // other texts, for a look at the tables
		pattern = p
	}
	texts := load(t, pattern)
	r := Run(texts, detect.Default())
	var b strings.Builder
	r.Write(&b)
	for _, m := range r.Misses {
		b.WriteString(m.Kind + " " + m.Span.Type + " " + quote(m.Value) + " in " + quote(texts[m.Text].Text) + "\n")
	}
	t.Log("\n" + b.String())

	personal := func(typ detect.Type) bool {
		return typ == detect.CNName || typ == detect.CNAddress || typ == detect.Address
	}
	keyed := func(typ detect.Type) bool { return typ == detect.Password }
	atLeast := func(what string, c Count, floor float64) {
		if c.Recall() < floor {
			t.Errorf("recall of %s: %.3f of %d, want at least %.3f", what, c.Recall(), c.Labelled, floor)
		}
	}
	atLeast("types with a form", r.Of(func(typ detect.Type) bool { return !personal(typ) && !keyed(typ) }), 0.95)
	atLeast("Chinese types", r.Of(func(typ detect.Type) bool { return strings.HasPrefix(typ.String(), "cn_") && !personal(typ) }), 0.98)
	atLeast("keys", r.Of(func(typ detect.Type) bool { return typ.Secret() && !keyed(typ) }), 0.93)
	atLeast("passwords", r.Of(keyed), 0.85)
	atLeast("Chinese names", r.Of(func(typ detect.Type) bool { return typ == detect.CNName }), 0.85)
	for lang, c := range r.Langs {
		atLeast("language "+lang, *c, 0.85)
	}
	if r.AlarmRate() > 0.04 {
		t.Errorf("false alarms in %.3f of the clean texts, want at most 0.040", r.AlarmRate())
	}
	if r.OverRate() > 3 {
		t.Errorf("%.2f of 1,000 characters redacted without need, want at most 3", r.OverRate())
	}
	if r.Clean*2 < r.Texts {
		t.Errorf("%d of %d texts are clean, want half of them at least", r.Clean, r.Texts)
	}
}

func quote(s string) string {
	if len(s) > 160 {
		s = s[:160] + "…"
	}
	return "‹" + strings.ReplaceAll(s, "\n", "⏎") + "›"
}

func TestCounts(t *testing.T) {
	texts, err := Read(strings.NewReader(`{"text":"mail bob@example.com","lang":"en","spans":[{"start":5,"end":20,"type":"email"}]}
{"text":"mail ann@example.com","lang":"en","spans":[]}

{"text":"mail nobody","lang":"de","spans":[{"start":5,"end":11,"type":"email"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r := Run(texts, detect.Default())
	if got, want := r.Total, (Count{2, 1, 2, 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if r.Texts != 3 || r.Clean != 1 || r.Alarms != 1 || r.Characters != 51 || r.Over != 15 || len(r.Misses) != 2 {
		t.Errorf("got %+v", r)
	}
}

func TestRead(t *testing.T) {
	for _, line := range []string{
		`{"text":"a","spans":[{"start":0,"end":2,"type":"email"}]}`,
		`{"text":"a","spans":[{"start":0,"end":1,"type":"nothing"}]}`,
		`{"text":"abc","spans":[{"start":1,"end":2,"type":"email"},{"start":0,"end":1,"type":"email"}]}`,
		`{"text":`,
	} {
		if _, err := Read(strings.NewReader("\n" + line)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: error %v, want one that names line 2", line, err)
		}
	}
}
