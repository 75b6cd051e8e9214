package wasm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

func assemble(t testing.TB, name string) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", "hostile", name+".wat"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := wasmtext.Assemble(string(src))
	if err != nil {
		t.Fatalf("%s.wat:%v", name, err)
	}
	return b
}

func hostileNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "hostile", "*.wat"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no hostile guests: %v", err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".wat")
	}
	return files
}

// attack is what came of one hostile guest.
type attack struct {
	stage string // "load", "pool" or a hook; "" if nothing failed
	err   error
}

// run loads a hostile guest and calls each of its hooks once. It returns the first error.
func runHostile(t testing.TB, r *Runtime, wasm []byte) (a attack, p *Pool) {
	t.Helper()
	ctx := t.Context()
	m, err := r.Load(ctx, wasm, 0)
	if err != nil {
		return attack{"load", err}, nil
	}
	defer m.Close()
	p, err = m.Pool(ctx, Spec{Limits: plugin.Limits{CPU: 20 * time.Millisecond, Memory: 4 << 20}})
	if err != nil {
		return attack{"pool", err}, nil
	}
	t.Cleanup(p.Close)
	f, root, _ := newFrame(t, `{"model":"m","messages":[{"role":"user","content":"hello"}]}`)
	segs := []text.Segment{{Role: abi.RoleUser, Flags: abi.SegmentStreamed, Text: []byte("hello!")}}
	var reply text.Reply
	for h := hookRequest; h < hookCount; h++ {
		if !p.Has(h.String()) {
			continue
		}
		switch h {
		case hookRequest:
			err = p.Request(ctx, f, root)
		case hookResponse:
			err = p.Response(ctx, f, root)
		case hookEvent:
			_, err = p.Event(ctx, f, root)
		case hookText:
			err = p.Text(ctx, f, abi.PhaseAnswer, segs, &reply)
		case hookBody:
			_, _, err = p.Body(ctx, f, []byte("body"))
		case hookEnd:
			err = p.End(ctx, f, root)
		}
		if err != nil {
			return attack{h.String(), err}, p
		}
	}
	return attack{}, p
}

// What users read of each hostile guest: the stage that fails and the whole error.
var hostileErrors = map[string]struct{ stage, text string }{
	"body_gigabyte":                   {"body", "calling plugin body_gigabyte: body: answer of 1073741824 bytes, expected at most 67108864"},
	"buffer_out_of_bounds":            {"text", "calling plugin buffer_out_of_bounds: text: gave a buffer of 4096 bytes at 2147418112, outside of its 131072 bytes of memory"},
	"bulk_fill_storm":                 {"text", "calling plugin bulk_fill_storm: text: used up its CPU time, limit 20ms per call"},
	"deep_recursion":                  {"text", "calling plugin deep_recursion: text: used up its CPU time, limit 20ms per call"},
	"emit_storm":                      {"event", "calling plugin emit_storm: event: used up its CPU time, limit 20ms per call"},
	"endless_in_configure":            {"pool", "calling plugin endless_in_configure: configure: used up its CPU time, limit 1s per call"},
	"endless_loop":                    {"text", "calling plugin endless_loop: text: used up its CPU time, limit 20ms per call"},
	"exponential_recursion":           {"text", "calling plugin exponential_recursion: text: used up its CPU time, limit 20ms per call"},
	"giant_table":                     {"load", "loading module: rewriting module: table section: offset 0x2e: table 0 begins with 100000000 elements (781250 KiB), at most 131072 (1024 KiB) expected"},
	"handle_forgery":                  {"", ""},
	"hold_too_much":                   {"text", "calling plugin hold_too_much: text: text reply breaks the contract: hold 0: 1048576 bytes pass the segment's 6"},
	"host_call_storm":                 {"text", "calling plugin host_call_storm: text: used up its CPU time, limit 20ms per call"},
	"imported_memory":                 {"load", "loading module: rewriting module: import section: offset 0x2c: import \"env\".\"memory\" is a memory, only functions can be imported: a guest defines its own memory, tables and globals"},
	"initialize_never_returns":        {"load", "loading module: calling plugin module: start: used up its CPU time, limit 1s per call"},
	"log_flood":                       {"text", "calling plugin log_flood: text: used up its CPU time, limit 20ms per call"},
	"manifest_not_json":               {"load", "loading module: parsing manifest: invalid character 'h' looking for beginning of value"},
	"manifest_out_of_bounds":          {"load", "loading module: calling plugin module: manifest: manifest of 64 bytes at 196608, outside of memory"},
	"manifest_wrong_abi":              {"load", "loading module: parsing manifest: plugin 0: manifest_wrong_abi: abi is 99, expected 1"},
	"memory_grow_limit":               {"", ""},
	"memory_grow_loop":                {"text", "calling plugin memory_grow_loop: text: used up its CPU time, limit 20ms per call"},
	"missing_buffer":                  {"load", "loading module: exports no function longmen_v1_buffer (i32) -> (i32), but the manifest of missing_buffer names hook text"},
	"missing_hook_export":             {"load", "loading module: exports no function longmen_v1_request (i32) -> (i32), but the manifest of missing_hook_export names hook request"},
	"missing_memory":                  {"load", "loading module: exports no memory called \"memory\", expected one"},
	"negative_hold":                   {"text", "calling plugin negative_hold: text: text reply breaks the contract: hold 0: 4294967295 bytes pass the segment's 6"},
	"new_node_storm":                  {"request", "calling plugin new_node_storm: request: used up its CPU time, limit 20ms per call"},
	"reserved_export":                 {"load", "loading module: rewriting module: export section: offset 0x58: export \"longmen_v1_fuel\" is reserved for the host"},
	"reserved_import":                 {"load", "loading module: rewriting module: import section: offset 0x33: import \"longmen_v1\".\"refuel\" is reserved for the host"},
	"start_never_returns":             {"load", "loading module: calling plugin module: start: used up its CPU time, limit 1s per call"},
	"state_abuse":                     {"request", "calling plugin state_abuse: request: used up its CPU time, limit 20ms per call"},
	"text_edit_out_of_range":          {"text", "calling plugin text_edit_out_of_range: text: text reply breaks the contract: edit 0: range 2147483647+1 passes the segment's 6 bytes"},
	"text_edit_overlapping":           {"text", "calling plugin text_edit_overlapping: text: text reply breaks the contract: edit 1: starts at 1 inside the edit before, which ends at 2"},
	"text_edit_unsorted":              {"text", "calling plugin text_edit_unsorted: text: text reply breaks the contract: edit 1: starts at 0 inside the edit before, which ends at 3"},
	"text_invalid_utf8":               {"text", "calling plugin text_invalid_utf8: text: text reply breaks the contract: edit 0: replacement is not valid UTF-8"},
	"text_reply_gigabyte":             {"text", "calling plugin text_reply_gigabyte: text: answer of 1073741824 bytes, expected at most 67108864"},
	"text_reply_out_of_memory_bounds": {"text", "calling plugin text_reply_out_of_memory_bounds: text: answer of 64 bytes at 131056, outside of its 131072 bytes of memory"},
	"unknown_import":                  {"load", "loading module: imports \"provider_keys\" of module longmen_v1, which has no such function"},
	"unreachable":                     {"text", "calling plugin unreachable: text: unreachable"},
	"well_behaved":                    {"", ""},
	"wrong_type_export":               {"load", "loading module: exports longmen_v1_text as (i32) -> (i32), expected (i32, i32) -> (i64)"},
	"wrong_type_import":               {"load", "loading module: imports longmen_v1.kind as (i64) -> (i64), expected (i32) -> (i32)"},
}

func TestHostileGuests(t *testing.T) {
	r := newRuntime(t)
	// A neighbour that nothing may disturb.
	good, err := loadGuest(t, r).Pool(t.Context(), Spec{Plugin: "noop"})
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	for _, name := range hostileNames(t) {
		t.Run(name, func(t *testing.T) {
			goroutines := runtime.NumGoroutine()
			a, p := runHostile(t, r, assemble(t, name))
			got := struct{ stage, text string }{stage: a.stage}
			if a.err != nil {
				got.text = a.err.Error()
			}
			if name == "deep_recursion" && strings.HasSuffix(got.text, ": stack overflow") {
				// Growing the stack takes time that may use up the limit before.
				got.text = hostileErrors[name].text
			}
			if diff := cmp.Diff(hostileErrors[name], got, cmp.AllowUnexported(got)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if p != nil {
				s := p.Metrics().Stats()
				var open *Open
				if a.err != nil && !errors.As(a.err, new(*Failure)) && !errors.As(a.err, &open) && s.Instances != 0 {
					t.Errorf("%d instances live after a break, want none", s.Instances)
				}
				p.Close()
				if diff := cmp.Diff([]int64{0, 0}, []int64{p.Metrics().Stats().Instances, p.Metrics().Stats().Memory}); diff != "" {
					t.Errorf("instances and memory after closing (-want +got):\n%s", diff)
				}
			}
			noMoreGoroutines(t, goroutines)
			f, root, _ := newFrame(t, `{}`)
			if err := good.Request(context.Background(), f, root); err != nil {
				t.Errorf("neighbour: %v", err)
			}
		})
	}
}
