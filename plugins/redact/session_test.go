package redact

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

const sessions = `{"session":{"header":["X-Session-Id"],"member":["metadata.session_id","conversation"],"previous_response":true}}`

// placeholderForm is what stands in a text for something else.
var placeholderForm = regexp.MustCompile(`<[A-Z_0-9]+>`)

// dialogue is a client with what names its session and itself.
type dialogue struct {
	t              *testing.T
	p              *longmentest.Plugin
	header, caller string
	members        string // of the request's document, besides the texts
}

// turn sends a text and gives what the model sees, and the exchange for its answer.
func (d dialogue) turn(text string) (string, *longmentest.Exchange) {
	d.t.Helper()
	r, x := d.try(text)
	if r.Err != nil || r.Rejection != nil {
		d.t.Fatalf("%v, %+v", r.Err, r.Rejection)
	}
	return r.Text[0], x
}

func (d dialogue) try(text string) (longmentest.Result, *longmentest.Exchange) {
	x := d.p.NewExchange()
	x.Attributes["dialect"] = "openai.responses"
	if d.caller != "" {
		x.Attributes["key.id"] = d.caller
	} else {
		x.Attributes["client_ip"] = "10.0.0.1"
	}
	if d.header != "" {
		x.Header["x-session-id"] = d.header
	}
	if r := x.Request(`{"model":"m"` + d.members + `}`); r.Err != nil || r.Rejection != nil {
		return r, x
	}
	return x.Text(longmen.PhaseRequest, longmen.Segment{Text: []byte(text)}), x
}

// answer is what the client reads when the model says text.
func answerOf(x *longmentest.Exchange, text string) string {
	return x.Text(longmen.PhaseAnswer, longmen.Segment{Text: []byte(text)}).Text[0]
}

const (
	jane = "jane.roe@corp.example.com"
	john = "john.doe@corp.example.com"
)

// TestSession: an answer may name a placeholder of an earlier turn, for who is in the session and nobody else.
func TestSession(t *testing.T) {
	p := longmentest.New(t, sessions, longmentest.Store())
	in := dialogue{t: t, p: p, header: "s1", caller: "k1"}
	first, x := in.turn("write to " + jane)
	name := placeholderForm.FindString(first)
	if got := answerOf(x, "to "+name); got != "to "+jane {
		t.Fatalf("in the same turn: %s", got)
	}
	for _, c := range []struct {
		who      string
		d        dialogue
		restored bool
	}{
		{"the next turn", in, true},
		{"by a member", dialogue{t: t, p: p, caller: "k1", members: `,"metadata":{"session_id":"s1"}`}, true},
		{"by an object", dialogue{t: t, p: p, caller: "k1", members: `,"conversation":{"id":"s1"}`}, true},
		{"by a header before a member", dialogue{t: t, p: p, header: "s1", caller: "k1", members: `,"metadata":{"session_id":"s2"}`}, true},
		{"another session", dialogue{t: t, p: p, header: "s2", caller: "k1"}, false},
		{"another caller", dialogue{t: t, p: p, header: "s1", caller: "k2"}, false},
		{"nobody", dialogue{t: t, p: p, header: "s1"}, false},
		{"a caller named like an address", dialogue{t: t, p: p, header: "s1", caller: "10.0.0.1"}, false},
		{"no session", dialogue{t: t, p: p, caller: "k1"}, false},
		{"a member that is no text", dialogue{t: t, p: p, caller: "k1", members: `,"metadata":{"session_id":1},"conversation":[]`}, false},
		{"an answer of that name", dialogue{t: t, p: p, caller: "k1", members: `,"previous_response_id":"s1"`}, false},
	} {
		_, x := c.d.turn("and now?")
		want := "to " + name
		if c.restored {
			want = "to " + jane
		}
		if got := answerOf(x, "to "+name); got != want {
			t.Errorf("%s: got %s, want %s", c.who, got, want)
		}
	}
	if seen, _ := in.turn("once more " + jane + " and " + john); !strings.HasPrefix(seen, "once more "+name+" and <") || strings.Count(seen, name) != 1 {
		t.Errorf("the value has another placeholder: %s", seen)
	}
	if seen, _ := in.turn(name + " is " + jane); seen != name+" is "+name {
		t.Errorf("a text that spells the placeholder gives the value another: %s", seen)
	}
	for _, key := range p.Keys() {
		if strings.Contains(key, "s1") || strings.Contains(key, "k1") {
			t.Errorf("the key %s tells the session", key)
		}
	}
}

// TestSessionWithoutText: a request of images alone has no call for its texts, and its answer may name a placeholder.
func TestSessionWithoutText(t *testing.T) {
	for _, config := range []string{sessions, strings.Replace(sessions, `{"session"`, `{"answers":"detect","session"`, 1)} {
		p := longmentest.New(t, config, longmentest.Store())
		in := dialogue{t: t, p: p, header: "s1", caller: "k1"}
		name, _ := in.turn(jane)
		ask := func() *longmentest.Exchange {
			x := p.NewExchange()
			x.Header["x-session-id"], x.Attributes["key.id"] = "s1", "k1"
			if r := x.Request(`{"model":"m"}`); r.Err != nil || r.Rejection != nil {
				t.Fatalf("%v, %+v", r.Err, r.Rejection)
			}
			return x
		}
		if got := answerOf(ask(), name); got != jane {
			t.Errorf("got %s", got)
		}
		x := ask()
		p.BeforeKV = func(string, string) error { return errors.New("away") }
		if r := x.Text(longmen.PhaseAnswer, longmen.Segment{Text: []byte(name)}); r.Rejection == nil || r.Rejection.Code != "session_unavailable" {
			t.Errorf("%v, %+v", r.Err, r.Rejection)
		}
	}
}

// TestSessionStream: what begins a placeholder of an earlier turn waits for its end.
func TestSessionStream(t *testing.T) {
	p := longmentest.New(t, sessions, longmentest.Store())
	in := dialogue{t: t, p: p, header: "s1", caller: "k1"}
	first, _ := in.turn("write to " + jane)
	name := placeholderForm.FindString(first)
	_, x := in.turn("and now?")
	x.ChopAs(longmen.Segment{Streamed: true, Channel: 1}, "to "+name+", <b> and "+name)
	got := x.StreamAs(longmen.PhaseAnswer, longmen.Segment{Streamed: true, Channel: 1}, strings.Split("to "+name+", <b>", "")...)
	if got != "to "+jane+", <b>" {
		t.Errorf("got %s", got)
	}
}

// TestPreviousResponse: a request that goes on from an answer knows what that answer was given, and no other one.
func TestPreviousResponse(t *testing.T) {
	for _, streamed := range []bool{true, false} {
		p := longmentest.New(t, sessions, longmentest.Store())
		in := dialogue{t: t, p: p, caller: "k1"}
		said := func(x *longmentest.Exchange, id string) {
			t.Helper()
			var r longmentest.Result
			if streamed {
				r = x.Event(`{"type":"response.created","response":{"id":"`+id+`"}}`, `{"type":"response.created","response":{"id":"other"}}`, `{"type":"response.completed"}`)
			} else {
				r = x.Response(`{"id":"` + id + `"}`)
			}
			if r.Err != nil || len(x.Warnings) > 0 {
				t.Fatalf("%v %v", r.Err, x.Warnings)
			}
		}
		first, x := in.turn("write to " + jane)
		a := placeholderForm.FindString(first)
		said(x, "resp_1")
		in.members = `,"previous_response_id":"resp_1"`
		second, x := in.turn("and to " + john)
		b := placeholderForm.FindString(second)
		said(x, "resp_2")
		in.members = `,"previous_response_id":"resp_2"`
		_, x = in.turn("who?")
		if got := answerOf(x, a+" "+b); got != jane+" "+john {
			t.Errorf("after two: %s", got)
		}
		said(x, "resp_3")
		in.members = `,"previous_response_id":"resp_1"` // a fork
		_, x = in.turn("who?")
		if got := answerOf(x, a+" "+b); got != jane+" "+b {
			t.Errorf("after the first: %s", got)
		}
		in.members = `,"previous_response_id":"other"`
		_, x = in.turn("who?")
		if got := answerOf(x, a); got != a {
			t.Errorf("after another: %s", got)
		}
		in.members = `,"previous_response_id":"resp_3"`
		in.caller = "k2"
		_, x = in.turn("who?")
		if got := answerOf(x, a); got != a {
			t.Errorf("another caller: %s", got)
		}
	}

	// What nobody may go on from is not kept.
	p := longmentest.New(t, sessions, longmentest.Store())
	_, x := dialogue{t: t, p: p, caller: "k1", members: `,"store":false`}.turn("write to " + jane)
	x.Response(`{"id":"resp_1"}`)
	_, x = dialogue{t: t, p: p, caller: "k1"}.turn("nothing personal")
	x.Response(`{"id":"resp_2"}`)
	x = p.NewExchange()
	x.Attributes["dialect"] = "openai.chat"
	x.Request(`{}`)
	x.Text(longmen.PhaseRequest, longmen.Segment{Text: []byte(jane)})
	x.Response(`{"id":"resp_3"}`)
	if keys := p.Keys(); len(keys) > 0 {
		t.Errorf("kept %v", keys)
	}
}

// TestSessionKeepsOnlyWhatComesBack: irreversible types and what the configuration does not restore are never stored, and sessions of a
// configuration that restored more are not read.
func TestSessionKeepsOnlyWhatComesBack(t *testing.T) {
	const config = `{"irreversible":["email"],"modes":{"secret":"mask"},"session":{"header":["X-Session-Id"]}}`
	p := longmentest.New(t, config, longmentest.Store())
	in := dialogue{t: t, p: p, header: "s1", caller: "k1"}
	in.turn(jane + " 4111 1111 1111 1111")
	for _, key := range p.Keys() {
		stored := p.KV(key)
		if strings.Contains(stored, jane) || !strings.Contains(stored, "4111 1111 1111 1111") {
			t.Errorf("stored %s", stored)
		}
	}
	more := longmentest.New(t, sessions, longmentest.Store())
	_, _ = dialogue{t: t, p: more, header: "s1", caller: "k1"}.turn(jane)
	for _, key := range more.Keys() {
		if p.KV(key) != "" {
			t.Error("two configurations share a vault")
		}
	}
}

// TestSessionLives: a request begins the time to live anew, and after it nothing is left.
func TestSessionLives(t *testing.T) {
	p := longmentest.New(t, strings.Replace(sessions, `"previous_response"`, `"ttl":"2m","previous_response"`, 1), longmentest.Store())
	in := dialogue{t: t, p: p, header: "s1", caller: "k1"}
	first, _ := in.turn(jane)
	name := placeholderForm.FindString(first)
	for range 3 {
		p.Now += 119_999
		if _, x := in.turn("and now?"); answerOf(x, name) != jane {
			t.Fatal("the session has ended before its time")
		}
	}
	p.Now += 120_000
	if _, x := in.turn("and now?"); answerOf(x, name) != name {
		t.Error("the session outlived its time")
	}
	if len(p.Keys()) > 0 {
		t.Error("an empty session was stored")
	}
}

// TestSessionBounds: beyond the bounds the oldest placeholders are forgotten.
func TestSessionBounds(t *testing.T) {
	p := longmentest.New(t, `{"session":{"header":["X-Session-Id"],"max":10}}`, longmentest.Store())
	in := dialogue{t: t, p: p, header: "s1", caller: "k1"}
	var names []string
	for i := range 25 {
		seen, _ := in.turn(fmt.Sprintf("user%d@corp.example.com", i))
		names = append(names, seen)
	}
	_, x := in.turn("and now?")
	for i, name := range names {
		want := name
		if i >= 15 {
			want = fmt.Sprintf("user%d@corp.example.com", i)
		}
		if got := answerOf(x, name); got != want {
			t.Errorf("%d: got %s, want %s", i, got, want)
		}
	}

	long := longmentest.New(t, `{"session":{"header":["X-Session-Id"]},"custom":{"block":{"patterns":["#{60}"],"test":["`+strings.Repeat("1", 60)+`"],"test_not":["1"]}}}`, longmentest.Store())
	in.p = long
	for i := range 6 {
		var text strings.Builder
		for k := range 990 {
			fmt.Fprintf(&text, "%060d ", 1000*i+k)
		}
		in.turn(text.String())
	}
	for _, key := range long.Keys() {
		if n := len(long.KV(key)); n > maxVault+maxVault/2 {
			t.Errorf("a vault takes %d bytes", n)
		}
	}
	for _, c := range []dialogue{
		{header: strings.Repeat("s", maxSession+1)},
		{members: `,"metadata":{"session_id":"` + strings.Repeat("s", maxSession+1) + `"}`},
	} {
		c.t, c.p = t, longmentest.New(t, sessions, longmentest.Store())
		if r, _ := c.try("hi"); r.Rejection == nil || r.Rejection.Code != "invalid_session" {
			t.Errorf("a long name: %v %+v", r.Err, r.Rejection)
		}
	}
}

// TestSessionTurnsAtTheSameTime lets another turn of the session come between a turn's reading and writing.
func TestSessionTurnsAtTheSameTime(t *testing.T) {
	p := longmentest.New(t, sessions, longmentest.Store())
	in := dialogue{t: t, p: p, header: "s1", caller: "k1"}
	first, _ := in.turn(jane)
	key := p.Keys()[0]
	if want := `{"` + first + `":"` + jane + `"}`; p.KV(key) != want {
		t.Fatalf("stored %s, want %s", p.KV(key), want)
	}
	between := func(stored string) {
		p.BeforeKV = func(fn, k string) error {
			if fn == abi.FnKVCas {
				p.BeforeKV = nil
				p.SetKV(key, stored)
			}
			return nil
		}
	}
	between(`{"` + first + `":"` + jane + `","<EMAIL_ABCD>":"max@corp.example.com"}`)
	second, x := in.turn(john)
	if got := answerOf(x, first+" "+second+" <EMAIL_ABCD>"); got != jane+" "+john+" max@corp.example.com" {
		t.Errorf("got %s", got)
	}
	for _, want := range []string{jane, john, "max@corp"} {
		if !strings.Contains(p.KV(key), want) {
			t.Errorf("%s was lost: %s", want, p.KV(key))
		}
	}

	// Both have given the same placeholder to another value: one of them has to come again.
	p.SetKV(key, `{}`)
	fresh, _ := in.turn("new@corp.example.com")
	p.SetKV(key, `{}`)
	between(`{"` + fresh + `":"other@corp.example.com"}`)
	if r, _ := in.try("new@corp.example.com"); r.Rejection == nil || r.Rejection.Status != 503 || r.Rejection.Code != "session_busy" {
		t.Errorf("%v, %+v", r.Err, r.Rejection)
	}
	again, x := in.turn("new@corp.example.com")
	if again == fresh || answerOf(x, fresh+" "+again) != "other@corp.example.com new@corp.example.com" {
		t.Errorf("%s after %s", again, fresh)
	}
}

// TestSessionStoreAway: without the store nothing goes to a model, and the refusal says why.
func TestSessionStoreAway(t *testing.T) {
	p := longmentest.New(t, sessions, longmentest.Store())
	away := errors.New("away")
	for _, fails := range []string{abi.FnKVGet, abi.FnKVCas} {
		p.BeforeKV = func(fn, _ string) error {
			if fn == fails {
				return away
			}
			return nil
		}
		r, _ := dialogue{t: t, p: p, header: "s1", caller: "k1"}.try(jane)
		if r.Rejection == nil || r.Rejection.Status != 503 || r.Rejection.Code != "session_unavailable" || strings.Contains(r.Rejection.Message, jane) {
			t.Errorf("%s: %v, %+v", fails, r.Err, r.Rejection)
		}
	}
	p.BeforeKV = func(string, string) error { return away }
	if r, _ := (dialogue{t: t, p: p, caller: "k1", members: `,"previous_response_id":"r"`}).try("hi"); r.Rejection == nil || r.Rejection.Code != "session_unavailable" {
		t.Errorf("%v, %+v", r.Err, r.Rejection)
	}
	seen, x := dialogue{t: t, p: p, caller: "k1"}.turn(jane) // without a session
	if r := x.Response(`{"id":"resp_1"}`); r.Err != nil || r.Rejection != nil || len(x.Warnings) != 1 || !strings.HasPrefix(x.Warnings[0], "previous_response_id: ") {
		t.Errorf("an answer that cannot be gone on from: %v, %+v, %v", r.Err, r.Rejection, x.Warnings)
	}
	if got := answerOf(x, seen); got != jane {
		t.Errorf("got %s", got)
	}
}

func TestSessionConfig(t *testing.T) {
	for config, says := range map[string]string{
		`{"session":{}}`: "nothing names the session",
		`{"session":{"header":["A"],"ttl":"59s"}}`:                        "ttl is out of bounds",
		`{"session":{"header":["A"],"ttl":"31d"}}`:                        "ttl is out of bounds",
		`{"session":{"member":["a..b"]}}`:                                 "no path",
		`{"session":{"header":["A"]},"restore":false}`:                    "nothing is restored",
		`{"session":{"header":["A"]},"mode":"mask"}`:                      "nothing is restored",
		`{"session":{"previous_response":true},"key":"0123456789abcdef"}`: "",
	} {
		err := longmentest.ConfigError(t, config, longmentest.Store())
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", config, err)
		}
	}
	if err := longmentest.ConfigError(t, `{"session":{"header":["A"]}}`); err == nil || !strings.Contains(err.Error(), "expected grant kv") {
		t.Errorf("without the grant: %v", err)
	}
}
