package wasm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero/api"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// guest plays a guest: it calls host functions as one would, with memory of its own to point into.
type guest struct {
	t  testing.TB
	in *instance
	at uint32
}

// newGuest gives a guest that is inside hook h.
func newGuest(t testing.TB, h hook, f *Frame, root document.Node, edit ...func(*Spec)) *guest {
	t.Helper()
	m, err := newRuntime(t).Load(t.Context(), assemble(t, "well_behaved"), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	spec := Spec{Limits: plugin.Limits{CPU: time.Minute}}
	for _, e := range edit {
		e(&spec)
	}
	p, err := m.Pool(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	in, err := p.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.discard(in) })
	in.call.begin(t.Context(), h, f)
	in.call.fund(budget(time.Minute, 0), uptime())
	if root != 0 {
		in.call.root = root
		if h := in.call.handle(arenaDoc, root); h != 1 {
			t.Fatalf("root has handle %d", h)
		}
	}
	return &guest{t: t, in: in, at: 70_000}
}

// call calls a host function. Strings become a pointer and a length.
func (g *guest) call(name string, args ...any) int64 {
	g.t.Helper()
	f := functions[name]
	stack := make([]uint64, 0, 8)
	for _, a := range args {
		switch a := a.(type) {
		case string:
			if !g.in.mem.WriteString(g.at, a) {
				g.t.Fatal("the test's memory is full")
			}
			stack = append(stack, uint64(g.at), uint64(len(a)))
			g.at += uint32(len(a))
		case int:
			stack = append(stack, uint64(a))
		case int64:
			stack = append(stack, uint64(a))
		case int32:
			stack = append(stack, uint64(uint32(a)))
		case float64:
			stack = append(stack, api.EncodeF64(a))
		default:
			g.t.Fatalf("argument of type %T", a)
		}
	}
	if len(stack) != len(f.params) {
		g.t.Fatalf("%s takes %d numbers, got %d", name, len(f.params), len(stack))
	}
	stack = append(stack, 0)
	f.call(&g.in.call, stack)
	if f.results == "i" {
		return int64(int32(uint32(stack[0])))
	}
	return int64(stack[0])
}

// text calls a function that fills a buffer.
func (g *guest) text(name string, args ...any) string {
	g.t.Helper()
	const buf, size = 66_000, 1000
	n := g.call(name, append(args, buf, size)...)
	if n < 0 {
		return fmt.Sprint("error ", n)
	}
	b, _ := g.in.mem.Read(buf, uint32(min(n, size)))
	return string(b)
}

// traps tells how f traps the guest, "" if it does not.
func traps(f func()) (reason string) {
	defer func() {
		if r := recover(); r != nil {
			var a *abort
			if err, ok := r.(error); !ok || !errors.As(err, &a) {
				panic(r)
			}
			reason = a.reason
		}
	}()
	f()
	return ""
}

func TestReadFunctions(t *testing.T) {
	f, root, _ := newFrame(t, `{"model":"m1","n":[1,2.5,-3e99,true],"s":"\u9f99\n","a/b":{"~":null}}`)
	g := newGuest(t, hookRequest, f, root)
	get := func(key string) int64 { return g.call(abi.FnGet, 1, key) }
	n, s := get("n"), get("s")
	at := func(i int) int64 { return g.call(abi.FnIndex, n, i) }
	for _, c := range []struct {
		name string
		got  any
		want any
	}{
		{"kind of root", g.call(abi.FnKind, 1), int64(abi.KindObject)},
		{"kind of no handle", g.call(abi.FnKind, 99), int64(0)},
		{"len of root", g.call(abi.FnLen, 1), int64(4)},
		{"len of string", g.call(abi.FnLen, s), int64(4)},
		{"missing member", get("x"), int64(0)},
		{"pointer", g.text(abi.FnJSON, g.call(abi.FnPointer, 1, "/n/1")), "2.5"},
		{"pointer with escapes", g.text(abi.FnJSON, g.call(abi.FnPointer, 1, "/a~1b/~0")), "null"},
		{"empty pointer", g.call(abi.FnKind, g.call(abi.FnPointer, 1, "")), int64(abi.KindObject)},
		{"pointer to nowhere", g.call(abi.FnPointer, 1, "/n/9/x"), int64(0)},
		{"relative pointer", g.call(abi.FnPointer, 1, "n"), int64(0)},
		{"index before the first", at(-1), int64(0)},
		{"index behind the last", at(4), int64(0)},
		{"last, then first", g.text(abi.FnJSON, at(3)) + g.text(abi.FnJSON, at(0)), "true1"},
		{"first", g.text(abi.FnKey, g.call(abi.FnFirst, 1)), "model"},
		{"next", g.text(abi.FnKey, g.call(abi.FnNext, g.call(abi.FnFirst, 1))), "n"},
		{"next of root", g.call(abi.FnNext, 1), int64(0)},
		{"key of an element", g.text(abi.FnKey, at(0)), ""},
		{"string", g.text(abi.FnString, s), "龙\n"},
		{"string of a number", g.call(abi.FnString, at(0), 0, 0), int64(abi.ErrKind)},
		{"string of no handle", g.call(abi.FnString, 99, 0, 0), int64(abi.ErrHandle)},
		{"measured string", g.call(abi.FnString, s, 0, 0), int64(4)},
		{"measured JSON", g.call(abi.FnJSON, n, -1, 0), int64(len("[1,2.5,-3e99,true]"))},
		{"prefix of JSON", g.call(abi.FnJSON, n, 66_000, 2), int64(len("[1,2.5,-3e99,true]"))},
		{"int", g.call(abi.FnInt, at(0)), int64(1)},
		{"int of a fraction", g.call(abi.FnInt, at(1)), int64(2)},
		{"int out of range", g.call(abi.FnInt, at(2)), int64(math.MinInt64)},
		{"int of true", g.call(abi.FnInt, at(3)), int64(1)},
		{"int of a string", g.call(abi.FnInt, s), int64(0)},
		{"float", math.Float64frombits(uint64(g.call(abi.FnFloat, at(1)))), 2.5},
		{"float of true", math.Float64frombits(uint64(g.call(abi.FnFloat, at(3)))), 1.0},
		{"config", g.text(abi.FnJSON, g.call(abi.FnRoot, abi.RootConfig)), "{}"},
		{"state", g.text(abi.FnJSON, g.call(abi.FnRoot, abi.RootState)), "{}"},
		{"record before the end", g.call(abi.FnRoot, abi.RootRecord), int64(0)},
		{"unknown root", g.call(abi.FnRoot, 9), int64(0)},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWriteFunctions(t *testing.T) {
	f, root, _ := newFrame(t, `{"a":[],"o":{},"s":"[1]"}`)
	g := newGuest(t, hookRequest, f, root)
	a, o, s := g.call(abi.FnGet, 1, "a"), g.call(abi.FnGet, 1, "o"), g.call(abi.FnGet, 1, "s")
	state, config := g.call(abi.FnRoot, abi.RootState), g.call(abi.FnRoot, abi.RootConfig)
	ok := int64(abi.OK)
	for _, c := range []struct {
		name string
		got  int64
		want int64
	}{
		{"set_int", g.call(abi.FnSetInt, o, "i", int64(-5)), ok},
		{"set_string", g.call(abi.FnSetString, o, "s", "x\n"), ok},
		{"set_string, not UTF-8", g.call(abi.FnSetString, o, "s", "\xff"), int64(abi.ErrArgument)},
		{"set, key not UTF-8", g.call(abi.FnSet, o, "\xff", a), int64(abi.ErrArgument)},
		{"set of an array", g.call(abi.FnSetInt, a, "x", int64(1)), int64(abi.ErrKind)},
		{"append", g.call(abi.FnAppend, a, g.call(abi.FnNewFloat, 1.5)), ok},
		{"append to an object", g.call(abi.FnAppend, o, a), int64(abi.ErrKind)},
		{"append to itself", g.call(abi.FnAppend, a, a), int64(abi.ErrArgument)},
		{"append to no handle", g.call(abi.FnAppend, 999, a), int64(abi.ErrHandle)},
		{"append no handle", g.call(abi.FnAppend, a, 999), int64(abi.ErrHandle)},
		{"append handle 0", g.call(abi.FnAppend, a, 0), int64(abi.ErrHandle)},
		{"copy into state", g.call(abi.FnSet, state, "o", o), ok},
		{"copy from state", g.call(abi.FnAppend, a, g.call(abi.FnGet, state, "o")), ok},
		{"copy from config", g.call(abi.FnSet, state, "c", config), ok},
		{"set in config", g.call(abi.FnSetInt, config, "x", int64(1)), int64(abi.ErrDenied)},
		{"replace config", g.call(abi.FnReplace, config, a), int64(abi.ErrDenied)},
		{"delete config", g.call(abi.FnDelete, config), int64(abi.ErrDenied)},
		{"delete the document", g.call(abi.FnDelete, 1), int64(abi.ErrArgument)},
		{"new of a number", g.call(abi.FnNew, int(abi.KindNumber)), int64(abi.ErrArgument)},
		{"new_json, broken", g.call(abi.FnNewJSON, "{"), int64(abi.ErrSyntax)},
		{"new_float of infinity", g.call(abi.FnNewFloat, math.Inf(1)), int64(abi.ErrArgument)},
		{"parse", g.call(abi.FnAppend, a, g.call(abi.FnParse, s)), ok},
		{"parse of an array", g.call(abi.FnParse, a), int64(abi.ErrKind)},
		{"stringify", g.call(abi.FnAppend, a, g.call(abi.FnStringify, o)), ok},
		{"slice", g.call(abi.FnAppend, a, g.call(abi.FnSlice, s, 1, 1)), ok},
		{"join", g.call(abi.FnAppend, a, g.call(abi.FnJoin, g.call(abi.FnNewJSON, `["x","y"]`))), ok},
		{"join with a number", g.call(abi.FnJoin, g.call(abi.FnNewJSON, `["x",1]`)), int64(abi.ErrKind)},
		{"join of a string", g.call(abi.FnJoin, s), int64(abi.ErrKind)},
		{"join of nothing", g.call(abi.FnJoin, 0), int64(abi.ErrHandle)},
		{"slice too long", g.call(abi.FnSlice, s, 1, 3), int64(abi.ErrArgument)},
		{"slice inside of a character", g.call(abi.FnSlice, g.call(abi.FnNewString, "é"), 1, 1), int64(abi.ErrArgument)},
		{"slice of a negative length", g.call(abi.FnSlice, s, 1, -1), int64(abi.ErrArgument)},
		{"copy", g.call(abi.FnSet, 1, "copy", g.call(abi.FnCopy, o)), ok},
		{"replace", g.call(abi.FnReplace, o, g.call(abi.FnNew, int(abi.KindNull))), ok},
		{"digest", g.call(abi.FnDigest, s, 66_000), ok},
		{"digest of no handle", g.call(abi.FnDigest, 999, 66_000), int64(abi.ErrHandle)},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, c.got, c.want)
		}
	}
	inner := `{"i":-5,"s":"x\n"}`
	want := `{"a":[1.5,` + inner + `,[1],"{\"i\":-5,\"s\":\"x\\n\"}","1","xy"],"o":null,"s":"[1]","copy":` + inner + `}`
	if diff := cmp.Diff(want, string(f.Doc.AppendJSON(nil, root))); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(`{"o":`+inner+`,"c":{}}`, string(f.State.AppendJSON(nil, f.StateRoot))); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

func TestRecordIsReadOnly(t *testing.T) {
	f, root, host := newFrame(t, `{"outcome":"ok"}`)
	g := newGuest(t, hookEnd, f, root)
	record := g.call(abi.FnRoot, abi.RootRecord)
	if got := g.text(abi.FnJSON, record); got != `{"outcome":"ok"}` {
		t.Errorf("record is %s", got)
	}
	for name, got := range map[string]int64{
		"set":     g.call(abi.FnSetInt, record, "x", int64(1)),
		"delete":  g.call(abi.FnDelete, g.call(abi.FnFirst, record)),
		"replace": g.call(abi.FnReplace, 1, record),
		"header":  g.call(abi.FnSetHeader, "a", "b"),
		"warn":    g.call(abi.FnWarn, "w"),
		"emit":    g.call(abi.FnEmit, 1, ""),
		"reject":  g.call(abi.FnReject, 400, "c", "", ""),
	} {
		if got != int64(abi.ErrDenied) {
			t.Errorf("%s: got %d, want %d", name, got, abi.ErrDenied)
		}
	}
	copied := g.call(abi.FnCopy, record)
	if got := g.call(abi.FnSetInt, copied, "x", int64(1)); got != int64(abi.OK) {
		t.Errorf("edit of a copy: %d", got)
	}
	// A member that is put somewhere is copied, not moved out of the record.
	if got := g.call(abi.FnSet, copied, "o", g.call(abi.FnFirst, record)); got != int64(abi.OK) {
		t.Errorf("set of a member: %d", got)
	}
	if got := string(f.Doc.AppendJSON(nil, root)); got != `{"outcome":"ok"}` {
		t.Errorf("record became %s", got)
	}
	if len(host.effects) != 0 {
		t.Errorf("effects: %v", host.effects)
	}
}

// matrix is the table "Who may call what" of ABI.md.
func TestWhoMayCallWhat(t *testing.T) {
	all := setOf(hookConfigure) | inExchange
	svc := &services{stored: map[string]string{}}
	calls := map[string]struct {
		allowed set
		call    func(g *guest) int64
	}{
		abi.FnHeader:    {inExchange, func(g *guest) int64 { return g.call(abi.FnHeader, "n", 0, 0) }},
		abi.FnSetHeader: {inFlight, func(g *guest) int64 { return g.call(abi.FnSetHeader, "n", "v") }},
		abi.FnSetAttr:   {inFlight, func(g *guest) int64 { return g.call(abi.FnSetAttr, "t.n", g.call(abi.FnNewInt, 1)) }},
		abi.FnTag:       {inExchange, func(g *guest) int64 { return g.call(abi.FnTag, "n", "v") }},
		abi.FnWarn:      {inFlight, func(g *guest) int64 { return g.call(abi.FnWarn, "w") }},
		abi.FnRespond:   {setOf(hookRequest), func(g *guest) int64 { return g.call(abi.FnRespond, 200, 1, 0) }},
		abi.FnReject:    {inFlight, func(g *guest) int64 { return g.call(abi.FnReject, 400, "c", "", "") }},
		abi.FnEmit:      {setOf(hookEvent), func(g *guest) int64 { return g.call(abi.FnEmit, 1, "") }},
		abi.FnFail:      {all, func(g *guest) int64 { return g.call(abi.FnFail, "why") }},
		abi.FnLog:       {all, func(g *guest) int64 { return g.call(abi.FnLog, abi.LevelInfo, "line") }},
		abi.FnMetric:    {all, func(g *guest) int64 { return g.call(abi.FnMetric, "edits", 1.0) }},
		abi.FnMAC:       {all, func(g *guest) int64 { return g.call(abi.FnMAC, "", "message", 66_000) }},
		abi.FnSkip:      {setOf(hookConfigure), func(g *guest) int64 { return g.call(abi.FnSkip, abi.HookText) }},
		abi.FnWatch:     {setOf(hookConfigure), func(g *guest) int64 { return g.call(abi.FnWatch, 1, "<") }},
		abi.FnRandom:    {all, func(g *guest) int64 { return g.call(abi.FnRandom, 66_000, 16) }},
		abi.FnKVGet:     {inExchange, func(g *guest) int64 { return g.call(abi.FnKVGet, "k") }},
		abi.FnKVSet:     {inExchange, func(g *guest) int64 { return g.call(abi.FnKVSet, "k", 0, int64(1000)) }},
		abi.FnKVCas:     {inExchange, func(g *guest) int64 { return g.call(abi.FnKVCas, "k", 0, 0, int64(0)) }},
		abi.FnKVAdd: {inExchange, func(g *guest) int64 {
			if g.call(abi.FnKVAdd, "k", int64(1), int64(0)) == math.MinInt64 {
				return int64(abi.ErrDenied)
			}
			return 0
		}},
		abi.FnHTTP:   {inExchange, func(g *guest) int64 { return g.call(abi.FnHTTP, g.call(abi.FnNew, int(abi.KindObject))) }},
		abi.FnRecord: {inExchange, func(g *guest) int64 { return g.call(abi.FnRecord, "s", g.call(abi.FnNewInt, 1)) }},
		abi.FnNER:    {inFlight, func(g *guest) int64 { return g.call(abi.FnNER, g.call(abi.FnNew, int(abi.KindObject))) }},
	}
	for h := hookConfigure; h < hookCount; h++ {
		var f *Frame
		var root document.Node
		if h != hookConfigure {
			f, root, _ = newFrame(t, `{}`)
			f.Host.(*fakeHost).header = map[string]string{"n": "v"}
		}
		g := newGuest(t, h, f, root, func(s *Spec) { s.Services = Services{KV: svc, HTTP: svc, Record: svc, NER: svc} })
		g.in.seat.describe = &plugin.Description{Hooks: []string{abi.HookText}, Attributes: map[string]string{"t.n": "int"}}
		g.in.seat.counters["edits"] = g.in.metrics.counter("edits")
		for name, c := range calls {
			got := c.call(g)
			if c.allowed.has(h) && got < 0 || !c.allowed.has(h) && got != int64(abi.ErrDenied) {
				t.Errorf("%s in %s: got %d, allowed is %v", name, h, got, c.allowed.has(h))
			}
		}
		if got := g.call(abi.FnNER, 0); got != 0 {
			t.Errorf("asking for the grant ner in %s: got %d", h, got)
		}
		if got := g.call(abi.FnKVGet, ""); got != 0 {
			t.Errorf("asking for the grant kv in %s: got %d", h, got)
		}
		for _, tt := range []struct {
			sink string
			err  error
			want int64
		}{{"s", nil, 0}, {"s", ErrDenied, int64(abi.ErrDenied)}, {"s", errors.New("full"), int64(abi.ErrIO)}, {"", nil, int64(abi.ErrArgument)}} {
			svc.err = tt.err
			if got := g.call(abi.FnRecord, tt.sink, 0); got != tt.want {
				t.Errorf("asking for the sink %q in %s: got %d, want %d", tt.sink, h, got, tt.want)
			}
		}
		svc.err = nil
		if state := g.call(abi.FnRoot, abi.RootState); (state > 0) != inExchange.has(h) {
			t.Errorf("root of state in %s: %d", h, state)
		}
	}
}

func TestBounds(t *testing.T) {
	f, root, host := newFrame(t, `{}`)
	g := newGuest(t, hookEvent, f, root)
	long := strings.Repeat("x", abi.MaxMessage+1)
	limit := int64(abi.ErrLimit)
	for name, got := range map[string]int64{
		"tag":    g.call(abi.FnTag, "n", long),
		"warn":   g.call(abi.FnWarn, long),
		"log":    g.call(abi.FnLog, abi.LevelInfo, long),
		"header": g.call(abi.FnSetHeader, "n", long),
		"reject": g.call(abi.FnReject, 400, "c", "", long),
	} {
		if got != limit {
			t.Errorf("%s: got %d, want %d", name, got, limit)
		}
	}
	if got := g.call(abi.FnFail, long); got != int64(abi.OK) || len(g.in.call.reason) != abi.MaxMessage {
		t.Errorf("fail: %d, %d bytes kept", got, len(g.in.call.reason))
	}
	if got := g.call(abi.FnRandom, 66_000, abi.RandomMax+1); got != int64(abi.ErrArgument) {
		t.Errorf("random: %d", got)
	}
	for _, bad := range [][2]string{{"a b", "v"}, {"a", "x\r\ny: z"}, {"", "v"}, {"é", "v"}} {
		if got := g.call(abi.FnSetHeader, bad[0], bad[1]); got != int64(abi.ErrArgument) {
			t.Errorf("header %q: %q: got %d", bad[0], bad[1], got)
		}
	}
	emits := 0
	for g.call(abi.FnEmit, 1, "") == int64(abi.OK) {
		emits++
	}
	if emits != abi.MaxEmits || len(host.effects) != abi.MaxEmits {
		t.Errorf("%d events emitted, %d reached the host, want %d", emits, len(host.effects), abi.MaxEmits)
	}
}

// What one call may add is bounded, by whatever way it adds it.
func TestGrowthIsBounded(t *testing.T) {
	big := `{"s":"` + strings.Repeat("x", 1<<20) + `","a":[],"o":{}}`
	for name, grow := range map[string]func(g *guest) int64{
		"stringify": func(g *guest) int64 { return g.call(abi.FnStringify, 2) },
		"append stringified": func(g *guest) int64 {
			return g.call(abi.FnAppend, 3, max(0, g.call(abi.FnStringify, 2)))
		},
		"state": func(g *guest) int64 {
			return g.call(abi.FnSet, g.call(abi.FnRoot, abi.RootState), "k", 2)
		},
		"new objects": func(g *guest) int64 { return g.call(abi.FnNew, int(abi.KindObject)) },
	} {
		t.Run(name, func(t *testing.T) {
			f, root, _ := newFrame(t, big)
			g := newGuest(t, hookRequest, f, root)
			g.call(abi.FnGet, 1, "s")
			g.call(abi.FnGet, 1, "a")
			steps := 0
			for grow(g) >= 0 {
				if steps++; steps > 1<<21 {
					t.Fatal("no end")
				}
			}
			added := f.Doc.Added()
			if f.State != nil {
				added += f.State.Added()
			}
			if added > 2*abi.MaxString {
				t.Errorf("%d bytes added, want at most %d", added, 2*abi.MaxString)
			}
		})
	}
}

// A part of a long text is no copy, so that it may be longer than what a call may add. A text with escapes
// has to be decoded.
func TestSliceOfLongText(t *testing.T) {
	long := strings.Repeat("A", abi.MaxString+100)
	f, root, _ := newFrame(t, `{"url":"data:image/png;base64,`+long+`","escaped":"\n`+long+`"}`)
	g := newGuest(t, hookRequest, f, root)
	before := f.Doc.Added()
	part := g.call(abi.FnSlice, g.call(abi.FnGet, 1, "url"), 22, len(long))
	if part <= 0 || f.Doc.Added()-before > 100 {
		t.Errorf("slice: %d, with %d bytes added", part, f.Doc.Added()-before)
	}
	if got := g.call(abi.FnSlice, g.call(abi.FnGet, 1, "escaped"), 1, len(long)); got != int64(abi.ErrLimit) {
		t.Errorf("slice of a text with escapes: %d, want %d", got, abi.ErrLimit)
	}
}

// Copies share bytes: a value that prints as terabytes must not be printed.
func TestPrintBomb(t *testing.T) {
	f, root, _ := newFrame(t, `{"s":"`+strings.Repeat("x", 1<<20)+`","a":[]}`)
	g := newGuest(t, hookRequest, f, root)
	s, a := g.call(abi.FnGet, 1, "s"), g.call(abi.FnGet, 1, "a")
	for range 1000 {
		if got := g.call(abi.FnAppend, a, g.call(abi.FnCopy, s)); got != int64(abi.OK) {
			t.Fatal(got)
		}
	}
	limit := int64(abi.ErrLimit)
	for name, got := range map[string]int64{
		"json":      g.call(abi.FnJSON, a, 66_000, 100),
		"stringify": g.call(abi.FnStringify, a),
		"digest":    g.call(abi.FnDigest, a, 66_000),
		"respond":   g.call(abi.FnRespond, 200, a, 0),
		"state":     g.call(abi.FnSet, g.call(abi.FnRoot, abi.RootState), "k", a),
	} {
		if got != limit {
			t.Errorf("%s: got %d, want %d", name, got, limit)
		}
	}
	if !g.in.call.shared {
		t.Error("the call does not know that its document may print long")
	}
}

func TestHandlesAreBounded(t *testing.T) {
	f, root, _ := newFrame(t, `{"a":1}`)
	g := newGuest(t, hookRequest, f, root)
	for range abi.MaxHandles + 10 {
		if h := g.call(abi.FnFirst, 1); h < 0 {
			if h != int64(abi.ErrLimit) {
				t.Errorf("got %d", h)
			}
			if n := len(g.in.call.refs); n != abi.MaxHandles {
				t.Errorf("%d handles", n)
			}
			return
		}
	}
	t.Error("handles without end")
}

func TestHandlesEndWithTheCall(t *testing.T) {
	f, root, _ := newFrame(t, `{"a":1}`)
	g := newGuest(t, hookRequest, f, root)
	h := g.call(abi.FnFirst, 1)
	g.in.call.end()
	g.in.call.begin(t.Context(), hookRequest, f)
	if got := g.call(abi.FnKind, h); got != 0 {
		t.Errorf("a handle of the call before stands for kind %d", got)
	}
}

func TestPointersOutsideMemoryTrap(t *testing.T) {
	f, root, _ := newFrame(t, `{"s":"x"}`)
	g := newGuest(t, hookRequest, f, root)
	size := int(g.in.mem.Size())
	for name, call := range map[string]func(){
		"get":        func() { g.call(abi.FnGet, 1, size, 1) },
		"get, long":  func() { g.call(abi.FnGet, 1, 0, -1) },
		"new_string": func() { g.call(abi.FnNewString, size-1, 2) },
		"string":     func() { g.call(abi.FnString, 2, -8, 16) },
		"digest":     func() { g.call(abi.FnDigest, 1, size-31) },
		"mac":        func() { g.call(abi.FnMAC, "", "message", size-31) },
		"random":     func() { g.call(abi.FnRandom, size-1, 2) },
	} {
		g.call(abi.FnGet, 1, "s")
		if got := traps(call); !strings.Contains(got, "host function was given") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := traps(func() { g.call(abi.FnGet, 1, -1, 0) }); got != "" {
		t.Errorf("a pointer to nothing traps: %s", got)
	}
}

func TestAttributes(t *testing.T) {
	f, root, host := newFrame(t, `{"i":1,"f":1.5,"b":true,"s":"x"}`)
	host.attrs = map[string]any{"i": int64(-3), "f": 2.5, "b": true, "s": "é", "odd": []int{1}}
	g := newGuest(t, hookRequest, f, root)
	g.in.seat.describe = &plugin.Description{Attributes: map[string]string{"t.i": "int", "t.f": "float", "t.b": "bool", "t.s": "string"}}
	for name, want := range map[string]string{"i": "-3", "f": "2.5", "b": "true", "s": `"é"`} {
		if got := g.text(abi.FnJSON, g.call(abi.FnAttr, name)); got != want {
			t.Errorf("attr %s: got %s, want %s", name, got, want)
		}
	}
	if got := g.call(abi.FnAttr, "none") + g.call(abi.FnAttr, "odd"); got != 0 {
		t.Errorf("attributes that are none gave %d", got)
	}
	for _, c := range []struct {
		name, from string
		want       int32
	}{
		{"t.i", "i", abi.OK}, {"t.i", "s", abi.ErrKind}, {"t.i", "f", abi.ErrKind}, {"t.f", "i", abi.OK}, {"t.f", "f", abi.OK},
		{"t.b", "b", abi.OK}, {"t.b", "i", abi.ErrKind}, {"t.s", "s", abi.OK}, {"t.s", "b", abi.ErrKind}, {"t.x", "i", abi.ErrDenied},
	} {
		if got := g.call(abi.FnSetAttr, c.name, g.call(abi.FnGet, 1, c.from)); got != int64(c.want) {
			t.Errorf("set_attr %s from %s: got %d, want %d", c.name, c.from, got, c.want)
		}
	}
	if got := g.call(abi.FnSetAttr, "t.i", 999); got != int64(abi.ErrHandle) {
		t.Errorf("set_attr of no handle: %d", got)
	}
}

func TestWASI(t *testing.T) {
	g := newGuest(t, hookConfigure, nil, 0)
	call := func(name string, args ...uint64) uint64 {
		stack := append(args, 0)
		wasiFunctions[name].call(&g.in.call, stack)
		return stack[0]
	}
	u64 := func(at uint32) uint64 { v, _ := g.in.mem.ReadUint64Le(at); return v }
	const at = 66_000
	if call("clock_time_get", 1, 0, at) != wasiOK {
		t.Fatal("clock_time_get failed")
	}
	first := u64(at)
	// A subscription to the monotonic clock, an hour from now.
	sub := make([]byte, subscriptionSize)
	binary.LittleEndian.PutUint64(sub, 7)
	binary.LittleEndian.PutUint32(sub[16:], 1)
	binary.LittleEndian.PutUint64(sub[24:], uint64(time.Hour))
	g.in.mem.Write(at+100, sub)
	if call("poll_oneoff", at+100, at+200, 1, at+300) != wasiOK {
		t.Fatal("poll_oneoff failed")
	}
	if n, _ := g.in.mem.ReadUint32Le(at + 300); n != 1 || u64(at+200) != 7 {
		t.Errorf("%d events, the first for %d", n, u64(at+200))
	}
	call("clock_time_get", 1, 0, at)
	if slept := time.Duration(u64(at) - first); slept < time.Hour {
		t.Errorf("the guest slept %v, want an hour", slept)
	}
	for name, want := range map[string]uint64{
		"path_open": wasiNotCap, "fd_close": wasiBadF, "fd_prestat_get": wasiBadF, "sock_send": wasiBadF, "proc_raise": wasiNoSys,
	} {
		args := make([]uint64, len(wasiFunctions[name].params))
		if got := call(name, args...); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
	if call("poll_oneoff", at, at, 0, at) != wasiInval || call("poll_oneoff", at, at, 1<<20, at) != wasiInval {
		t.Error("poll_oneoff took a bad number of subscriptions")
	}
	if got := traps(func() { call("proc_exit", 3) }); got != "called proc_exit(3)" {
		t.Errorf("proc_exit: %q", got)
	}
	g.in.mem.WriteUint32Le(at, at+64)
	g.in.mem.WriteUint32Le(at+4, 3)
	g.in.mem.WriteString(at+64, "abc")
	if call("fd_write", 2, at, 1, at+16) != wasiOK || string(g.in.line) != "abc" {
		t.Errorf("standard error: %q", g.in.line)
	}
	if call("fd_write", 3, at, 1, at+16) != wasiBadF {
		t.Error("fd_write to a file")
	}
	before := g.in.call.left()
	call("random_get", at, 1000)
	if spent := before - g.in.call.left(); spent < 1000 {
		t.Errorf("1000 random bytes cost %d", spent)
	}
}

// Reading a copy gives its children nodes: that is bounded like editing.
func TestVisitingCopiesIsBounded(t *testing.T) {
	f, root, _ := newFrame(t, `{"a":[`+strings.Repeat("[],", 200_000)+`0]}`)
	g := newGuest(t, hookRequest, f, root)
	var copies []int64
	for range 50 {
		copies = append(copies, g.call(abi.FnCopy, g.call(abi.FnGet, 1, "a")))
	}
	for _, c := range copies {
		g.call(abi.FnFirst, c)
		g.call(abi.FnIndex, c, 5)
		g.call(abi.FnLen, c)
		g.call(abi.FnPointer, c, "/7")
	}
	if n := f.Doc.Added(); n > 2*abi.MaxString {
		t.Errorf("%d bytes added by reading", n)
	}
}

// The bound is of the state's text, not of what was ever written to it.
func TestStateMayBeOverwritten(t *testing.T) {
	f, root, _ := newFrame(t, `{}`)
	g := newGuest(t, hookRequest, f, root)
	state := g.call(abi.FnRoot, abi.RootState)
	large := strings.Repeat("x", abi.MaxState/128)
	for i := range 300 {
		if got := g.call(abi.FnSetString, state, fmt.Sprint(i%100), large); got != int64(abi.OK) {
			t.Fatalf("write %d: %d", i, got)
		}
		g.at = 70_000
	}
	if got := g.call(abi.FnSet, state, "x", g.call(abi.FnNewString, strings.Repeat("y", 40<<10))); got != int64(abi.OK) {
		t.Fatalf("still less than the bound: %d", got)
	}
	g.at = 70_000
	for i := range 40 {
		if got := g.call(abi.FnSetString, state, fmt.Sprint("n", i), large); got == int64(abi.ErrLimit) {
			if n := f.State.Size(f.StateRoot); n > abi.MaxState || n < abi.MaxState-2*len(large) {
				t.Errorf("refused at %d bytes", n)
			}
			return
		}
		g.at = 70_000
	}
	t.Errorf("state grew to %d bytes", f.State.Size(f.StateRoot))
}

// A stream that edits a large state with each event pays for the edits, and seldom for measuring the state.
func TestStateIsSeldomMeasured(t *testing.T) {
	f, root, _ := newFrame(t, `{}`)
	g := newGuest(t, hookRequest, f, root)
	state := g.call(abi.FnRoot, abi.RootState)
	large := strings.Repeat("x", abi.MaxState/100)
	for i := range 80 {
		if got := g.call(abi.FnSetString, state, fmt.Sprint(i), large); got != int64(abi.OK) {
			t.Fatalf("write %d: %d", i, got)
		}
		g.at = 70_000
	}
	f.compact()
	state = g.call(abi.FnRoot, abi.RootState)
	text := strings.Repeat("x", 400)
	measured, last := 0, f.known
	for i := range 10_000 {
		if got := g.call(abi.FnSetString, state, "s", text); got != int64(abi.OK) {
			t.Fatalf("edit %d: %d", i, got)
		}
		g.at = 70_000
		if f.known != last {
			measured, last = measured+1, f.known
		}
	}
	if measured == 0 || measured > 10 {
		t.Errorf("measured %d times", measured)
	}
}

func TestRandomIsInjected(t *testing.T) {
	g := newGuest(t, hookConfigure, nil, 0, func(s *Spec) { s.Random = strings.NewReader("abcdefgh") })
	g.call(abi.FnRandom, 66_000, 4)
	stack := []uint64{66_004, 4}
	wasiFunctions["random_get"].call(&g.in.call, stack)
	if b, _ := g.in.mem.Read(66_000, 8); string(b) != "abcdefgh" {
		t.Errorf("got %q", b)
	}
	if got := traps(func() { g.call(abi.FnRandom, 66_000, 1) }); got != "there are no random bytes: EOF" {
		t.Errorf("at the end: %q", got)
	}
}

func TestChildren(t *testing.T) {
	f, root, _ := newFrame(t, `{"a":1,"`+strings.Repeat("n", 100)+`":"x","c":[]}`)
	g := newGuest(t, hookRequest, f, root)
	const buf = 66_000
	if n := g.call(abi.FnChildren, 1, buf, 1000); n != 3 {
		t.Fatalf("%d children listed", n)
	}
	b, _ := g.in.mem.Read(buf, 1000)
	want := words(2, 3)
	want = append(want, byte(abi.KindNumber), 1, 1, 0, 'a')
	want = append(append(want, byte(abi.KindString), abi.ListNameMax, 100, 0), strings.Repeat("n", abi.ListNameMax)...)
	want = append(want, byte(abi.KindArray), 1, 1, 0, 'c')
	if diff := cmp.Diff(want, b[:len(want)]); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if got := g.text(abi.FnString, 3); got != "x" {
		t.Errorf("the second child is %q", got)
	}
	if n := g.call(abi.FnChildren, 1, buf, 20); n != 1 {
		t.Errorf("%d children listed where one fits", n)
	}
	if n := g.call(abi.FnChildren, 99, buf, 100) + g.call(abi.FnChildren, 2, buf, 100) + g.call(abi.FnChildren, 1, buf, 4); n != 0 {
		t.Errorf("%d children of what has none, or no room", n)
	}
}
