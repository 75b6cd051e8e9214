package integration

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompliance runs examples/compliance: who sees what, what is refused, and what the receipts say.
func TestCompliance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipts.jsonl")
	t.Setenv("RECEIPTS", path)
	t.Setenv("RECEIPT_KEY", "a-secret-of-thirty-two-bytes-or-more")
	c := start(t, read(t, "examples/compliance/Caddyfile"))

	const open = "Write to jane@example.com about Project Blackbird, tel 13812345678"
	for _, stream := range []bool{false, true} {
		expect(t, c.ask(chat("m", open, stream)), quote(open), stream)
		seen := c.get("/llm_gateway/demo/last?provider=outside")
		for _, value := range []string{"jane", "Blackbird", "1381234"} {
			if strings.Contains(seen, value) {
				t.Errorf("the outside saw %q: %s", value, seen)
			}
		}
		for _, placeholder := range []string{"<EMAIL_", "<PROJECT_", "<PHONE_"} {
			if !strings.Contains(seen, placeholder) {
				t.Errorf("the outside did not see %s…: %s", placeholder, seen)
			}
		}
	}

	last := c.get("/llm_gateway/demo/last?provider=outside")
	const resident = "我的身份证号是11010519491231002X"
	const image = `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]}`
	for name, body := range map[string]string{"a resident ID": chat("m", resident, false), "an image": image} {
		a := c.ask(body)
		if a.status != 200 || a.header.Get("X-Longmen-Provider") != "house" {
			t.Errorf("%s went to %q: %d %s", name, a.header.Get("X-Longmen-Provider"), a.status, a.body)
		}
	}
	refused := c.ask(chat("m", "The password: hunter2-XYZ-9!", false))
	if refused.status != 400 || !strings.Contains(refused.body, "pii_blocked") || strings.Contains(refused.body, "hunter2") {
		t.Errorf("a password: got %d %s", refused.status, refused.body)
	}
	if now := c.get("/llm_gateway/demo/last?provider=outside"); now != last {
		t.Errorf("the outside saw what was for the house or nobody: %s", now)
	}

	type receipt struct {
		Seq    int
		Record struct {
			Outcome, Refused string
			Found            map[string]map[string]int
			Restored         int
		}
	}
	var got []receipt
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var r receipt
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if len(got) != 3 {
		t.Fatalf("got %d receipts, want 3:\n%s", len(got), text)
	}
	for i, r := range got {
		if r.Seq != i+1 {
			t.Errorf("receipt %d has number %d", i+1, r.Seq)
		}
	}
	for _, r := range got[:2] {
		if p := r.Record.Found["placeholder"]; r.Record.Outcome != "ok" || r.Record.Restored != 3 || p["email"] != 1 || p["phone"] != 1 || p["project"] != 1 {
			t.Errorf("receipt %+v", r)
		}
	}
	if r := got[2].Record; r.Outcome != "rejected" || r.Refused != "pii_blocked" || r.Found["block"]["password"] != 1 {
		t.Errorf("receipt of a refusal %+v", r)
	}
	for _, value := range []string{"jane", "Blackbird", "1381234", "hunter2", "11010519"} {
		if strings.Contains(string(text), value) {
			t.Errorf("%q stands in the receipts", value)
		}
	}
}
