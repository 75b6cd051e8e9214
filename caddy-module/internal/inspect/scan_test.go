package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// plugin finds addresses of e-mail and of machines, as the real one would.
type plugin struct {
	texts int
	err   error
}

var (
	mail       = regexp.MustCompile(`[a-z0-9]+@[a-z]+\.example`)
	address    = regexp.MustCompile(`\b\d+\.\d+\.\d+\.\d+\b`)
	attributes = map[string]string{"pii.email": "int", "pii.ip_address": "int", "pii.cn_address": "int", "pii.total": "int", "pii.custom": "int", "answer.total": "int"}
)

func (p *plugin) Text(_ context.Context, f *wasm.Frame, _ uint8, segs []text.Segment, reply *text.Reply) error {
	if p.err != nil {
		_ = f.Host.Reject(400, "x", "", "types in the way")
		return p.err
	}
	count := map[string]int64{}
	for i, s := range segs {
		p.texts++
		if !utf8.Valid(s.Text) {
			return errors.New("text is not UTF-8")
		}
		var edits []text.Edit
		for name, form := range map[string]*regexp.Regexp{"email": mail, "ip": address} {
			for _, at := range form.FindAllIndex(s.Text, -1) {
				edits = append(edits, text.Edit{Segment: uint32(i), Start: uint32(at[0]), Len: uint32(at[1] - at[0]), Text: []byte("<" + strings.ToUpper(name) + "_2345>")})
				count[name]++
			}
		}
		for range edits { // sorted
			for k := 1; k < len(edits); k++ {
				if edits[k].Start < edits[k-1].Start {
					edits[k], edits[k-1] = edits[k-1], edits[k]
				}
			}
			if len(edits) > 8 {
				break
			}
		}
		reply.Edits = append(reply.Edits, edits...)
	}
	if n := count["email"]; n > 0 {
		_ = f.Host.SetAttr("pii.email", n)
	}
	if n := count["ip"]; n > 0 {
		_ = f.Host.SetAttr("pii.ip_address", n)
	}
	return reply.Check(segs)
}

// read scans a text as a file of that name.
func read(t testing.TB, name, content string, edit ...func(*Scan)) []string {
	t.Helper()
	var got []string
	size := 0
	s := &Scan{Inspector: New(new(plugin), attributes), Show: true, Read: func(n int) { size += n }, Hit: func(h Hit) error {
		got = append(got, strings.TrimRight(fmt.Sprintf("%d:%d %s %s %s", h.Line, h.Column, h.Type, h.Path, h.Snippet), " "))
		return nil
	}}
	for _, e := range edit {
		e(s)
	}
	if err := s.File(t.Context(), name, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestFile(t *testing.T) {
	const jsonl = "{\"a\":\"x ann@corp.example\\n李 \\u674e\\ud83d\\ude00bob@corp.example\",\"ann@key.example\":[1,\"\",\"c@corp.example\"]}\n\nplain d@corp.example\n[\"1.2.3.4\"]"
	tests := []struct {
		name, file, content string
		want                []string
	}{
		{"nothing", "a.txt", "", nil},
		{"text", "a.txt", "hi\n李雷 ann@corp.example, 1.2.3.4!\nbob@corp.example\n", []string{
			"2:4 email  hi 李雷 <EMAIL_2345>, <IP_2345>", "2:22 ip_address  <EMAIL_2345>, <IP_2345>! <EMAIL_2345>", "3:1 email  <IP_2345>! <EMAIL_2345>",
		}},
		{"byte order mark", "a.txt", "\xef\xbb\xbfann@corp.example", []string{"1:1 email  <EMAIL_2345>"}},
		{"no UTF-8", "a.txt", "\xe9\xff ann@corp.example \x80", []string{"1:4 email     <EMAIL_2345>"}},
		{"long line", "a.txt", strings.Repeat("界", 40) + " ann@corp.example " + strings.Repeat("界", 40), []string{
			"1:42 email  …" + strings.Repeat("界", 29) + " <EMAIL_2345> " + strings.Repeat("界", 29) + "…",
		}},
		{"controls", "a.txt", "\x1b[31m ann@corp.example\r\n", []string{"1:7 email   [31m <EMAIL_2345>"}},
		{"lines of JSON", "a.jsonl", jsonl, []string{
			"1:9 email /a x <EMAIL_2345> 李 李\U0001F600<EMAIL_2345>", "1:47 email /a <EMAIL_2345> 李 李\U0001F600<EMAIL_2345>", "1:66 email  <EMAIL_2345>", "1:90 email /ann@key.example/2 <EMAIL_2345>",
			"3:7 email  plain <EMAIL_2345>", "4:3 ip_address /0 <IP_2345>",
		}},
		{"JSON", "a.JSON", "{\n \"a\": {\"b\": \"ann@corp.example\"},\n \"n\": 1}", []string{"2:14 email /a/b <EMAIL_2345>"}},
		{"names and numbers", "a.json", `{"a1":"x","\u0061nn@corp.example":12345678,"n":-12345678, "b@corp.example" :1.5e10,"c":"1.2.3.4"}`, []string{"1:12 email  <EMAIL_2345>", "1:60 email  <EMAIL_2345>", "1:89 ip_address /c <IP_2345>"}},
		{"a JSON string", "a.json", "\"ann@corp.example\"", []string{"1:2 email  <EMAIL_2345>"}},
		{"JSON that is none", "a.json", "{\n \"a\": ann@corp.example", []string{"2:7 email  {  \"a\": <EMAIL_2345>"}},
		{"a log", "access.log", "{\"msg\":\"ann@corp.example\"}\n", []string{"1:9 email /msg <EMAIL_2345>"}},
		{"a log of texts", "access.log", "{ann@corp.example}\n", []string{"1:2 email  {<EMAIL_2345>}"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(t, tt.file, tt.content)); diff != "" {
				t.Errorf("hits (-want +got):\n%s", diff)
			}
		})
	}
	if got := read(t, "a.jsonl", "{\"a\":\"\\u0061nn@corp.example\"}\n", func(s *Scan) { s.Format = FormatText }); len(got) != 1 || !strings.HasPrefix(got[0], "1:8 email  {\"a\":\"\\<EMAIL") {
		t.Errorf("as a text: %v", got)
	}
}

func TestFileRefuses(t *testing.T) {
	for content, want := range map[string]error{"\xff\xfea\x00": ErrUTF16, "\xfe\xff\x00a": ErrUTF16, "a\x00b": ErrBinary} {
		s := &Scan{Inspector: New(new(plugin), attributes)}
		if err := s.File(t.Context(), "a", strings.NewReader(content)); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", content, err, want)
		}
	}
	s := &Scan{Inspector: New(&plugin{err: errors.New("no")}, attributes)}
	if err := s.File(t.Context(), "a", strings.NewReader("x")); err == nil || !strings.Contains(err.Error(), "types in the way") {
		t.Errorf("a refusal: %v", err)
	}
}

// Long texts are shown in pieces; nothing is lost, found twice or misplaced where they meet.
func TestPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, ends := range []string{"\n", " "} { // with lines, and without any
		var b bytes.Buffer
		var want []string
		at := position{1, 1}
		add := func(s string) { b.WriteString(s); at.pass([]byte(s)) }
		for b.Len() < 3<<20 {
			switch random.IntN(40) {
			case 0:
				want = append(want, fmt.Sprintf("%d:%d email", at.line, at.column))
				add("ann@corp.example" + ends)
			case 1:
				add("\xe9 界" + ends)
			default:
				add("some words 界面 of a log" + ends)
			}
		}
		for _, name := range []string{"a.txt", "big.json"} {
			got := read(t, name, b.String(), func(s *Scan) { s.Show = false })
			for i := range got {
				got[i] = strings.TrimRight(got[i], " ")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q, %s: (-want +got):\n%.2000s", ends, name, diff)
			}
		}
	}
}

// A line too large for JSON makes the rest a text, and the lines before stay what they are.
func TestLongJSONLine(t *testing.T) {
	content := "{\"a\":\"\\u0061nn@corp.example\"}\n{\"a\":\"" + strings.Repeat("x", MaxText) + " ann@corp.example\"}\n{\"a\":\"bob@corp.example\"}\n"
	got := read(t, "a.jsonl", content, func(s *Scan) { s.Show = false })
	want := []string{"1:7 email /a", fmt.Sprintf("2:%d email", MaxText+8), "3:7 email"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hits (-want +got):\n%s", diff)
	}
}

// FuzzJSON: what the gateway finds in JSON stands where this package says.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":"a@b.example","b":["\u0061@b.example","\ud83d\ude00 x@y.example \ud800"]}`, `"a"`, `{"":""}`, `[{"a" : "x\"y@z.example"}, "\\"]`, `1`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) || !utf8.Valid(b) {
			return
		}
		i := New(new(plugin), attributes)
		found, err := i.JSON(t.Context(), b)
		if err != nil {
			if strings.HasPrefix(err.Error(), "reading JSON") {
				t.Fatal(err)
			}
			return
		}
		for _, leaf := range found {
			raw := b[leaf.Place.Start:leaf.Place.End]
			for _, one := range leaf.Found {
				start, end := Offset(raw, one.Start), Offset(raw, one.End)
				var got string
				if err := json.Unmarshal([]byte(`"`+string(raw[start:end])+`"`), &got); err != nil || got != string(leaf.Text[one.Start:one.End]) {
					t.Fatalf("%q of %q is at %q, %v", leaf.Text[one.Start:one.End], b, raw[start:end], err)
				}
			}
		}
	})
}
