// Command guest is the Go guest of the sandbox's tests and benchmarks: one module with many small plugins.
package main

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func register(name string, p longmen.Plugin) {
	p.Name, p.Version, p.Purpose = name, "1", "test"
	longmen.Register(p)
}

var sink int

func init() {
	register("noop", longmen.Plugin{
		Request:  func(longmen.Value) error { return nil },
		Response: func(longmen.Value) error { return nil },
		Event:    func(longmen.Value) error { return nil },
		Text:     func(*longmen.Text) error { return nil },
		Body:     func([]byte) ([]byte, error) { return nil, nil },
		End:      func(longmen.Value) error { return nil },
	})
	// scan looks at every byte once, as a detector does; with "rounds", more than once.
	rounds := 1
	register("scan", longmen.Plugin{
		Schema:    `{"type":"object","properties":{"rounds":{"type":"integer","default":1}},"additionalProperties":false}`,
		Configure: func(c longmen.Value) error { rounds = int(c.Get("rounds").Int()); return nil },
		Text: func(t *longmen.Text) error {
			for range rounds {
				for i := range t.Segments {
					n := 0
					for _, b := range t.Segments[i].Text {
						if b == '@' || b >= '0' && b <= '9' {
							n++
						}
					}
					sink += n
				}
			}
			return nil
		},
	})
	// swap replaces "foo" by "bar!" and holds a tail that may become "foo".
	register("swap", longmen.Plugin{
		Text: func(t *longmen.Text) error {
			for i := range t.Segments {
				s := &t.Segments[i]
				for at := 0; ; {
					j := bytes.Index(s.Text[at:], []byte("foo"))
					if j < 0 {
						break
					}
					t.Replace(i, at+j, 3, "bar!")
					at += j + 3
				}
				if s.Streamed && !s.Final {
					for n := 2; n > 0; n-- {
						if bytes.HasSuffix(s.Text, []byte("foo")[:n]) {
							t.Hold(i, n)
							break
						}
					}
				}
			}
			return nil
		},
	})
	// calls makes as many host calls as the document's number "n" says.
	register("calls", longmen.Plugin{
		Request: func(doc longmen.Value) error {
			for range doc.Get("n").Int() {
				sink += int(doc.Kind())
			}
			return nil
		},
	})
	register("burn", longmen.Plugin{
		Request: func(doc longmen.Value) error {
			for n := doc.Get("n").Int(); n != 0; n-- {
				sink++
			}
			return nil
		},
	})
	register("panic", longmen.Plugin{
		Request: func(doc longmen.Value) error {
			var list []int
			if doc.Get("secret").Exists() {
				panic(doc.Get("secret").String())
			}
			sink = list[int(doc.Get("n").Int())]
			return nil
		},
	})
	register("fail", longmen.Plugin{
		Schema: `{"type":"object","properties":{"message":{"type":"string"}}}`,
		Configure: func(c longmen.Value) error {
			if m := c.Get("message"); m.Exists() {
				return errors.New(m.String())
			}
			return nil
		},
		Request: func(doc longmen.Value) error { return errors.New("no thanks") },
		Text:    func(*longmen.Text) error { return longmen.Reject(451, "no", "p", "not here") },
	})
	register("edit", longmen.Plugin{
		Attributes: map[string]string{"t.n": "int", "t.f": "float", "t.b": "bool", "t.s": "string"},
		Metrics:    []string{"edits"},
		Request: func(doc longmen.Value) error {
			doc.SetString("model", "m2")
			doc.SetInt("n", 7)
			o := longmen.NewObject()
			o.Set("list", longmen.NewJSON(`[1,2.5,"x"]`))
			doc.Set("added", o)
			doc.Get("gone").Delete()
			doc.Set("copy", doc.Get("messages").Copy())
			doc.Set("was", longmen.State())
			longmen.SetAttr("t.n", longmen.NewInt(3))
			longmen.SetAttr("t.s", longmen.NewString("s"))
			longmen.SetHeader("x-a", "b")
			longmen.Tag("team", "red")
			longmen.Warn("n", "lost")
			longmen.Metric("edits", 2)
			longmen.Log(longmen.LevelInfo, "edited")
			return nil
		},
		Body: func(b []byte) ([]byte, error) { return append([]byte("<"), append(b, '>')...), nil },
		End: func(r longmen.Value) error {
			longmen.Tag("seen", r.Get("outcome").String())
			return nil
		},
	})
	register("count", longmen.Plugin{
		Event: func(doc longmen.Value) error {
			s := longmen.State()
			n := s.Get("n").Int() + 1
			s.SetInt("n", n)
			if !doc.Exists() {
				o := longmen.NewObject()
				o.SetInt("events", n)
				longmen.Emit(o, "done")
				return nil
			}
			if doc.Get("drop").Bool() {
				longmen.Drop()
			}
			return nil
		},
	})
	register("services", longmen.Plugin{
		Grants: []string{"kv", "http", "record"},
		Request: func(doc longmen.Value) error {
			if err := longmen.KVSet("k", doc.Get("v"), longmen.Second); err != nil {
				return err
			}
			doc.Set("got", longmen.KVGet("k"))
			doc.Set("none", longmen.NewJSON("null"))
			if longmen.KVGet("other").Exists() {
				return errors.New("other exists")
			}
			n, err := longmen.KVAdd("sum", 5, 0)
			if err != nil {
				return err
			}
			doc.SetInt("sum", n)
			swapped, err := longmen.KVCas("k", doc.Get("v"), longmen.NewInt(2), 0)
			if err != nil {
				return err
			}
			doc.SetBool("swapped", swapped)
			req := longmen.NewObject()
			req.SetString("url", "http://x/")
			resp, err := longmen.HTTP(req)
			if err != nil {
				return err
			}
			doc.Set("http", resp)
			return longmen.Record("sink", doc.Get("v"))
		},
	})
	register("names", longmen.Plugin{
		Optional: []string{"ner"},
		Text: func(t *longmen.Text) error {
			if !longmen.HasNER() {
				return errors.New("has no recogniser")
			}
			var texts [][]byte
			for _, s := range t.Segments {
				texts = append(texts, s.Text)
			}
			found, err := longmen.NER(texts, "de")
			if err != nil {
				return err
			}
			for i, list := range found {
				for _, e := range list {
					t.Replace(i, e.Start, e.End-e.Start, e.Type+" "+strconv.FormatFloat(e.Score, 'g', -1, 64))
				}
			}
			return nil
		},
	})
	register("skipper", longmen.Plugin{
		Configure: func(longmen.Value) error { longmen.Skip("event"); return nil },
		Event:     func(longmen.Value) error { return errors.New("was called") },
		Text:      func(*longmen.Text) error { return nil },
	})
	register("sleep", longmen.Plugin{
		Request: func(longmen.Value) error { time.Sleep(time.Hour); return nil },
	})
	var hoard [][]byte
	register("grow", longmen.Plugin{
		Request: func(doc longmen.Value) error {
			hoard = append(hoard, make([]byte, doc.Get("n").Int()))
			return nil
		},
	})
}

func main() {}
