package text

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// FuzzArguments cuts a text that may be JSON at two offsets: what a client puts together must not depend
// on the cuts, and without edits must be the text.
func FuzzArguments(f *testing.F) {
	for _, raw := range []string{
		`{"to":["<EMAIL_AB12>"],"s":"\ud83d\ude00 \u003cNOTE_01\u003e"}`, `{"a":"\q<NAME_7F>`, `[1.5e3,true,nul,"<NAME_7F>"]`,
		`"<EMAIL_AB12>"`, `<EMAIL_AB12> plain`, `{"a":{}}{"b":"\ud83dx"}`, `{"k\"<NAME_7F>":"\\"}`, ``, `{"a":"x\`,
	} {
		f.Add(raw, uint16(len(raw)/3), uint16(len(raw)*2/3))
	}
	d, _ := dialect.Get("openai.chat")
	run := func(t *testing.T, pieces []string, plugin func([]Segment, *Reply)) string {
		var events [][]byte
		for _, p := range pieces {
			events = append(events, []byte(arguments(p)))
		}
		events = append(events, []byte(finish))
		got := ""
		for _, o := range openAIOpsLoose(t, replay(t, d, events, plugin)) {
			got += o
		}
		return got
	}
	f.Fuzz(func(t *testing.T, raw string, i, j uint16) {
		if !utf8.ValidString(raw) || len(raw) > 1<<12 {
			return
		}
		cut := func(n uint16) int {
			at := int(n) % (len(raw) + 1)
			for at > 0 && at < len(raw) && !utf8.RuneStart(raw[at]) {
				at--
			}
			return at
		}
		x, y := min(cut(i), cut(j)), max(cut(i), cut(j))
		pieces := []string{raw[:x], raw[x:y], raw[y:]}
		if got := run(t, pieces, func(_ []Segment, r *Reply) { r.Reset() }); got != raw {
			t.Fatalf("nobody edited, %q became %q", pieces, got)
		}
		if whole, got := run(t, []string{raw}, restore), run(t, pieces, restore); got != whole {
			t.Fatalf("cut into %q: %q, whole: %q", pieces, got, whole)
		}
	})
}

func openAIOpsLoose(t testing.TB, events [][]byte) (out []string) {
	for _, e := range events {
		var v openAIEvent
		if err := json.Unmarshal(e, &v); err != nil {
			t.Fatalf("event is not JSON: %v\n%s", err, e)
		}
		for _, c := range v.Choices {
			for _, tc := range c.Delta.ToolCalls {
				out = append(out, tc.Function.Arguments)
			}
		}
	}
	return out
}

// FuzzStream leads arbitrary events, one a line, through all dialects: nothing panics, what comes out
// is JSON, and without edits it is what came in.
func FuzzStream(f *testing.F) {
	for _, rec := range recordings {
		events := fixture(f, rec.file)
		for i := 0; i+3 < len(events); i += 4 {
			f.Add(bytes.Join(events[i:i+4], []byte("\n")))
		}
	}
	f.Add([]byte(`{"choices":{"index":-1,"delta":{"content":[{"text":"<"}],"tool_calls":{"function":{"arguments":{"a":"<"}}}},"finish_reason":1}}` + "\n" + `{"candidates":[[{"content":{"parts":"<"}}],{"content":{"parts":{"text":["<"]}},"finishReason":{}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var events [][]byte
		for _, line := range bytes.Split(data, []byte("\n")) {
			if _, err := new(document.Arena).Parse(line); err == nil {
				events = append(events, line)
			}
		}
		for _, d := range dialect.All() {
			for i, e := range replay(t, d, events, restore) {
				if _, err := new(document.Arena).Parse(e); err != nil {
					t.Fatalf("%s: event %d is broken: %v\n%s", d.Name, i, err, e)
				}
			}
			quiet := replay(t, d, events, func(_ []Segment, r *Reply) { r.Reset() })
			if len(quiet) < len(events) {
				t.Fatalf("%s: %d events became %d", d.Name, len(events), len(quiet))
			}
		}
	})
}

// FuzzDocument puts a mark in front of every segment of an arbitrary document: the result is JSON, and
// collecting it again finds the mark in front of the same text.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(openAIRequest))
	f.Add([]byte(geminiRequest))
	files, err := filepath.Glob("testdata/collect/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range dialect.All() {
			for _, phase := range []uint8{abi.PhaseRequest, abi.PhaseAnswer} {
				var a, b document.Arena
				root, err := a.Parse(data)
				if err != nil {
					return
				}
				var doc, again Document
				segs := doc.Collect(d, phase, &a, root)
				if out := a.AppendJSON(nil, root); !bytes.Equal(out, bytes.Trim(data, " \t\r\n")) {
					t.Fatalf("collecting changed the document: %s", out)
				}
				var reply Reply
				var want []string
				for i := range segs {
					if !utf8.Valid(segs[i].Text) {
						t.Fatalf("segment %d is not UTF-8: %q", i, segs[i].Text)
					}
					want = append(want, "§\"\n"+string(segs[i].Text))
					reply.Edits = append(reply.Edits, Edit{Segment: uint32(i), Text: []byte("§\"\n")})
				}
				if err := doc.Apply(&reply); err != nil {
					t.Fatal(err)
				}
				out := a.AppendJSON(nil, root)
				if root, err = b.Parse(out); err != nil {
					t.Fatalf("the edited document is broken: %v\n%s", err, out)
				}
				for i, s := range again.Collect(d, phase, &b, root) {
					if i >= len(want) || string(s.Text) != want[i] {
						t.Fatalf("segment %d is %q, want one of %q\n%s", i, s.Text, want, out)
					}
				}
			}
		}
	})
}

// FuzzReply judges arbitrary replies: what Check lets pass can be applied.
func FuzzReply(f *testing.F) {
	f.Add([]byte{0, 0, 1, 2, 'x', 1, 0, 1})
	f.Add([]byte{1, 3, 1, 0, 'y', 0, 2, 0})
	d, _ := dialect.Get("openai.chat")
	event := []byte(`{"choices":[{"index":0,"delta":{"content":"hé<","tool_calls":[{"index":0,"function":{"arguments":"{\"a\":\"\\u00e9x\",\"b\":\"ü\\ud83d\\ude00"}}]}},{"index":1,"delta":{"content":"1"},"finish_reason":"stop"}]}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var reply Reply
		for ; len(data) >= 4; data = data[4:] {
			if data[0]&0x80 != 0 {
				reply.Holds = append(reply.Holds, Hold{uint32(data[0] & 7), uint32(data[1])})
			} else {
				reply.Edits = append(reply.Edits, Edit{uint32(data[0] & 7), uint32(data[1]), uint32(data[2]), data[3:4]})
			}
		}
		s := NewStream(d, 64)
		var a document.Arena
		root, err := a.Parse(event)
		if err != nil {
			t.Fatal(err)
		}
		segs := s.Collect(&a, root)
		bad := reply.Check(segs)
		if err := s.Apply(&a, root, &reply); (err == nil) != (bad == nil) {
			t.Fatalf("Apply = %v, Check = %v", err, bad)
		}
		out := a.AppendJSON(nil, root)
		if bad != nil && !bytes.Equal(out, event) {
			t.Fatalf("a bad reply wrote %s", out)
		}
		if !json.Valid(out) {
			t.Fatalf("broken: %s", out)
		}
		s.DrainAll()
		if _, err := s.Release(nil); err != nil {
			t.Fatal(err)
		}
	})
}
