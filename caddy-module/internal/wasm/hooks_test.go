package wasm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

func TestRequestEditsDocument(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	p := newPool(t, "edit", func(s *Spec) { s.Logger = zap.New(core) })
	f, root, host := newFrame(t, `{"model":"m1", "messages": [ {"role":"user"} ],"gone":1}`)
	if err := p.Request(t.Context(), f, root); err != nil {
		t.Fatal(err)
	}
	want := `{"model":"m2","messages":[ {"role":"user"} ],"n":7,"added":{"list":[1,2.5,"x"]},"copy":[ {"role":"user"} ],"was":{}}`
	if diff := cmp.Diff(want, string(f.Doc.AppendJSON(nil, root))); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	effects := []string{"attr t.n=3", "attr t.s=s", "header x-a=b", "tag team=red", "warn n: lost"}
	if diff := cmp.Diff(effects, host.effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
	s := p.Metrics().Stats()
	if s.Counters["edits"] != 2 {
		t.Errorf("counter edits is %v, want 2", s.Counters["edits"])
	}
	if n := logs.FilterMessage("edited").Len(); n != 1 {
		t.Errorf("%d log lines, want 1", n)
	}
	if len(s.Hooks) != 1 || s.Hooks[0].Hook != "request" || s.Hooks[0].Calls[OutcomeOK] != 1 || s.Hooks[0].Fuel <= 0 {
		t.Errorf("hook stats: %+v", s.Hooks)
	}
}

func TestEventStateAndEmit(t *testing.T) {
	p := newPool(t, "count")
	f, _, host := newFrame(t, `{}`)
	for i := range 5 {
		f.Doc.Reset()
		root, err := f.Doc.Parse(fmt.Appendf(nil, `{"drop":%v}`, i%2 == 1))
		if err != nil {
			t.Fatal(err)
		}
		drop, err := p.Event(t.Context(), f, root)
		if err != nil || drop != (i%2 == 1) {
			t.Fatalf("event %d: drop %v, %v", i, drop, err)
		}
	}
	f.Doc.Reset()
	if _, err := p.Event(t.Context(), f, 0); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`emit done {"events":6}`}, host.effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
}

// A stream of any length must not let the state grow by what was overwritten.
func TestStateStaysSmall(t *testing.T) {
	p := newPool(t, "count")
	f, root, _ := newFrame(t, `{}`)
	for range 20_000 {
		if _, err := p.Event(t.Context(), f, root); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.State.Added(); n > 2*keepState {
		t.Errorf("state arena grew to %d bytes", n)
	}
	if got := string(f.State.AppendJSON(nil, f.StateRoot)); got != `{"n":20000}` {
		t.Errorf("state is %s", got)
	}
}

func TestTextEditsAndHolds(t *testing.T) {
	p := newPool(t, "swap")
	segs := []text.Segment{
		{Role: abi.RoleUser, Text: []byte("a foo and a foo")},
		{Role: abi.RoleAssistant, Flags: abi.SegmentStreamed, Channel: 3, Path: "/a/b", Text: []byte("ends in fo")},
	}
	var reply text.Reply
	for range 3 { // the reply is reused
		if err := p.Text(t.Context(), &Frame{Host: &fakeHost{}}, abi.PhaseAnswer, segs, &reply); err != nil {
			t.Fatal(err)
		}
		want := []text.Edit{{Segment: 0, Start: 2, Len: 3, Text: []byte("bar!")}, {Segment: 0, Start: 12, Len: 3, Text: []byte("bar!")}}
		if diff := cmp.Diff(want, reply.Edits); diff != "" {
			t.Errorf("edits (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]text.Hold{{Segment: 1, Bytes: 2}}, reply.Holds); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
	}
}

func TestTextNothingToEditAllocatesNothing(t *testing.T) {
	p := newPool(t, "noop")
	f, segs := &Frame{Host: &fakeHost{}}, delta(200)
	var reply text.Reply
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if err := p.Text(ctx, f, abi.PhaseAnswer, segs, &reply); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestTextLargeInput(t *testing.T) {
	p := newPool(t, "swap")
	segs := []text.Segment{{Text: []byte(strings.Repeat("x foo", 1<<16))}}
	var reply text.Reply
	if err := p.Text(t.Context(), nil, abi.PhaseRequest, segs, &reply); err != nil {
		t.Fatal(err)
	}
	if n := len(reply.Edits); n != 1<<16 {
		t.Errorf("%d edits, want %d", n, 1<<16)
	}
	segs[0].Text = make([]byte, 20<<20)
	err := p.Text(t.Context(), nil, abi.PhaseRequest, segs, &reply)
	var failure *Failure
	if !errors.As(err, &failure) || !strings.Contains(failure.Message, "too large for a memory limit of") {
		t.Errorf("got %v, want a Failure that names the memory limit", err)
	}
	if d := p.Metrics().Stats().Discarded; d != 0 {
		t.Errorf("%d instances discarded for an input that was too large", d)
	}
}

func TestBody(t *testing.T) {
	p := newPool(t, "edit")
	got, changed, err := p.Body(t.Context(), nil, []byte("body"))
	if err != nil || !changed || string(got) != "<body>" {
		t.Errorf("got %q, %v, %v", got, changed, err)
	}
	p = newPool(t, "noop")
	if _, changed, err := p.Body(t.Context(), nil, []byte("body")); err != nil || changed {
		t.Errorf("unchanged body: %v, %v", changed, err)
	}
}

func TestEnd(t *testing.T) {
	p := newPool(t, "edit")
	f, root, host := newFrame(t, `{"outcome":"ok"}`)
	if err := p.End(t.Context(), f, root); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"tag seen=ok"}, host.effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
}

func TestFailureAndReject(t *testing.T) {
	p := newPool(t, "fail")
	f, root, host := newFrame(t, `{}`)
	var failure *Failure
	if err := p.Request(t.Context(), f, root); !errors.As(err, &failure) || failure.Message != "no thanks" {
		t.Errorf("request: %v", err)
	}
	var reply text.Reply
	if err := p.Text(t.Context(), f, 0, delta(5), &reply); !errors.As(err, &failure) {
		t.Errorf("text: %v", err)
	}
	if diff := cmp.Diff([]string{"reject 451 no p not here"}, host.effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
	if s := p.Metrics().Stats(); s.Discarded != 0 || s.Instances != 1 {
		t.Errorf("a failing hook cost an instance: %+v", s)
	}
}

func TestConfigureFails(t *testing.T) {
	m := loadGuest(t, newRuntime(t))
	_, err := m.Pool(t.Context(), Spec{Plugin: "fail", Name: "mine", Config: []byte(`{"message":"team is missing"}`)})
	want := "calling plugin mine: configure failed: team is missing"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSkip(t *testing.T) {
	p := newPool(t, "skipper")
	if p.Has(abi.HookEvent) || !p.Has(abi.HookText) || p.Has(abi.HookRequest) {
		t.Errorf("has event %v, text %v, request %v; want only text", p.Has(abi.HookEvent), p.Has(abi.HookText), p.Has(abi.HookRequest))
	}
	f, root, _ := newFrame(t, `{}`)
	if _, err := p.Event(t.Context(), f, root); err != nil {
		t.Errorf("skipped hook was called: %v", err)
	}
}

func TestPanicIsATrap(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	p := newPool(t, "panic", func(s *Spec) { s.Logger = zap.New(core) })
	f, root, _ := newFrame(t, `{"n":3}`)
	err := p.Request(t.Context(), f, root)
	var trap *Trap
	if !errors.As(err, &trap) {
		t.Fatalf("got %v, want a Trap", err)
	}
	if want := "panic: runtime error: index out of range"; !strings.HasPrefix(trap.Reason, want) {
		t.Errorf("reason %q, want prefix %q", trap.Reason, want)
	}
	if logs.FilterLevelExact(zapcore.DebugLevel).Len() == 0 {
		t.Error("the guest's last words are not in the debug log")
	}
	// What the guest says itself may be a user's text.
	f, root, _ = newFrame(t, `{"secret":"my card is 4111"}`)
	if err := p.Request(t.Context(), f, root); err == nil || strings.Contains(err.Error(), "4111") {
		t.Errorf("error quotes the guest: %v", err)
	}
	s := p.Metrics().Stats()
	if s.Instances != 0 || s.Discarded != 2 || s.Memory != 0 {
		t.Errorf("trapped instances are still there: %+v", s)
	}
}

func TestSleepTakesNoTime(t *testing.T) {
	p := newPool(t, "sleep")
	f, root, _ := newFrame(t, `{}`)
	if err := p.Request(t.Context(), f, root); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestCanceled(t *testing.T) {
	p := newPool(t, "burn", withLimits(plugin.Limits{CPU: time.Minute}))
	f, root, _ := newFrame(t, `{"n":-1}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // seen when the guest comes back for fuel
	err := p.Request(ctx, f, root)
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*Trap)) {
		t.Errorf("got %v, want the context's error and no Trap", err)
	}
	if s := p.Metrics().Stats(); s.Instances != 0 || s.Hooks[0].Calls[OutcomeCanceled] != 1 {
		t.Errorf("stats: %+v", s)
	}
}

func TestMemoryIsRecycled(t *testing.T) {
	p := newPool(t, "grow", withLimits(plugin.Limits{Memory: 32 << 20}))
	f, root, _ := newFrame(t, `{"n":4000000}`)
	for range 40 {
		if err := p.Request(t.Context(), f, root); err != nil {
			t.Fatal(err)
		}
		if m := p.Metrics().Stats().Memory; m > 32<<20 {
			t.Fatalf("memory is %d bytes", m)
		}
	}
	if p.Metrics().Stats().Discarded == 0 {
		t.Error("no instance was recycled")
	}
}

// services is a KV, HTTP and Recorder.
type services struct {
	stored   map[string]string
	recorded []string
	err      error
}

func (s *services) Get(_ context.Context, key string) ([]byte, error) {
	if v, ok := s.stored[key]; ok {
		return []byte(v), s.err
	}
	return nil, s.err
}

func (s *services) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	if s.stored[key] = string(value); value == nil {
		delete(s.stored, key)
	}
	if ttl != time.Second {
		return fmt.Errorf("ttl is %v", ttl)
	}
	return s.err
}

func (s *services) Add(context.Context, string, int64, time.Duration) (int64, error) {
	return 12, s.err
}

func (s *services) CompareAndSwap(_ context.Context, key string, old, value []byte, _ time.Duration) (bool, error) {
	if s.stored[key] != string(old) {
		return false, s.err
	}
	if s.stored[key] = string(value); value == nil {
		delete(s.stored, key)
	}
	return true, s.err
}

func (s *services) Do(_ context.Context, request []byte) ([]byte, error) {
	return fmt.Appendf(nil, `{"status":200,"sent":%s}`, request), s.err
}

func (s *services) Record(_ context.Context, sink string, value []byte) error {
	s.recorded = append(s.recorded, sink+" "+string(value))
	return s.err
}

func (s *services) Ready(context.Context, string) error { return s.err }

// Recognise finds the first two bytes of each text, and takes a second.
func (s *services) Recognise(_ context.Context, request []byte, spent *time.Duration) ([]byte, error) {
	s.recorded = append(s.recorded, fmt.Sprintf("%v %s", *spent, request))
	*spent += time.Second
	return []byte(`{"spans":[[{"start":0,"end":2,"type":"PERSON","score":0.5}],[]]}`), s.err
}

func TestRecognise(t *testing.T) {
	svc := new(services)
	p := newPool(t, "names", func(s *Spec) { s.Services.NER = svc })
	segs := []text.Segment{{Role: abi.RoleUser, Text: []byte("Al \"a\"")}, {Role: abi.RoleUser, Text: []byte("龙")}}
	f, _, _ := newFrame(t, `{}`)
	for _, want := range []string{`0s {"texts":["Al \"a\"","龙"],"lang":"de"}`, `1s {"texts":["Al \"a\"","龙"],"lang":"de"}`} {
		var reply text.Reply
		if err := p.Text(t.Context(), f, abi.PhaseRequest, segs, &reply); err != nil {
			t.Fatal(err)
		}
		if len(reply.Edits) != 1 || reply.Edits[0].Segment != 0 || reply.Edits[0].Len != 2 || string(reply.Edits[0].Text) != "PERSON 0.5" {
			t.Errorf("got %+v", reply.Edits)
		}
		if got := svc.recorded[len(svc.recorded)-1]; got != want {
			t.Errorf("the service got %s, want %s", got, want)
		}
	}
	f.Release()
	f, _, _ = newFrame(t, `{}`)
	for _, c := range []struct {
		err  error
		want string
	}{{errors.New("down"), "ner: the service failed"}, {ErrLimit, "ner: a limit would be passed"}} {
		svc.err = c.err
		var reply text.Reply
		if err := p.Text(t.Context(), f, abi.PhaseRequest, segs, &reply); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %s", c.err, err, c.want)
		}
	}

	// Not granted: the plugin can tell beforehand.
	p = newPool(t, "names")
	var reply text.Reply
	if err := p.Text(t.Context(), f, abi.PhaseRequest, segs, &reply); err == nil || !strings.Contains(err.Error(), "has no recogniser") {
		t.Errorf("without grant: %v", err)
	}
}

func TestServices(t *testing.T) {
	svc := &services{stored: map[string]string{}}
	p := newPool(t, "services", func(s *Spec) { s.Services = Services{KV: svc, HTTP: svc, Record: svc} })
	f, root, _ := newFrame(t, `{"v":{"a":1}}`)
	if err := p.Request(t.Context(), f, root); err != nil {
		t.Fatal(err)
	}
	want := `{"v":{"a":1},"got":{"a":1},"none":null,"sum":12,"swapped":true,"http":{"status":200,"sent":{"url":"http://x/"}}}`
	if diff := cmp.Diff(want, string(f.Doc.AppendJSON(nil, root))); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`sink {"a":1}`}, svc.recorded); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}

	// Nothing granted: nothing done.
	p = newPool(t, "services")
	f, root, _ = newFrame(t, `{"v":1}`)
	if err := p.Request(t.Context(), f, root); err == nil || !strings.Contains(err.Error(), "not granted") {
		t.Errorf("without grants: %v", err)
	}
}

func TestHookWithoutDocumentArena(t *testing.T) {
	p := newPool(t, "noop")
	if err := p.Request(t.Context(), &Frame{}, document.Node(1)); err == nil {
		t.Error("a document without its arena was accepted")
	}
}
