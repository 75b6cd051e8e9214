package caddyllm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// receiptRoute is a gateway whose plugin pii writes receipts into a chain.
func receiptRoute(t *testing.T, path, config string) (*App, *Handler) {
	t.Helper()
	return configure(t, fmt.Sprintf(`{"providers":{"demo":{}},"plugins":{"pii":{"builtin":"redact",
		"config":{"receipts":"proof","modes":{"us_ssn":"block"}%s},"grants":{"record":{"proof":{"file":%q,"chain":{"key":%q}}}},
		"limits":{"cpu":2000000}}}}`, config, path, chainKey),
		`{"routes":[{"name":"all","use":["pii"],"to":["demo"]}]}`)
}

// say is a chat request with one text.
func say(text string, stream bool) string {
	b, err := json.Marshal(map[string]any{"model": "demo", "stream": stream, "messages": []any{map[string]any{"role": "user", "content": text}}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Every exchange that came to the plugin has a receipt, however it ended, in one whole chain over two configurations.
func TestReceipts(t *testing.T) {
	t.Chdir(t.TempDir())
	path := filepath.Join(t.TempDir(), "receipts.jsonl")
	a, h := receiptRoute(t, path, "")
	policy := a.engine.guests["pii"].policy("")
	post(h, say("I am jane@example.com", false))
	post(h, say("I am jane@example.com", true))
	post(h, say("my social security number is 536-90-4399", false))
	post(h, say(strings.Repeat("write to jane@example.com or call +1 415-555-2671, ", 8000), false)) // too much for 2 ms
	aborted, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(aborted, http.MethodPost, "http://localhost/v1/chat/completions", strings.NewReader(say("jane@example.com", false)))
	r.RemoteAddr = "127.0.0.1:1"
	leave()
	_ = h.ServeHTTP(httptest.NewRecorder(), r, nil)
	post(h, `{"model":`)
	if err := a.Cleanup(); err != nil {
		t.Fatal(err)
	}
	b, h := receiptRoute(t, path, `,"mode":"mask"`)
	post(h, say("I am jane@example.com", false))
	if b.engine.guests["pii"].policy("") == policy {
		t.Error("another config has the same policy")
	}

	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	type short struct {
		Outcome, Refused string
		Found            map[string]map[string]int
		Restored         bool
	}
	var got []short
	policies := make(map[string]int)
	for line := range strings.Lines(string(text)) {
		var entry struct {
			Record struct {
				ID, Route, Provider, Model, Outcome, Refused, Policy string
				Found                                                map[string]map[string]int
				Restored                                             int
				Plugin                                               struct{ Name, Version, Module string }
			}
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		e := entry.Record
		if e.ID == "" || e.Route != "all" || e.Plugin.Name != "pii" || e.Plugin.Module != b.engine.guests["pii"].digest || e.Outcome == "ok" && e.Provider != "demo" {
			t.Errorf("got %s", line)
		}
		policies[e.Policy]++
		got = append(got, short{e.Outcome, e.Refused, e.Found, e.Restored > 0})
	}
	none, mail := map[string]map[string]int{}, map[string]map[string]int{"placeholder": {"email": 1}}
	want := []short{
		{"ok", "", mail, true},
		{"ok", "", mail, true},
		{"rejected", "pii_blocked", map[string]map[string]int{"block": {"us_ssn": 1}}, false},
		{"plugin_error", "", none, false},
		{"aborted", "", mail, false},
		{"client_error", "", none, false},
		{"ok", "", map[string]map[string]int{"mask": {"email": 1}}, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, text)
	}
	if len(policies) != 2 || policies[policy] != 6 {
		t.Errorf("got policies %v, want 6 of %s and one other", policies, policy)
	}
	if strings.Contains(string(text), "jane@") || strings.Contains(string(text), "536-90-4399") {
		t.Errorf("an original is in %s", text)
	}

	if err := os.WriteFile("key", []byte(chainKey), 0o600); err != nil {
		t.Fatal(err)
	}
	f, names := flags(t, verifyCommand(), "--key-file key "+path)
	var out bytes.Buffer
	if code, err := verify(f, names, nil, &out); code != 0 || err != nil || !strings.Contains(out.String(), "email   mask         1\n") {
		t.Errorf("verify: exit code %d, %v\n%s", code, err, &out)
	}
}

// Without a receipt no request goes to a model.
func TestReceiptsFailClosed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "receipts.jsonl")
	_, h := receiptRoute(t, path, "")
	if err := os.Rename(dir, dir+"2"); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{200, 503, 503} { // that it fails is known from the first receipt on, which waits
		if w := post(h, say("I am jane@example.com", false)); w.Code != want || want == 503 && !strings.Contains(w.Body.String(), "receipts_unavailable") {
			t.Errorf("request %d: got %d %s, want %d", i, w.Code, w.Body, want)
		}
	}
	if err := os.Rename(dir+"2", dir); err != nil {
		t.Fatal(err)
	}
	if w := post(h, say("hello", false)); w.Code != 200 {
		t.Errorf("when it works again: got %d %s", w.Code, w.Body)
	}
	if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("got %s, %v; want the receipts of both answers", text, err)
	}
}
