package integration

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// shaped is a guest that turns text into upper or lower case, as version n of its plugin.
func shaped(t *testing.T, n int, upper bool, pages int) {
	t.Helper()
	source := wat(t, "well_behaved")
	swap := func(old, new string) {
		if strings.Count(source, old) != 1 {
			t.Fatalf("well_behaved.wat has not exactly one %s", old)
		}
		source = strings.Replace(source, old, new, 1)
	}
	swap(`\"1.0.0\"`, fmt.Sprintf(`\"%d.%d.%d\"`, n/100, n/10%10, n%10))
	swap(`(memory (export "memory") 2)`, fmt.Sprintf(`(memory (export "memory") %d)`, pages))
	// Touched memory counts as resident.
	swap(`(func (export "_initialize"))`, fmt.Sprintf(`(func (export "_initialize") (memory.fill (i32.const 0x20000) (i32.const 1) (i32.const %d)))`, (pages-2)<<16))
	if !upper {
		swap(`(i32.sub (local.get $c) (i32.const 97))`, `(i32.sub (local.get $c) (i32.const 65))`)
		swap(`(i32.sub (local.get $c) (i32.const 32))`, `(i32.add (local.get $c) (i32.const 32))`)
	}
	guest(t, source, "shape.wasm")
}

// reloadable is a Caddyfile with the file plugin and redact; its comment makes it another configuration.
func reloadable(u *upstream, comment string) string {
	return fmt.Sprintf(`{
	%s
	llm_gateway {
		provider up openai {
			base_url %s/v1
			api_key k
		}
		plugin pii redact
		plugin shape file ./shape.wasm {
			limits {
				memory 16MiB
				instances 4
			}
		}
	}
}

:8080 {
	llm_gateway {
		route {
			use shape pii
			to up
		}
	}
}
`, comment, u.URL)
}

// live is a stream that has begun.
type live struct {
	resp *http.Response
	err  error
}

// open begins streams, and returns when the beginning of each has come.
func (c *running) open(n int) []live {
	c.t.Helper()
	streams := make(chan live)
	for i := range n {
		go func() {
			resp, err := c.post(context.Background(), chat("m", fmt.Sprintf("wait for person%d@example.com", i), true))
			streams <- live{resp, err}
		}()
	}
	out := make([]live, n)
	for i := range out {
		if out[i] = <-streams; out[i].err != nil {
			c.t.Fatal(out[i].err)
		}
	}
	return out
}

// finish reads the streams to their ends and tells what is wrong with them.
func (c *running) finish(streams []live, upper bool) {
	c.t.Helper()
	people := make(map[string]bool)
	for i, s := range streams {
		b, err := io.ReadAll(s.resp.Body)
		s.resp.Body.Close()
		a := answer{status: s.resp.StatusCode, body: string(b)}
		a.read()
		person, ok := between(strings.ToLower(a.text), "hello ", " a b c bye")
		if err != nil || a.status != http.StatusOK || !a.done || !ok || (a.text == strings.ToUpper(a.text)) != upper {
			c.t.Fatalf("stream %d: %d, %v, upper case %v expected:\n%s", i, a.status, err, upper, a.body)
		}
		people[person] = true
	}
	if len(people) != len(streams) {
		c.t.Errorf("%d streams tell of %d people", len(streams), len(people))
	}
	for i := range streams {
		if person := fmt.Sprintf("person%d@example.com", i); !people[person] {
			c.t.Errorf("nobody tells of %s", person)
		}
	}
}

func between(s, before, after string) (string, bool) {
	s, a := strings.CutPrefix(s, before)
	s, b := strings.CutSuffix(s, after)
	return s, a && b
}

// TestReloadUnderStreams changes the plugin and the configuration under 200 streams.
func TestReloadUnderStreams(t *testing.T) {
	t.Chdir(t.TempDir())
	u := newUpstream(t)
	shaped(t, 1, true, 3)
	c := start(t, reloadable(u, "# the first"))
	const quick = "quick: jane@example.com"
	if a := c.ask(chat("m", quick, true)); a.text != "HELLO JANE@EXAMPLE.COM A B C BYE" {
		t.Fatalf("got %q:\n%s", a.text, a.body)
	}
	first := c.plugins()["shape"]
	streams := c.open(200)
	old := c.plugins()["shape"].Instances

	shaped(t, 2, false, 3)
	c.load(reloadable(u, "# the second\n\t# has another line"))
	if second := c.plugins()["shape"]; second.Digest == first.Digest || second.Version != "0.0.2" || first.Version != "0.0.1" {
		t.Fatalf("got version %s of %s, had %s of %s", second.Version, second.Digest, first.Version, first.Digest)
	}
	for _, stream := range []bool{true, false} {
		want := "hello jane@example.com bye"
		if stream {
			want = "hello jane@example.com a b c bye"
		}
		if a := c.ask(chat("m", quick, stream)); a.text != want || stream && !a.done {
			t.Fatalf("got %q:\n%s", a.text, a.body)
		}
	}
	if n := c.plugins()["shape"].Instances; n != old+1 {
		t.Errorf("%d instances live under the streams, want the %d old ones and a new one", n, old)
	}

	// Streams of both configurations end together.
	late := c.open(20)
	u.release()
	c.finish(streams, true)
	c.finish(late, false)
	eventually(t, "the old instances closed", func() bool { return c.plugins()["shape"].Instances <= 4 })
	if a := c.ask(chat("m", quick, true)); a.text != "hello jane@example.com a b c bye" {
		t.Errorf("got %q:\n%s", a.text, a.body)
	}
	// The lease of the first configuration is over: all that is left goes with the second.
	c.load("{\n\tllm_gateway {\n\t\tprovider demo\n\t}\n}\n\n:8080 {\n\tllm_gateway {\n\t\troute {\n\t\t\tto demo\n\t\t}\n\t}\n}\n")
	eventually(t, "all instances closed", func() bool { return c.instances() == 0 })
}

// TestOldPluginEnds shows when the instances of a plugin that was replaced end: with the last stream that
// uses them, and not before.
func TestOldPluginEnds(t *testing.T) {
	t.Chdir(t.TempDir())
	u := newUpstream(t)
	shaped(t, 1, true, 3)
	c := start(t, reloadable(u, "# the first"))
	early := c.open(1)
	shaped(t, 2, false, 3)
	c.load(reloadable(u, "# the second\n\t# has another line"))
	if n := c.plugins()["shape"].Instances; n != 2 {
		t.Errorf("%d instances live, want an old and a new one", n)
	}
	u.release()
	c.finish(early, true)
	eventually(t, "the old instance closed", func() bool { return c.plugins()["shape"].Instances == 1 })
}

// TestReloadRepeated shows that what a reload replaces is given back.
func TestReloadRepeated(t *testing.T) {
	t.Chdir(t.TempDir())
	u := newUpstream(t)
	const pages = 128 // 8 MiB for each instance
	shaped(t, 0, true, pages)
	c := start(t, reloadable(u, ""))
	reload := func(n int) {
		t.Helper()
		upper := n%2 != 0 // as the version before
		streams := c.open(4)
		shaped(t, n, !upper, pages)
		c.load(reloadable(u, strings.Repeat("# again\n\t", 1+n%2)))
		u.release()
		c.finish(streams, upper)
	}
	settle := func() (goroutines int, memory int64) {
		t.Helper()
		eventually(t, "one version left", func() bool { return c.plugins()["shape"].Instances == 1 })
		debug.FreeOSMemory()
		return runtime.NumGoroutine(), resident()
	}
	for n := 1; n <= 4; n++ {
		reload(n)
	}
	goroutines, memory := settle()
	for n := 5; n <= 24; n++ {
		reload(n)
	}
	if _, after := settle(); !raced && after > memory+48<<20 {
		t.Errorf("resident memory went from %d to %d MiB over 20 reloads", memory>>20, after>>20)
	}
	eventually(t, "goroutines back to where they were", func() bool {
		n, _ := settle()
		return n <= goroutines+4
	})
}

// TestUnchangedConfiguration shows that a changed file under an unchanged configuration needs a forced reload.
func TestUnchangedConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	u := newUpstream(t)
	shaped(t, 1, true, 3)
	c := start(t, reloadable(u, "# the same"))
	shaped(t, 2, false, 3)
	c.load(reloadable(u, "# not a word more"))
	if v := c.plugins()["shape"].Version; v != "0.0.1" {
		t.Errorf("Caddy loaded version %s though the configuration is the same", v)
	}
	c.force(reloadable(u, "# the same"))
	if v := c.plugins()["shape"].Version; v != "0.0.2" {
		t.Errorf("a forced reload left version %s", v)
	}
}
