package integration

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/chain"
	"github.com/longmen-gateway/longmen/caddy-module/internal/record"
)

// proven reads files of receipts as one chain, and counts receipts by the exchange's id.
func proven(t *testing.T, key string, files ...string) map[string]int {
	t.Helper()
	seal, err := chain.NewSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]int)
	r := &chain.Reader{
		Seal: seal, MaxLine: record.MaxLine + chain.Overhead,
		Record: func(_ uint64, text []byte) error {
			_, id, _ := strings.Cut(string(text), `"id":"`)
			id, _, _ = strings.Cut(id, `"`)
			ids[id]++
			if strings.Contains(string(text), "@") {
				t.Errorf("an original is in %s", text)
			}
			return nil
		},
		Problem: func(p chain.Problem) error {
			t.Errorf("%s:%d: %s", filepath.Base(p.File), p.Line, p.Text)
			return nil
		},
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.File(name, f), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// TestReceipts runs examples/compliance under load, while the configuration is reloaded and the file is rotated:
// each exchange has one receipt, in one chain.
func TestReceipts(t *testing.T) {
	const key = "a key for tests only"
	t.Setenv("RECEIPT_KEY", key)
	config := read(t, "examples/compliance/Caddyfile")
	t.Chdir(t.TempDir())
	c := start(t, config)
	const clients, reloads = 4, 3
	var mu sync.Mutex
	want := make(map[string]int)
	var wg sync.WaitGroup
	ask := func(n int) {
		text := fmt.Sprintf("write to person%d@example.com", n)
		a := c.ask(chat("m", text, n%2 == 0))
		expect(t, a, quote(text), n%2 == 0)
		mu.Lock()
		defer mu.Unlock()
		want[a.header.Get("X-Longmen-Exchange")]++
	}
	var enough atomic.Bool
	for n := range clients {
		wg.Go(func() {
			for i := 0; !enough.Load() && !t.Failed(); i++ {
				ask(n + clients*i)
			}
		})
	}
	var files []string
	for i := range reloads {
		eventually(t, "a file to rotate", func() bool {
			info, err := os.Stat("receipts.jsonl")
			return err == nil && info.Size() > 0
		})
		files = append(files, fmt.Sprintf("receipts.jsonl.%d", i))
		if err := os.Rename("receipts.jsonl", files[i]); err != nil {
			t.Error(err)
		}
		c.force(config)
	}
	enough.Store(true)
	wg.Wait()
	ask(0) // so that the last file has one
	// A receipt is written behind the answer.
	eventually(t, "the last receipt", func() bool {
		n := 0
		for _, name := range append(files, "receipts.jsonl") {
			text, _ := os.ReadFile(name)
			n += strings.Count(string(text), "\n")
		}
		return n >= len(want)
	})
	got := proven(t, key, append(files, "receipts.jsonl")...)
	if !maps.Equal(got, want) {
		t.Errorf("%d exchanges, receipts %v\nwant %v", len(want), got, want)
	}
	for name, n := range c.metrics() {
		if strings.HasPrefix(name, "caddy_llm_gateway_records_total") && !strings.Contains(name, `outcome="written"`) && strings.Contains(name, "receipts.jsonl") && n > 0 {
			t.Errorf("%s is %v", name, n)
		}
	}
}
