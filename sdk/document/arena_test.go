package document

import (
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

func TestNodeSize(t *testing.T) {
	if got := unsafe.Sizeof(node{}); got != nodeSize {
		t.Errorf("size of node = %d, want %d", got, nodeSize)
	}
}

// TestWarmArenaAllocatesNothing is the promise that the hot path of a proxy is built on.
func TestWarmArenaAllocatesNothing(t *testing.T) {
	var a Arena
	src, dst, text := []byte(request), make([]byte, 0, 4096), make([]byte, 0, 1024)
	want := strings.Replace(request, "team-42", `a\nb`, 1)
	allocs := testing.AllocsPerRun(100, func() {
		a.Reset()
		n, err := a.Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		for m := a.First(a.Get(n, "messages")); m != 0; m = a.Next(m) {
			text = a.AppendString(text[:0], a.Get(m, "content"))
			a.Text(a.Get(m, "content"))
			a.Int(a.Get(n, "max_tokens"))
			a.Float(a.Get(n, "temperature"))
		}
		a.SetString(a.Get(n, "user"), []byte("a\nb"))
		c := a.Copy(a.Pointer(n, "/messages/0"))
		a.Set(c, "content", a.NewInt(1))
		a.Delete(a.Pointer(c, "/role"))
		dst = a.AppendJSON(dst[:0], n)
	})
	if string(dst) != want {
		t.Errorf("got %s", dst)
	}
	if allocs != 0 {
		t.Errorf("%v allocations per request, want 0", allocs)
	}
}

func TestResetBoundsMemory(t *testing.T) {
	large := "[" + strings.Repeat(`"a",`, keepNodes) + `"a"]`
	for _, tt := range []struct {
		name string
		fill func(a *Arena)
	}{
		{"nodes", func(a *Arena) { mustParse(t, a, large) }},
		{"text", func(a *Arena) {
			for range 1000 {
				a.NewString(make([]byte, 300))
			}
		}},
		{"long strings", func(a *Arena) { a.NewString([]byte(strings.Repeat("x", 4<<20))) }},
		{"scratch", func(a *Arena) { a.Text(mustParse(t, a, `"\n`+strings.Repeat("x", 4<<20)+`"`)) }},
		{"name", func(a *Arena) {
			a.Key(a.First(mustParse(t, a, `{"\n`+strings.Repeat("x", 4<<20)+`":1}`)))
		}},
		{"texts", func(a *Arena) {
			for range 1000 {
				mustParse(t, a, "1")
			}
		}},
		{"sites", func(a *Arena) {
			n := mustParse(t, a, large)
			for c := a.First(n); c != 0; c = a.Next(c) {
				a.SetString(c, nil)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a Arena
			tt.fill(&a)
			a.Reset()
			if held := a.held(); held > 2*keepBytes {
				t.Errorf("%d bytes kept at once", held)
			}
			tt.fill(&a)
			for range keepIdle + 1 {
				a.Reset()
				mustParse(t, &a, event)
			}
			if held := a.held(); held > 64<<10 {
				t.Errorf("%d bytes kept after small documents", held)
			}
		})
	}
}

// held is the memory that the arena keeps, without sources.
func (a *Arena) held() int {
	n := cap(a.nodes)*nodeSize + cap(a.sites)*8 + cap(a.scratch) + cap(a.name) + cap(a.texts)*24
	if len(a.texts) > 0 {
		n += cap(a.texts[0])
	}
	return n
}

func TestResetLetsSourcesGo(t *testing.T) {
	var a Arena
	gone := make(chan bool, 1)
	src := []byte(strings.Repeat(" ", 1<<20) + "1")
	runtime.AddCleanup(&src[0], func(c chan bool) { c <- true }, gone)
	if _, err := a.Parse(src); err != nil {
		t.Fatal(err)
	}
	src = nil
	a.Reset()
	for range 10 {
		runtime.GC()
		select {
		case <-gone:
			runtime.KeepAlive(&a)
			return
		default:
			runtime.Gosched()
		}
	}
	t.Error("the arena still holds a source after Reset")
}

// TestStreamArenaIsSmall: a gateway holds one per open stream.
func TestStreamArenaIsSmall(t *testing.T) {
	var a Arena
	for range 3 {
		a.Reset()
		n := mustParse(t, &a, event)
		a.SetString(a.Pointer(n, "/choices/0/delta/content"), []byte("text"))
	}
	if held := a.held(); held > 4<<10 {
		t.Errorf("%d bytes, want at most 4 KiB", held)
	}
}

func TestManyTexts(t *testing.T) {
	var a Arena
	var last Node
	for i := range 70_000 {
		n, err := a.Parse([]byte(`["ab"]`))
		if err != nil {
			t.Fatal(err)
		}
		if i%10_000 == 0 {
			last = n
		}
	}
	if got := string(a.AppendJSON(nil, last)); got != `["ab"]` {
		t.Errorf("got %s", got)
	}
	n := mustParse(t, &a, `{"k":"v"}`)
	if _, err := a.Parse([]byte(`{"k":`)); err == nil || err.(*SyntaxError).Offset != 5 {
		t.Errorf("error %v, want offset 5", err)
	}
	if got := a.String(a.Get(n, "k")); got != "v" {
		t.Errorf("got %q", got)
	}
	if got := a.Len(a.NewString(make([]byte, ownText))); got != ownText {
		t.Errorf("long string of %d bytes", got)
	}
}

func TestAdded(t *testing.T) {
	var a Arena
	n := mustParse(t, &a, `{"image":"`+strings.Repeat("x", 1<<20)+`","list":[1,2]}`)
	if got := a.Added(); got != 0 {
		t.Errorf("parsing added %d", got)
	}
	a.Set(n, "copy", a.Copy(a.Get(n, "image")))
	if got := a.Added(); got != nodeSize+4 {
		t.Errorf("a shared image added %d bytes, want a node and a name", got)
	}
	before := a.Added()
	a.Len(a.Copy(a.Get(n, "list")))
	if got := a.Added() - before; got != nodeSize {
		t.Errorf("copy added %d, want %d", got, nodeSize)
	}
	before = a.Added()
	a.NewString(make([]byte, 1000))
	if got := a.Added() - before; got < 6000 {
		t.Errorf("a string of 1000 control characters added %d", got)
	}
	if got, want := a.Size(n), len(a.AppendJSON(nil, n)); got != want || got < 2<<20 {
		t.Errorf("Size = %d, want %d", got, want)
	}
	a.Reset()
	if a.Added() != 0 {
		t.Error("Added is kept over Reset")
	}
}
