package longmentest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// suffix is what the shout plugin was configured with: a package variable, as in real plugins.
var suffix string

func init() {
	longmen.Register(longmen.Plugin{
		Name:       "shout",
		Version:    "1",
		Purpose:    `shouts "loudly"`,
		Grants:     []string{"kv", "http", "record"},
		Attributes: map[string]string{"volume": "int", "loud": "bool"},
		Metrics:    []string{"shouts"},
		Limits:     longmen.Limits{CPU: 2 * longmen.Second, Hold: 8},
		Schema:     `{"type":"object","properties":{"suffix":{"type":"string","default":"!"},"sub":{"properties":{"n":{"default":3}}}}}`,
		Configure: func(c longmen.Value) error {
			suffix = c.Get("suffix").String()
			if suffix == "" {
				return errors.New("suffix is empty, expected text to put at the end")
			}
			if suffix == "quiet" {
				longmen.Skip("event")
			}
			return nil
		},
		Request: func(doc longmen.Value) error {
			if doc.Get("forbidden").Bool() {
				return longmen.Reject(403, "forbidden", "forbidden", "not here")
			}
			for m := doc.Get("messages").First(); m.Exists(); m = m.Next() {
				m.SetString("content", strings.ToUpper(m.Get("content").String())+suffix)
			}
			longmen.SetAttr("volume", longmen.NewInt(11))
			longmen.Metric("shouts", 1)
			longmen.State().SetInt("requests", longmen.State().Get("requests").Int()+1)
			return nil
		},
		Event: func(doc longmen.Value) error {
			if !doc.Exists() {
				longmen.Emit(longmen.NewString("bye"), "end")
				return nil
			}
			if doc.Get("twice").Bool() {
				longmen.Emit(doc.Copy(), longmen.Attr("event.name").String())
			}
			if doc.Get("drop").Bool() {
				longmen.Drop()
			}
			return nil
		},
		// Text turns "loud" into "LOUD" and holds a beginning of it back.
		Text: func(t *longmen.Text) error {
			for i, s := range t.Segments {
				text := string(s.Text)
				for at := 0; ; {
					j := strings.Index(text[at:], "loud")
					if j < 0 {
						break
					}
					t.Replace(i, at+j, 4, "LOUD")
					at += j + 4
				}
				for n := 3; n > 0 && s.Streamed && !s.Final; n-- {
					if strings.HasSuffix(text, "loud"[:n]) {
						t.Hold(i, n)
						break
					}
				}
			}
			return nil
		},
		Body: func(body []byte) ([]byte, error) {
			switch string(body) {
			case "same":
				return nil, nil
			case "empty":
				return []byte{}, nil
			}
			return append(body, suffix...), nil
		},
		End: func(record longmen.Value) error {
			r := longmen.NewObject()
			r.Set("id", record.Get("id"))
			return longmen.Record("log", r)
		},
	})
	longmen.Register(longmen.Plugin{
		Name: "broken",
		Request: func(doc longmen.Value) error {
			doc.Get("missing").SetInt("n", 1)
			doc.SetInt("n", 2)
			return nil
		},
		Response: func(doc longmen.Value) error { return longmen.Record("log", doc) },
		Text: func(t *longmen.Text) error {
			t.Replace(0, 1, 2, "x")
			t.Replace(0, 0, 2, "y")
			return nil
		},
	})
	longmen.Register(longmen.Plugin{
		Name:     "keeper",
		Optional: []string{"kv"},
		Request: func(doc longmen.Value) error {
			doc.SetBool("granted", longmen.HasKV())
			v, err := longmen.KVRead("k")
			if err != nil {
				return err
			}
			if v.Exists() {
				doc.Set("v", v)
			}
			if doc.Get("set").Exists() {
				return longmen.KVSet("k", doc.Get("set"), 0)
			}
			return nil
		},
	})
	longmen.Register(longmen.Plugin{
		Name:     "services",
		Grants:   []string{"kv", "http"},
		Optional: []string{"ner", "record"},
		Configure: func(longmen.Value) error {
			if !longmen.HasKV() {
				return errors.New("no kv")
			}
			return nil
		},
		Text: func(t *longmen.Text) error {
			if !longmen.HasNER() {
				return nil
			}
			var texts [][]byte
			for _, s := range t.Segments {
				texts = append(texts, s.Text)
			}
			found, err := longmen.NER(texts, "en")
			for i, list := range found {
				for _, e := range list {
					t.Replace(i, e.Start, e.End-e.Start, "<"+e.Type+">")
				}
			}
			return err
		},
		Request: func(doc longmen.Value) error {
			switch doc.Get("do").String() {
			case "set":
				return longmen.KVSet("k", doc.Get("v"), longmen.Second)
			case "record":
				return longmen.Record("s", doc.Get("v"))
			case "sink":
				doc.SetBool("granted", longmen.SinkGranted("s"))
				doc.SetBool("ready", longmen.SinkReady("s"))
			case "get":
				doc.Set("v", longmen.KVGet("k"))
			case "add":
				sum, err := longmen.KVAdd("n", 2, 0)
				doc.SetInt("v", sum)
				return err
			case "cas":
				ok, err := longmen.KVCas("k", doc.Get("old"), doc.Get("v"), 0)
				doc.SetBool("ok", ok)
				return err
			case "http":
				q := longmen.NewObject()
				q.SetString("url", "http://wiki.example/x?y=1")
				q.Set("json", doc.Get("v"))
				a, err := longmen.HTTP(q)
				doc.Set("v", a)
				return err
			}
			return nil
		},
	})
}

func TestRequest(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("shout"))
	r := p.Request(`{ "messages": [ {"content":"hi","n":1.50} ], "x": 1e2 }`)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if want := `{ "messages": [ {"content":"HI!","n":1.50} ], "x": 1e2 }`; r.JSON != want {
		t.Errorf("got %s, want %s", r.JSON, want)
	}
	if got := p.Attributes["volume"]; got != int64(11) {
		t.Errorf("attribute volume: got %v, want 11", got)
	}
	if got := p.Metric("shouts"); got != 1 {
		t.Errorf("metric: got %v, want 1", got)
	}
	if got, want := p.State(), `{"requests":1}`; got != want {
		t.Errorf("state: got %s, want %s", got, want)
	}
	if got, want := p.NewExchange().State(), `{}`; got != want {
		t.Errorf("state of another exchange: got %s, want %s", got, want)
	}
}

func TestConfigurationsDoNotMix(t *testing.T) {
	one := longmentest.New(t, `{"suffix":"?"}`, longmentest.Named("shout"))
	two := longmentest.New(t, `{"suffix":"."}`, longmentest.Named("shout"))
	for range 2 {
		if got, want := string(one.Body([]byte("a")).Body), "a?"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := string(two.Body([]byte("a")).Body), "a."; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestConfigError(t *testing.T) {
	err := longmentest.ConfigError(t, `{"suffix":""}`, longmentest.Named("shout"))
	if err == nil || !strings.Contains(err.Error(), "suffix is empty") {
		t.Errorf("got %v, want the plugin's message", err)
	}
}

func TestReject(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("shout"))
	r := p.Request(`{"forbidden":true}`)
	if r.Err != nil || r.Rejection == nil {
		t.Fatalf("got error %v, rejection %v", r.Err, r.Rejection)
	}
	if got, want := *r.Rejection, (longmentest.Rejection{Status: 403, Code: "forbidden", Param: "forbidden", Message: "not here"}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEvents(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("shout"))
	r := p.Event(`{"a":1}`, `{"drop":true}`, `{"twice":true,"drop":true}`)
	r2 := p.NamedEvent("delta", `{"twice":true}`)
	end := p.EndOfStream()
	var got []string
	for _, e := range append(append(r.Events, r2.Events...), end.Events...) {
		got = append(got, e.Name+":"+e.JSON)
	}
	want := `:{"a":1} :{"twice":true,"drop":true} delta:{"twice":true} delta:{"twice":true} end:"bye"`
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}

	quiet := longmentest.New(t, `{"suffix":"quiet"}`, longmentest.Named("shout"))
	if r := quiet.Event(`{"drop":true}`); len(r.Events) != 1 {
		t.Errorf("a skipped hook ran: %v", r.Events)
	}
}

func TestBody(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("shout"))
	for in, want := range map[string]string{"same": "same", "empty": "", "a": "a!"} {
		if got := string(p.Body([]byte(in)).Body); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestEnd(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("shout"))
	if r := p.End(`{"id":"x","status":200}`); r.Err != nil {
		t.Fatal(r.Err)
	}
	if got := p.Records("log"); len(got) != 1 || got[0] != `{"id":"x"}` {
		t.Errorf("got %v", got)
	}
}

func TestChop(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("shout"))
	if got, want := p.Chop("a loud, lloud 龙门 loulo lou"), "a LOUD, lLOUD 龙门 loulo lou"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r := p.Text(longmen.PhaseRequest, longmentest.User("loud"), longmentest.User("silence"))
	if got := strings.Join(r.Text, "|"); got != "LOUD|silence" {
		t.Errorf("got %s", got)
	}
}

func TestFailures(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("broken"))
	tests := []struct {
		name string
		run  func() longmentest.Result
		want string
	}{
		{"first failed edit", func() longmentest.Result { return p.Request(`{}`) }, "set int: no such value"},
		{"no grant", func() longmentest.Result { return p.Response(`{}`) }, "record: not granted"},
		{"overlapping edits", func() longmentest.Result { return p.Text(longmen.PhaseAnswer, longmentest.User("abc")) }, "overlaps"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.run().Err; err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestServices(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("services"))
	p.HTTP = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"q":"` + r.URL.Query().Get("y") + `"}`))
	})
	steps := []struct{ in, want string }{
		{`{"do":"get"}`, ""},
		{`{"do":"set","v":{"a":1}}`, `{"do":"set","v":{"a":1}}`},
		{`{"do":"get"}`, `{"do":"get","v":{"a":1}}`},
		{`{"do":"add"}`, `{"do":"add","v":2}`},
		{`{"do":"add"}`, `{"do":"add","v":4}`},
		{`{"do":"cas","v":2}`, `{"do":"cas","v":2,"ok":false}`},
		{`{"do":"cas","old":{"a":1},"v":2}`, `{"do":"cas","old":{"a":1},"v":2,"ok":true}`},
		{`{"do":"http","v":1}`, `{"do":"http","v":{"status":200,"headers":{"content-type":"application/json"},"body":"{\"q\":\"1\"}","json":{"q":"1"}}}`},
	}
	for _, s := range steps {
		r := p.Request(s.in)
		if s.want == "" {
			if r.Err == nil {
				t.Errorf("%s: setting a value that does not exist passed", s.in)
			}
			continue
		}
		if r.Err != nil || r.JSON != s.want {
			t.Errorf("%s: got %s, %v\nwant %s", s.in, r.JSON, r.Err, s.want)
		}
	}
	p.Request(`{"do":"set","v":1}`)
	p.Now += 1000
	if got := p.Keys(); len(got) != 1 || got[0] != "n" {
		t.Errorf("keys after the ttl: got %v, want [n]", got)
	}
}

// TestOptionalStore: who may work without the store gets it by an option, and learns when it fails.
func TestOptionalStore(t *testing.T) {
	without := longmentest.New(t, ``, longmentest.Named("keeper"))
	if r := without.Request(`{}`); r.Err == nil || !strings.Contains(r.JSON, `"granted":false`) {
		t.Errorf("without the grant: %s, %v", r.JSON, r.Err)
	}
	p := longmentest.New(t, ``, longmentest.Named("keeper"), longmentest.Store())
	if r := p.Request(`{"set":[1]}`); r.Err != nil || !strings.Contains(r.JSON, `"granted":true`) || p.KV("k") != "[1]" {
		t.Errorf("with the grant: %s, %v, stored %s", r.JSON, r.Err, p.KV("k"))
	}
	p.SetKV("k", `"other"`)
	if r := p.Request(`{}`); !strings.Contains(r.JSON, `"v":"other"`) {
		t.Errorf("got %s, %v", r.JSON, r.Err)
	}
	var calls []string
	p.BeforeKV = func(fn, key string) error {
		calls = append(calls, fn+" "+key)
		if fn == abi.FnKVSet {
			return errors.New("away")
		}
		return nil
	}
	if r := p.Request(`{"set":1}`); r.Err == nil || p.KV("k") != `"other"` {
		t.Errorf("a failing store: %v, stored %s", r.Err, p.KV("k"))
	}
	if got := strings.Join(calls, ", "); got != "kv_get k, kv_set k" {
		t.Errorf("operations: %s", got)
	}
	if p.SetKV("k", ""); len(p.Keys()) != 0 {
		t.Errorf("left %v", p.Keys())
	}
}
