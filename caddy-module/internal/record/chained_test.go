//go:build unix

package record

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/chain"
)

const testKey = "a key for tests only"

// ledger is a chained file of a test, with what it warned of.
type ledger struct {
	*Chained
	t        *testing.T
	warnings []string
}

func seal(t *testing.T, key string) *chain.Seal {
	t.Helper()
	s, err := chain.NewSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openLedger(t *testing.T, path string) *ledger {
	t.Helper()
	l := &ledger{t: t}
	var err error
	if l.Chained, err = OpenChained(path, seal(t, testKey), func(text string) { l.warnings = append(l.warnings, text) }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func (l *ledger) write(records ...string) {
	l.t.Helper()
	for _, r := range records {
		if err := l.Write([]byte(r)); err != nil {
			l.t.Fatal(err)
		}
	}
}

// wantChain reads files as one chain: their records, and what is wrong with it.
func wantChain(t *testing.T, files []string, records string, problems ...string) {
	t.Helper()
	var got, wrong []string
	r := &chain.Reader{
		Seal: seal(t, testKey), MaxLine: MaxLine + chain.Overhead,
		Record: func(_ uint64, record []byte) error { got = append(got, string(record)); return nil },
		Problem: func(p chain.Problem) error {
			wrong = append(wrong, fmt.Sprintf("%s:%d: %s", filepath.Base(p.File), p.Line, p.Text))
			return nil
		},
	}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		err = r.File(path, f)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Join(got, " ") != records {
		t.Errorf("got records  %s\nwant %s", strings.Join(got, " "), records)
	}
	if !slices.Equal(wrong, problems) {
		t.Errorf("got problems %q\nwant %q", wrong, problems)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestChainedRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	l := openLedger(t, path)
	l.write("1", "{\n\"a\":\r2}")
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	if err := l.Write([]byte("1")); !errors.Is(err, ErrClosed) {
		t.Errorf("write to a closed file: %v, want ErrClosed", err)
	}
	if err := l.Check(); !errors.Is(err, ErrClosed) {
		t.Errorf("check of a closed file: %v, want ErrClosed", err)
	}
	again := openLedger(t, path)
	again.write("3", `"`+strings.Repeat("x", MaxLine-2)+`"`)
	_ = again.Close()
	last := openLedger(t, path)
	last.write("5")
	wantChain(t, []string{path}, `1 { "a": 2} 3 "`+strings.Repeat("x", MaxLine-2)+`" 5`)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

// Whether it is renamed or removed, by a process that writes or while nobody does: the next line goes to a new file.
func TestChainedRotation(t *testing.T) {
	dir := t.TempDir()
	path, old := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "a.jsonl.1")
	one, two := openLedger(t, path), openLedger(t, path)
	one.write("1")
	two.write("2", "3")
	if err := os.Rename(path, old); err != nil {
		t.Fatal(err)
	}
	one.write("4") // binds it to 3, which the other wrote
	two.write("5")
	one.write("6")
	wantChain(t, []string{old, path}, "1 2 3 4 5 6")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	two.write("7")
	l, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(l), `{"seq":7,`) {
		t.Errorf("after the file was removed: %s, %v; want number 7", l, err)
	}
	// While nobody writes, too.
	_ = one.Close()
	_ = two.Close()
	if err := os.Rename(path, old+"2"); err != nil {
		t.Fatal(err)
	}
	three := openLedger(t, path)
	three.write("8")
	wantChain(t, []string{old + "2", path}, "7 8", "a.jsonl.12:1: begins with number 7, after a line with the sum "+sumBefore(t, l)+" that is in none of the files")
	if len(one.warnings)+len(two.warnings)+len(three.warnings) > 0 {
		t.Errorf("warnings: %q %q %q", one.warnings, two.warnings, three.warnings)
	}
}

// sumBefore is the sum that the first line of a file names.
func sumBefore(t *testing.T, text []byte) string {
	t.Helper()
	first, _, _ := bytes.Cut(text, []byte("\n"))
	l, err := chain.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	return l.Prev.String()
}

// A note of the end that is missing costs nothing; one that was changed is told.
func TestChainedMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	for i, tt := range []struct {
		name   string
		change func() error
		warns  []string
	}{
		{"as it is", func() error { return nil }, nil},
		{"removed", func() error { return os.Remove(path + MarkSuffix) }, nil},
		{"changed", func() error { return os.WriteFile(path+MarkSuffix, []byte("12"), 0o600) }, []string{warnMark}},
		{"mended", func() error { return nil }, nil},
	} {
		if err := tt.change(); err != nil && i > 0 {
			t.Fatal(err)
		}
		l := openLedger(t, path)
		l.write("1")
		_ = l.Close()
		if !slices.Equal(l.warnings, tt.warns) {
			t.Errorf("%s: got %q, want %q", tt.name, l.warnings, tt.warns)
		}
	}
	wantChain(t, []string{path}, "1 1 1 1")
}

func TestChainedTampering(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	l := openLedger(t, path)
	l.write("1", "2")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l.write("3")
	// The last line is cut off: the next one shows that.
	if err := os.Truncate(path, int64(len(whole))); err != nil {
		t.Fatal(err)
	}
	l.write("4")
	wantChain(t, []string{path}, "1 2 4", "a.jsonl:3: has number 4, expected 3: 1 before it are missing")
	if want := []string{warnCut}; !slices.Equal(l.warnings, want) {
		t.Errorf("got %q, want %q", l.warnings, want)
	}
	// Cut off while nobody writes: the note of the end tells.
	_ = l.Close()
	if err := os.Truncate(path, int64(len(whole))); err != nil {
		t.Fatal(err)
	}
	l = openLedger(t, path)
	if want := []string{warnCut}; !slices.Equal(l.warnings, want) {
		t.Errorf("got %q, want %q", l.warnings, want)
	}
	l.write("4")
	wantChain(t, []string{path}, "1 2 4", "a.jsonl:3: has number 5, expected 3: 2 before it are missing")
	// Lines of others are passed by.
	l.warnings = nil
	appendTo(t, path, "{\"forged\":1}\n")
	l.write("5")
	if want := []string{warnForeign}; !slices.Equal(l.warnings, want) {
		t.Errorf("got %q, want %q", l.warnings, want)
	}
	wantChain(t, []string{path}, "1 2 4 5", "a.jsonl:3: has number 5, expected 3: 2 before it are missing",
		`a.jsonl:4: is no line of a chain, expected {"seq":…,"prev":"…","record":…,"hash":"…"}`)
}

// A process that was killed leaves the beginning of a line, or a line without its end.
func TestChainedTorn(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name    string
		keep    int // bytes of the last line
		records string
		problem []string
	}{
		{"a piece", 90, "1 3", []string{"torn.jsonl:2: the line was not written whole; the chain goes on behind it"}},
		{"a byte", 1, "1 3", []string{"torn.jsonl:2: the line was not written whole; the chain goes on behind it"}},
		{"all but the line's end", -1, "1 2 3", nil},
		{"nothing but a piece", -1000, "3", []string{"torn.jsonl:1: the line was not written whole; the chain goes on behind it"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, "torn.jsonl")
			for _, name := range []string{path, path + MarkSuffix} {
				_ = os.Remove(name)
			}
			l := openLedger(t, path)
			if tt.keep != -1000 {
				l.write("1")
			}
			mark, err := os.ReadFile(path + MarkSuffix)
			if err != nil {
				t.Fatal(err)
			}
			l.write("2")
			_ = l.Close()
			if err := os.WriteFile(path+MarkSuffix, mark, 0o600); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			second := strings.Index(string(b), "\n") + 1
			keep := second + tt.keep
			switch tt.keep {
			case -1:
				keep = len(b) - 1
			case -1000:
				keep = 50
			}
			if err := os.Truncate(path, int64(keep)); err != nil {
				t.Fatal(err)
			}
			again := openLedger(t, path)
			again.write("3")
			wantChain(t, []string{path}, tt.records, tt.problem...)
			if len(again.warnings) > 0 {
				t.Errorf("warnings: %q", again.warnings)
			}
		})
	}
}

func TestOpenChainedRefuses(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.jsonl")
	l := openLedger(t, whole)
	l.write("1")
	_ = l.Close()
	line, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text, key, want string }{
		{"records without a chain", "{\"a\":1}\n{\"a\":2}\n", testKey, "opening record file: FILE has lines that are no chain, expected a new file or one that was written with chain"},
		{"a long text", strings.Repeat("x", 3*MaxLine), testKey, "opening record file: FILE has lines that are no chain, expected a new file or one that was written with chain"},
		{"another key", string(line), testKey + "!", "opening record file: the last line of FILE was not made with this key, or was changed: expected the same key, or another file"},
		{"no key", string(line), "", "opening record file: the last line of FILE was not made with this key, or was changed: expected the same key, or another file"},
		{"something behind", string(line) + "x\n", testKey, "opening record file: the last line of FILE is none of the chain, expected a file to which nobody else writes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, "a.jsonl")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenChained(path, seal(t, tt.key), func(text string) { t.Errorf("warned: %s", text) }); err == nil || strings.ReplaceAll(err.Error(), path, "FILE") != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	if _, err := OpenChained(filepath.Join(whole, "below"), seal(t, ""), nil); err == nil {
		t.Error("a file below a file can be opened")
	}
}

// A line that the disk does not take is not in the chain; the next one that it takes is.
func TestChainedWriteFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	l := openLedger(t, path)
	l.write("1")
	writable := l.f
	readonly, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer readonly.Close()
	l.f = readonly
	if err := l.Write([]byte("2")); err == nil || !strings.Contains(err.Error(), "writing record") {
		t.Errorf("got %v, want an error of writing", err)
	}
	l.f = writable
	l.write("3")
	wantChain(t, []string{path}, "1 3")
}

// TestChainedHammer writes from many goroutines through two openings, as two processes do, while the file is rotated.
func TestChainedHammer(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jsonl")
	sinks := []*ledger{openLedger(t, path), openLedger(t, path)}
	const workers, rounds, rotations = 6, 120, 5
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				if err := sinks[w%2].Write(fmt.Appendf(nil, `{"worker":%d,"round":%d}`, w, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var files []string
	for i := range rotations {
		old := fmt.Sprintf("%s.%d", path, i)
		if err := os.Rename(path, old); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		} else if err == nil {
			files = append(files, old)
		}
		sinks[i%2].write(fmt.Sprintf(`{"rotation":%d}`, i))
	}
	wg.Wait()
	var records, problems int
	r := &chain.Reader{
		Seal: seal(t, testKey), MaxLine: MaxLine + chain.Overhead,
		Record:  func(uint64, []byte) error { records++; return nil },
		Problem: func(p chain.Problem) error { problems++; t.Errorf("%s:%d: %s", p.File, p.Line, p.Text); return nil },
	}
	for _, name := range append(files, path) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.File(filepath.Base(name), f), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if want := workers*rounds + rotations; records != want || problems > 0 {
		t.Errorf("%d records, %d problems; want %d, 0", records, problems, want)
	}
}

// Whatever a file holds and whatever is noted beside it: it is refused, or goes on with a line that is whole.
func FuzzOpenChained(f *testing.F) {
	s, err := chain.NewSeal(testKey)
	if err != nil {
		f.Fatal(err)
	}
	one, head := s.Append(nil, chain.Head{}, []byte("1"))
	two, end := s.Append(nil, head, []byte("2"))
	all := string(one) + "\n" + string(two) + "\n"
	f.Add([]byte(all), s.Mark(chain.Mark{Head: end, Size: int64(len(all))}))
	f.Add([]byte(all[:len(all)-50]), s.Mark(chain.Mark{Head: head}))
	f.Add([]byte(all+"x"), []byte("12"))
	f.Add([]byte("\n\n"), []byte(nil))
	path := filepath.Join(f.TempDir(), "a.jsonl")
	f.Fuzz(func(t *testing.T, text, mark []byte) {
		if err := errors.Join(os.WriteFile(path, text, 0o600), os.WriteFile(path+MarkSuffix, mark, 0o600)); err != nil {
			t.Fatal(err)
		}
		c, err := OpenChained(path, s, func(string) {})
		if err != nil {
			return
		}
		err = c.Write([]byte(`"last"`))
		if err := errors.Join(err, c.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(got, text) {
			t.Fatalf("got %q, %v; want it to begin with %q", got, err, text)
		}
		line := bytes.TrimSuffix(got[bytes.LastIndexByte(got[:len(got)-1], '\n')+1:], []byte("\n"))
		if l, err := chain.Parse(line); err != nil || !s.Fits(&l) || string(l.Record) != `"last"` {
			t.Errorf("the last line is %q, %v", line, err)
		}
	})
}

func BenchmarkChained(b *testing.B) {
	s, err := chain.NewSeal(testKey)
	if err != nil {
		b.Fatal(err)
	}
	c, err := OpenChained(filepath.Join(b.TempDir(), "a.jsonl"), s, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	line := []byte(`{"model":"gpt","tokens":17}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Write(line); err != nil {
			b.Fatal(err)
		}
	}
}
