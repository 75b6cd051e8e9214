package record

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestChainedFullDisk lets the system take half a line, as a disk does that runs full.
func TestChainedFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	l := openLedger(t, path)
	l.write("1")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	small := limit
	small.Cur = uint64(len(whole)) + 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	failed := l.Write([]byte(`"` + strings.Repeat("x", 5000) + `"`))
	half, err := os.ReadFile(path)
	if err := errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(failed, syscall.EFBIG) || string(half) != string(whole) {
		t.Errorf("got %v and %d bytes, want EFBIG and the %d of before", failed, len(half), len(whole))
	}
	l.write("2")
	wantChain(t, []string{path}, "1 2")
}
