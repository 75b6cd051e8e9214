package redact_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

const withReceipts = `"key":"a key for tests only","receipts":"proof"`

// record is what end is handed; code is of the error that the exchange ended with.
func record(outcome, code string) string {
	r := map[string]any{
		"id": "x1", "time": "2025-06-15T15:06:40.000Z", "route": "default", "provider": "gemini", "model": "jane.doe@example.com", "upstream_model": "gemini-3-pro",
		"dialect": "openai.chat", "status": 200, "outcome": outcome, "key": map[string]any{"id": "k1", "name": "jane"}, "user": "jane.doe@example.com", "client_ip": "8.8.8.8",
		"attributes": map[string]any{"pii.email": 9}, "warnings": []string{"x"},
	}
	if code != "" {
		r["error"] = map[string]any{"type": "invalid_request_error", "code": code}
	}
	b, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// receipt is the one receipt that was written, without what is the same in all.
func receipt(t *testing.T, p *longmentest.Plugin) map[string]any {
	t.Helper()
	all := p.Records("proof")
	if len(all) != 1 {
		t.Fatalf("got receipts %q, want one", all)
	}
	for _, o := range append([]string{"jane", "8.8.8.8"}, originals...) {
		if strings.Contains(all[0], o) {
			t.Errorf("%q is in %s", o, all[0])
		}
	}
	var r map[string]any
	if err := json.Unmarshal([]byte(all[0]), &r); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"id", "time", "route", "provider", "dialect", "status", "plugin", "detectors", "policy", "model", "key"} {
		delete(r, name)
	}
	return r
}

type counts = map[string]any

func TestReceipt(t *testing.T) {
	tests := []struct {
		name, config string
		run          func(t *testing.T, p *longmentest.Plugin)
		record       string
		want         counts
	}{
		{"what was done with each", `"modes":{"email":"mask","phone":"hash","payment_card":"drop","secret":"detect"}`, func(t *testing.T, p *longmentest.Plugin) {
			edit(t, p.Exchange, letter, "again jane.doe@example.com")
		}, record("ok", ""), counts{"outcome": "ok", "texts": 2.0, "restored": 0.0, "found": counts{
			"mask": counts{"email": 2.0}, "hash": counts{"phone": 1.0}, "drop": counts{"payment_card": 1.0}, "placeholder": counts{"cn_resident_id": 1.0}, "detect": counts{"api_key": 1.0}}}},
		{"nothing found", ``, func(t *testing.T, p *longmentest.Plugin) { edit(t, p.Exchange, "hello") },
			record("ok", ""), counts{"outcome": "ok", "texts": 1.0, "restored": 0.0, "found": counts{}}},
		{"restored", ``, func(t *testing.T, p *longmentest.Plugin) {
			got := edit(t, p.Exchange, "jane.doe@example.com")[0]
			p.Text(longmen.PhaseAnswer, longmentest.Assistant("To "+got+" and "+got))
			p.Text(longmen.PhaseAnswer, longmentest.Assistant("To "+got))
		}, record("aborted", ""), counts{"outcome": "aborted", "texts": 1.0, "restored": 3.0, "found": counts{"placeholder": counts{"email": 1.0}}}},
		{"blocked", `"modes":{"email":"block"}`, func(t *testing.T, p *longmentest.Plugin) {
			if r := p.Text(longmen.PhaseRequest, longmentest.User(letter)); r.Rejection == nil {
				t.Fatal("nothing was refused")
			}
		}, record("rejected", "pii_blocked"), counts{"outcome": "rejected", "refused": "pii_blocked", "texts": 1.0, "restored": 0.0, "found": counts{
			"block": counts{"email": 1.0}, "placeholder": counts{"phone": 1.0, "payment_card": 1.0, "cn_resident_id": 1.0, "api_key": 1.0}}}},
		{"refused by another", ``, func(t *testing.T, p *longmentest.Plugin) { edit(t, p.Exchange, "hello") },
			record("rejected", "pii_blocked"), counts{"outcome": "rejected", "texts": 1.0, "restored": 0.0, "found": counts{}}},
		{"answers", `"answers":"mask"`, func(t *testing.T, p *longmentest.Plugin) {
			got := edit(t, p.Exchange, "jane.doe@example.com")[0]
			p.Text(longmen.PhaseAnswer, longmentest.Assistant("To "+got+" and john@example.com"))
		}, record("ok", ""), counts{"outcome": "ok", "texts": 1.0, "restored": 1.0, "found": counts{"placeholder": counts{"email": 1.0}}, "answer": counts{"mask": counts{"email": 1.0}}}},
		{"unscanned", `"unscanned":"warn"`, func(t *testing.T, p *longmentest.Plugin) {
			p.Request(`{"messages":[{"role":"user","content":[{"type":"image_url"},{"type":"image_url"},{"type":"file"}]}]}`)
		}, record("ok", ""), counts{"outcome": "ok", "texts": 0.0, "restored": 0.0, "found": counts{}, "unscanned": counts{"image": 2.0, "file": 1.0}}},
		{"unscanned and refused", `"unscanned":"block"`, func(t *testing.T, p *longmentest.Plugin) {
			p.Request(`{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}`)
		}, record("rejected", "unscanned_blocked"), counts{"outcome": "rejected", "refused": "unscanned_blocked", "texts": 0.0, "restored": 0.0, "found": counts{}, "unscanned": counts{"image": 1.0}}},
		{"an exchange that never got here", ``, func(*testing.T, *longmentest.Plugin) {},
			record("client_error", "invalid_json"), counts{"outcome": "client_error", "texts": 0.0, "restored": 0.0, "found": counts{}}},
		{"a detector of one's own", `"custom":{"project":{"words":["Blue Heron"],"test":["the Blue Heron plan"],"test_not":["a heron"]}}`, func(t *testing.T, p *longmentest.Plugin) {
			edit(t, p.Exchange, "the Blue Heron plan")
		}, record("ok", ""), counts{"outcome": "ok", "texts": 1.0, "restored": 0.0, "found": counts{"placeholder": counts{"project": 1.0}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			config := "{" + withReceipts + "}"
			if tt.config != "" {
				config = "{" + withReceipts + "," + tt.config + "}"
			}
			p := longmentest.New(t, config)
			tt.run(t, p)
			if r := p.End(tt.record); r.Err != nil {
				t.Fatal(r.Err)
			}
			if diff := cmp.Diff(tt.want, receipt(t, p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Who wrote it, and by which rules, stands in each receipt. A model's name is the client's to choose.
func TestReceiptMembers(t *testing.T) {
	p := longmentest.New(t, "{"+withReceipts+"}")
	p.Attributes["plugin.name"], p.Attributes["plugin.module"], p.Attributes["plugin.policy"] = "pii", "ab12", "cd34"
	p.Attributes["ner.unsearched"] = 2
	p.End(record("ok", ""))
	x := p.NewExchange()
	x.End(strings.Replace(record("ok", ""), "gemini-3-pro", "jane.doe@example.com", 1))
	want := []string{
		`{"id":"x1","time":"2025-06-15T15:06:40.000Z","route":"default","dialect":"openai.chat","provider":"gemini","model":"gemini-3-pro","key":"k1","outcome":"ok","status":200,` +
			`"texts":0,"found":{},"restored":0,"ner":{"unsearched":2},"plugin":{"name":"pii","module":"ab12","version":"1"},"detectors":"` + detect.Version + `","policy":"cd34"}`,
		`{"id":"x1","time":"2025-06-15T15:06:40.000Z","route":"default","dialect":"openai.chat","provider":"gemini","model":"withheld","key":"k1","outcome":"ok","status":200,` +
			`"texts":0,"found":{},"restored":0,"plugin":{"version":"1"},"detectors":"` + detect.Version + `"}`,
	}
	if longmentest.Native() {
		if diff := cmp.Diff(want, p.Records("proof")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	// The built module has the version of the source it was built from.
	if got := p.Records("proof"); len(got) != 2 || len(got[0]) != len(want[0]) || len(got[1]) != len(want[1]) {
		t.Errorf("got %q", got)
	}
}

func TestReceiptsNeedASink(t *testing.T) {
	none := longmentest.Sinks(func(string) error { return longmentest.ErrNoSink })
	err := longmentest.ConfigError(t, "{"+withReceipts+"}", none)
	if want := `there is no sink proof, expected "grant record proof file <path>" in the plugin's block`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	p := longmentest.New(t, config, none)
	edit(t, p.Exchange, letter)
	if r := p.End(record("ok", "")); r.Err != nil || len(p.Records("proof")) > 0 {
		t.Errorf("without the option: %v, %q", r.Err, p.Records("proof"))
	}
	if r := p.Request(`{"messages":[]}`); r.Rejection != nil {
		t.Errorf("without the option: %v", r.Rejection)
	}
}

// While no receipt can be written, requests are refused, and these have none. It can be turned off.
func TestReceiptsRequired(t *testing.T) {
	full := errors.New("no space left")
	for _, tt := range []struct {
		config  string
		refused bool
	}{{"", true}, {`,"unscanned":"warn"`, true}, {`,"receipts_required":false`, false}} {
		p := longmentest.New(t, "{"+withReceipts+tt.config+"}")
		p.Sinks = func(string) error { return full }
		r := p.Request(`{"messages":[{"role":"user","content":"hello"}]}`)
		if (r.Rejection != nil) != tt.refused || r.Rejection != nil && (r.Rejection.Status != 503 || r.Rejection.Code != "receipts_unavailable") {
			t.Errorf("%s: got %+v, refused should be %v", tt.config, r.Rejection, tt.refused)
		}
		p.Sinks = nil
		outcome := "ok"
		if tt.refused {
			outcome = "rejected"
		}
		if r := p.End(record(outcome, "")); r.Err != nil || (len(p.Records("proof")) == 0) != tt.refused {
			t.Errorf("%s: %v, receipts %q", tt.config, r.Err, p.Records("proof"))
		}
		x := p.NewExchange()
		if r := x.Request(`{"messages":[]}`); r.Rejection != nil || r.Err != nil {
			t.Errorf("%s: when it works again: %v, %v", tt.config, r.Rejection, r.Err)
		}
	}
}

// Names that nobody looked for are no names that were not found.
func TestReceiptWithoutRecogniser(t *testing.T) {
	down := func(string, string) ([]longmen.Entity, error) { return nil, errors.New("down") }
	p := longmentest.New(t, "{"+withReceipts+"}", longmentest.Recogniser(down))
	if r := p.Text(longmen.PhaseRequest, longmentest.User("Ask Jörg Schmidt about it")); r.Rejection == nil {
		t.Fatal("nothing was refused")
	}
	p.End(record("rejected", "ner_unavailable"))
	want := counts{"outcome": "rejected", "refused": "ner_unavailable", "texts": 0.0, "restored": 0.0, "found": counts{}, "ner": counts{"unsearched": 1.0}}
	if diff := cmp.Diff(want, receipt(t, p)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
