package integration

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// refused are the hostile guests that never run: what caddy validate says of them.
var refused = map[string]string{
	"empty":                    `./x.wasm: loading module: rewriting module: no WebAssembly module: it does not begin with \0asm`,
	"endless_in_configure":     "calling plugin x: configure: used up its CPU time, limit 1s per call",
	"giant_table":              "./x.wasm: loading module: rewriting module: table section: offset 0x2e: table 0 begins with 100000000 elements (781250 KiB), at most 131072 (1024 KiB) expected",
	"imported_memory":          `./x.wasm: loading module: rewriting module: import section: offset 0x2c: import "env"."memory" is a memory, only functions can be imported: a guest defines its own memory, tables and globals`,
	"initialize_never_returns": "./x.wasm: loading module: calling plugin module: start: used up its CPU time, limit 1s per call",
	"manifest_not_json":        "./x.wasm: loading module: parsing manifest: invalid character 'h' looking for beginning of value",
	"manifest_out_of_bounds":   "./x.wasm: loading module: calling plugin module: manifest: manifest of 64 bytes at 196608, outside of memory",
	"manifest_wrong_abi":       "./x.wasm: loading module: parsing manifest: plugin 0: manifest_wrong_abi: abi is 99, expected 1",
	"missing_buffer":           "./x.wasm: loading module: exports no function longmen_v1_buffer (i32) -> (i32), but the manifest of missing_buffer names hook text",
	"missing_hook_export":      "./x.wasm: loading module: exports no function longmen_v1_request (i32) -> (i32), but the manifest of missing_hook_export names hook request",
	"missing_memory":           `./x.wasm: loading module: exports no memory called "memory", expected one`,
	"not_wasm":                 `./x.wasm: loading module: rewriting module: no WebAssembly module: it does not begin with \0asm`,
	"reserved_export":          `./x.wasm: loading module: rewriting module: export section: offset 0x58: export "longmen_v1_fuel" is reserved for the host`,
	"reserved_import":          `./x.wasm: loading module: rewriting module: import section: offset 0x33: import "longmen_v1"."refuel" is reserved for the host`,
	"start_never_returns":      "./x.wasm: loading module: calling plugin module: start: used up its CPU time, limit 1s per call",
	"truncated":                "./x.wasm: loading module: rewriting module: offset 0xa6: unexpected end, more bytes expected",
	"unknown_import":           `./x.wasm: loading module: imports "provider_keys" of module longmen_v1, which has no such function`,
	"wrong_type_export":        "./x.wasm: loading module: exports longmen_v1_text as (i32) -> (i32), expected (i32, i32) -> (i64)",
	"wrong_type_import":        "./x.wasm: loading module: imports longmen_v1.kind as (i64) -> (i64), expected (i32) -> (i32)",
}

// breaks tells when a hostile guest breaks.
type breaks uint8

const (
	always   breaks = iota
	streamed        // in an event hook
	never           // its abuse comes to nothing
)

// hostile are the hostile guests that load.
var hostile = map[string]breaks{
	"body_gigabyte":                   never, // it has only a body hook, and a chat is no raw body
	"buffer_out_of_bounds":            always,
	"bulk_fill_storm":                 always,
	"deep_recursion":                  always,
	"emit_storm":                      streamed,
	"endless_loop":                    always,
	"exponential_recursion":           always,
	"handle_forgery":                  never,
	"hold_too_much":                   always,
	"host_call_storm":                 always,
	"log_flood":                       always,
	"memory_grow_limit":               never,
	"memory_grow_loop":                always,
	"negative_hold":                   always,
	"new_node_storm":                  always,
	"state_abuse":                     always,
	"text_edit_out_of_range":          always,
	"text_edit_overlapping":           always,
	"text_edit_unsorted":              always,
	"text_invalid_utf8":               always,
	"text_reply_gigabyte":             always,
	"text_reply_out_of_memory_bounds": always,
	"unreachable":                     always,
	"edit_then_trap":                  streamed,
}

// editThenTrap edits each event and breaks before it has finished.
var editThenTrap = own("edit_then_trap", `["event"]`, `
	(import "longmen_v1" "set_string" (func $set_string (param i32 i32 i32 i32 i32) (result i32)))`, `
	(data (i32.const 1024) "choices" "half")
	(func (export "longmen_v1_event") (param $document i32) (result i32)
		(drop (call $set_string (local.get $document) (i32.const 1024) (i32.const 7) (i32.const 1031) (i32.const 4)))
		(unreachable))`)

// holder holds back all that it is shown of an answer until it is final.
var holder = own("holder", `["text"]`, "", `
	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(if (i32.eqz (i32.load offset=4 (local.get $message))) (then (return (i64.const 0))))
		(if (i32.ne (i32.load8_u offset=14 (local.get $message)) (i32.const 2)) (then (return (i64.const 0))))
		(i32.store (i32.const 1024) (i32.const 0))
		(i32.store (i32.const 1028) (i32.const 1))
		(i32.store (i32.const 1032) (i32.const 0))
		(i32.store (i32.const 1036) (i32.load offset=28 (local.get $message)))
		(i64.const 0x00000400_00000010))`)

// own is the source of a guest with the parts that each needs.
func own(name, hooks, imports, code string) string {
	manifest := fmt.Sprintf(`{"plugins":[{"name":%q,"version":"1.0.0","purpose":"p","abi":1,"hooks":%s}]}`, name, hooks)
	return fmt.Sprintf(`(module %s
	(memory (export "memory") 2)
	(data (i32.const 16) %q)
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const %d))
	(func (export "longmen_v1_buffer") (param i32) (result i32) (i32.const 0x10000))
	(func (export "longmen_v1_configure") (param i32) (result i32) (i32.const 0))
	%s)`, imports, manifest, 16<<32|len(manifest), code)
}

// sources are the hostile guests of the sandbox's tests.
func sources(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "caddy-module/internal/wasm/testdata/hostile/*.wat"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no hostile guests: %v", err)
	}
	out := make(map[string]string)
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".wat")
		out[name] = wat(t, name)
	}
	return out
}

func TestHostileRefused(t *testing.T) {
	all := sources(t)
	for name := range all {
		_, a := refused[name]
		_, b := hostile[name]
		if a == b && name != "well_behaved" {
			t.Errorf("%s is in both tables or in none", name)
		}
	}
	for _, name := range names(refused) {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			switch name {
			case "not_wasm":
				write(t, "x.wasm", []byte("#!/bin/sh\n"))
			case "empty":
				write(t, "x.wasm", nil)
			case "truncated":
				guest(t, all["well_behaved"], "x.wasm")
				code, err := os.ReadFile("x.wasm")
				if err != nil {
					t.Fatal(err)
				}
				write(t, "x.wasm", code[:len(code)/2])
			default:
				guest(t, all[name], "x.wasm")
			}
			got := "nothing"
			if err := validate(t, adapt(t, "{\n\tllm_gateway {\n\t\tprovider demo\n\t\tplugin x file ./x.wasm\n\t}\n}\n\n:8080 {\n\tllm_gateway {\n\t\troute {\n\t\t\tuse x\n\t\t\tto demo\n\t\t}\n\t}\n}\n")); err != nil {
				_, got, _ = strings.Cut(err.Error(), `plugin "x" (Caddyfile:4): `)
			}
			if diff := cmp.Diff(refused[name], got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// besieged is one gateway with a healthy route and two routes for each hostile guest.
func besieged(t *testing.T) *running {
	t.Helper()
	t.Chdir(t.TempDir())
	all := sources(t)
	all["edit_then_trap"], all["holder"] = editThenTrap, holder
	var plugins, routes strings.Builder
	for _, name := range append(names(hostile), "holder", "well_behaved") {
		guest(t, all[name], name+".wasm")
		// Those that run into their CPU limit shall do so soon, the others never.
		cpu := "10s"
		if hostile[name] != never {
			cpu = "20ms"
		}
		hold := ""
		if name == "holder" {
			cpu, hold = "10s", "hold 16\n"
		}
		fmt.Fprintf(&plugins, "plugin %s file ./%s.wasm {\nlimits {\ncpu %s\nmemory 4MiB\ninstances 4\n%s}\n}\n", name, name, cpu, hold)
		for _, how := range []string{"fail", "skip"} {
			fmt.Fprintf(&routes, "route %s_%s `model == \"%s/%s\"` {\nuse pii %s\nto demo\non_error %s\n}\n", name, how, name, how, name, how)
		}
	}
	return start(t, fmt.Sprintf("{\nllm_gateway {\nprovider demo {\ndialect openai.chat\n}\nplugin pii redact\n%s}\n}\n:8080 {\nllm_gateway {\n%sroute healthy {\nuse pii\nto demo\n}\n}\n}\n", plugins.String(), routes.String()))
}

const besiegedPrompt = "write to jane@example.com and to nobody else"

// healthy checks the route without a hostile plugin.
func (c *running) healthy() {
	c.t.Helper()
	for _, stream := range []bool{false, true} {
		a := c.ask(chat("demo", besiegedPrompt, stream))
		expect(c.t, a, quote(besiegedPrompt), stream)
		if a.header.Get("X-Longmen-Route") != "healthy" {
			c.t.Errorf("took route %s", a.header.Get("X-Longmen-Route"))
		}
	}
}

// pluginError is all that clients learn of a plugin that failed.
func pluginError(name string) string {
	return fmt.Sprintf(`{"error":{"message":"plugin \"%s\" failed","type":"server_error","param":null,"code":"plugin_error"}}`, name)
}

// failed checks that a plugin's failure is told in the client's dialect, and nothing but its name.
func failed(t *testing.T, a answer, name string) {
	t.Helper()
	want := pluginError(name)
	if diff := cmp.Diff(want, strings.TrimSpace(a.body)); diff != "" || a.status != http.StatusInternalServerError {
		t.Errorf("got %d (-want +got):\n%s", a.status, diff)
	}
}

func TestHostileRoutes(t *testing.T) {
	c := besieged(t)
	c.healthy()
	debug.FreeOSMemory()
	goroutines, memory := runtime.NumGoroutine(), resident()
	for _, name := range names(hostile) {
		t.Run(name, func(t *testing.T) {
			for _, stream := range []bool{false, true} {
				a := c.ask(chat(name+"/fail", besiegedPrompt, stream))
				if hostile[name] == always || hostile[name] == streamed && stream {
					failed(t, a, name)
				} else {
					expect(t, a, quote(besiegedPrompt), stream)
				}
				a = c.ask(chat(name+"/skip", besiegedPrompt, stream))
				expect(t, a, quote(besiegedPrompt), stream)
				c.healthy()
			}
			p := c.plugins()[name]
			if p.Instances > 4 {
				t.Errorf("%d instances live, at most 4 expected", p.Instances)
			}
			if hostile[name] == always && p.Instances != 0 {
				t.Errorf("%d instances live after each call broke, none expected", p.Instances)
			}
		})
	}
	if logged := c.logged(); strings.Contains(logged, "forged") {
		t.Error("a forged handle gave a value")
	}
	c.healthy()
	debug.FreeOSMemory()
	if after := resident(); !raced && after > memory+300<<20 {
		t.Errorf("resident memory went from %d to %d MiB", memory>>20, after>>20)
	}
	eventually(t, "goroutines back to where they were", func() bool {
		return runtime.NumGoroutine() <= goroutines+4 // connections to the demo model come and go
	})
	// All instances end with the configuration.
	c.load("{\nllm_gateway {\nprovider demo\n}\n}\n:8080 {\nllm_gateway {\nroute {\nto demo\n}\n}\n}\n")
	eventually(t, "all instances closed", func() bool { return c.instances() == 0 })
}

// instances counts the instances of all plugins, over all configurations.
func (c *running) instances() (n float64) {
	c.t.Helper()
	for name, v := range c.metrics() {
		if strings.HasPrefix(name, "caddy_llm_gateway_plugin_instances{") {
			n += v
		}
	}
	return n
}

// TestHoldOverflow: what a plugin has held back and may not hold any longer cannot be skipped, because
// it may be what the plugin exists to keep in.
func TestHoldOverflow(t *testing.T) {
	c := besieged(t)
	for _, how := range []string{"fail", "skip"} {
		a := c.ask(chat("holder/"+how, besiegedPrompt, true))
		if want := "data: " + pluginError("holder") + "\n\n"; a.done || a.text != "" || !strings.HasSuffix(a.body, want) {
			t.Errorf("got %q, want no text and %q last", a.body, want)
		}
		expect(t, c.ask(chat("holder/"+how, besiegedPrompt, false)), quote(besiegedPrompt), false)
	}
	c.healthy()
}

// TestBreaker: a plugin that keeps breaking is not called for a while, and its route says the same as before.
func TestBreaker(t *testing.T) {
	c := besieged(t)
	for _, name := range []string{"endless_loop", "unreachable"} {
		before := c.plugins()[name].Calls["open"]
		// The rests double, so that sooner or later requests come in one however slow the machine is.
		eventually(t, name+" rests", func() bool {
			failed(t, c.ask(chat(name+"/fail", besiegedPrompt, false)), name)
			return c.plugins()[name].Calls["open"] >= before+10
		})
		expect(t, c.ask(chat(name+"/skip", besiegedPrompt, true)), quote(besiegedPrompt), true)
		if !strings.Contains(c.logged(), "calling plugin "+name+": resting after repeated failures, the last: calling plugin "+name+": text: ") {
			t.Errorf("the log does not say that %s rests", name)
		}
	}
	c.healthy()
}
