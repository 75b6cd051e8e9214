package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{`{"a":1}`, "{\n  \"a\": \"龙\\n\"\r\n}", `"s"`}
	for _, line := range lines {
		if err := f.Write([]byte(line)); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Error(err)
	}
	if err := f.Write([]byte("1")); err != ErrClosed {
		t.Errorf("write to a closed file: %v, want ErrClosed", err)
	}
	// A second opening appends.
	if f, err = OpenFile(path); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Write([]byte("2")), f.Close()); err != nil {
		t.Error(err)
	}
	got, err := os.ReadFile(path)
	if want := "{\"a\":1}\n{   \"a\": \"龙\\n\"  }\n\"s\"\n2\n"; string(got) != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if _, err := OpenFile(filepath.Join(path, "below")); err == nil {
		t.Error("a file below a file can be opened")
	}
}

func TestBounds(t *testing.T) {
	log := NewLog(zap.NewNop(), "x")
	file := &File{w: &disk{room: 2 * MaxLine}}
	for _, s := range []Sink{log, file} {
		for _, tt := range []struct {
			line string
			want error
		}{
			{"", ErrEmpty}, {" \n", ErrEmpty}, {strings.Repeat("1", MaxLine), nil}, {strings.Repeat("1", MaxLine+1), ErrTooLarge},
		} {
			if err := s.Write([]byte(tt.line)); err != tt.want {
				t.Errorf("%T: %d bytes: %v, want %v", s, len(tt.line), err, tt.want)
			}
		}
	}
	if cap(file.buf) > keepBuffer {
		t.Errorf("%d bytes kept", cap(file.buf))
	}
	log.Close()
	if err := log.Write([]byte("1")); err != ErrClosed {
		t.Errorf("write to a closed log: %v, want ErrClosed", err)
	}
}

// disk takes what it has room for.
type disk struct {
	text []byte
	room int
}

func (d *disk) Write(b []byte) (int, error) {
	n := min(len(b), d.room)
	d.text = append(d.text, b[:n]...)
	if d.room -= n; n < len(b) {
		return n, errors.New("no space left")
	}
	return n, nil
}

func (d *disk) Close() error { return errors.New("input/output error") }

func TestFullDiskTearsOneLine(t *testing.T) {
	d := &disk{room: 6}
	f := &File{w: d}
	errs := []error{f.Write([]byte(`"a"`)), f.Write([]byte(`"b"`)), f.Write([]byte(`"c"`))}
	d.room = 100
	errs = append(errs, f.Write([]byte(`"d"`)), f.Write([]byte(`"e"`)))
	if want, got := "\"a\"\n\"b\n\"d\"\n\"e\"\n", string(d.text); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for i, fails := range []bool{false, true, true, false, false} {
		if (errs[i] != nil) != fails {
			t.Errorf("write %d: %v", i, errs[i])
		}
	}
	if f.Close() == nil {
		t.Error("an error of closing is lost")
	}
}

func TestLog(t *testing.T) {
	var out strings.Builder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "msg", NameKey: "logger"}), zapcore.AddSync(&out), zap.InfoLevel)
	s := NewLog(zap.New(core).Named("llm_gateway"), "audit")
	line := []byte(`{"a": [1, "<é>"]}`)
	if err := s.Write(line); err != nil {
		t.Fatal(err)
	}
	if want := `{"logger":"llm_gateway","msg":"record","sink":"audit","record":{"a":[1,"<é>"]}}` + "\n"; out.String() != want {
		t.Errorf("got  %s want %s", out.String(), want)
	}
	quiet := NewLog(zap.New(core, zap.IncreaseLevel(zap.ErrorLevel)), "audit")
	if err := quiet.Write(line); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("%v: got %s", err, out.String())
	}
}

// TestHammer appends from many goroutines, and through two openings of one file as over a reload.
func TestHammer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	var sinks []Sink
	for range 2 {
		f, err := OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sinks = append(sinks, f)
	}
	const workers, rounds = 8, 500
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				line := fmt.Sprintf(`{"worker":%d,"round":%d,"pad":%q}`, w, i, strings.Repeat(string(rune('a'+w)), i*17%5000))
				if err := sinks[w%2].Write([]byte(line)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range sinks {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	next := make([]int, workers)
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			break
		}
		var rec struct {
			Worker, Round int
			Pad           string
		}
		if err := json.Unmarshal(line, &rec); err != nil {
			t.Fatalf("mixed line: %v", err)
		}
		if rec.Round != next[rec.Worker] || rec.Pad != strings.Repeat(string(rune('a'+rec.Worker)), rec.Round*17%5000) {
			t.Fatalf("worker %d: round %d, want %d", rec.Worker, rec.Round, next[rec.Worker])
		}
		next[rec.Worker]++
	}
	for w, n := range next {
		if n != rounds {
			t.Errorf("worker %d has %d lines, want %d", w, n, rounds)
		}
	}
}

func BenchmarkFile(b *testing.B) {
	f, err := OpenFile(filepath.Join(b.TempDir(), "audit.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	line := []byte(`{"model":"gpt","tokens":17}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := f.Write(line); err != nil {
			b.Fatal(err)
		}
	}
}
