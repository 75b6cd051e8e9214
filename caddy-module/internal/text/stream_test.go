package text

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// delta is an event of openai.chat for choice 0.
func delta(members string) string {
	return `{"id":"i","choices":[{"index":0,"delta":{` + members + `},"finish_reason":null}]}`
}

func arguments(raw string) string {
	return delta(`"tool_calls":[{"index":0,"function":{"arguments":` + quoted(raw) + `}}]`)
}

func quoted(s string) string { return `"` + string(appendEscaped(nil, []byte(s))) + `"` }

func part(members string) string {
	return `{"candidates":[{"content":{"parts":[` + members + `],"role":"model"}}]}`
}

func stop(members string) string {
	return `{"candidates":[{"content":{"parts":[` + members + `],"role":"model"},"finishReason":"STOP"}]}`
}

const (
	start  = `"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]`
	finish = `{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
)

// TestStream shows event by event what a client gets of a stream behind the restoring plugin.
func TestStream(t *testing.T) {
	email := quoted(secrets["<EMAIL_AB12>"])
	inner := strings.Trim(quoted(secrets["<EMAIL_AB12>"]), `"`)
	for _, tt := range []struct {
		name, dialect string
		in, want      []string
	}{
		{"nothing to do", "openai.chat",
			[]string{delta(`"role":"assistant","content":""`), delta(`"content":"a < b"`), finish},
			[]string{delta(`"role":"assistant","content":""`), delta(`"content":"a < b"`), finish}},
		{"only a possible beginning waits", "openai.chat",
			[]string{delta(`"content":"a <EM"`), delta(`"content":"AIL_AB12>!"`)},
			[]string{delta(`"content":"a "`), delta(`"content":` + quoted(secrets["<EMAIL_AB12>"]+"!"))}},
		{"finish waits behind held text", "openai.chat",
			[]string{delta(`"role":"assistant","content":"<"`), finish},
			[]string{delta(`"role":"assistant","content":""`), delta(`"content":"<"`), finish}},
		{"text in the finishing event", "openai.chat",
			[]string{delta(`"content":"<EMAIL_"`), `{"choices":[{"finish_reason":"stop","index":0,"delta":{"content":"AB12><"}}]}`},
			[]string{delta(`"content":""`), `{"choices":[{"finish_reason":"stop","index":0,"delta":{"content":` + quoted(secrets["<EMAIL_AB12>"]+"<") + `}}]}`}},
		{"tool call waits behind held text", "openai.chat",
			[]string{delta(`"content":"<E"`), delta(start), delta(`"content":"MAIL"`)},
			[]string{delta(`"content":""`), delta(`"content":"<E"`), delta(start), delta(`"content":"MAIL"`)}},
		{"text waits behind held reasoning", "openai.chat",
			[]string{delta(`"reasoning_content":"<E","content":null`), delta(`"content":"x"`)},
			[]string{delta(`"reasoning_content":"","content":null`), delta(`"reasoning_content":"<E","content":null`), delta(`"content":"x"`)}},
		{"reasoning and text in one event", "openai.chat",
			[]string{delta(`"reasoning_content":"<E","content":"<E"`), finish},
			[]string{delta(`"reasoning_content":"<E","content":""`), delta(`"content":"<E"`), finish}},
		{"other choices and pings pass", "openai.chat",
			[]string{delta(`"content":"<E"`), `{"choices":[{"index":1,"delta":{"content":"x"}}]}`, `{"choices":[]}`, `{"type":"ping"}`},
			[]string{delta(`"content":""`), `{"choices":[{"index":1,"delta":{"content":"x"}}]}`, `{"choices":[]}`, `{"type":"ping"}`, delta(`"content":"<E"`)}},
		{"template leaves out what may not come twice", "openai.chat",
			[]string{`{"id":"i","choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"role":"assistant","content":"<E","tool_calls":[]},"logprobs":{"content":[]},"finish_reason":null}],"usage":{"total_tokens":3}}`},
			[]string{`{"id":"i","choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[]},"logprobs":{"content":[]},"finish_reason":null}],"usage":{"total_tokens":3}}`,
				`{"id":"i","choices":[{"index":0,"delta":{"content":"<E","tool_calls":[]},"finish_reason":null}]}`}},
		{"two pieces in one event", "gemini.generate",
			[]string{part(`{"text":"a <EMA"},{"text":"IL_AB12> b"}`)},
			[]string{part(`{"text":` + quoted("a "+secrets["<EMAIL_AB12>"]+" b") + `},{"text":""}`)}},
		{"call between two pieces", "gemini.generate",
			[]string{part(`{"text":"<EMA"},{"functionCall":{"name":"f","args":{"a":"<EMAIL_AB12>"}}},{"text":"IL_AB12>"}`)},
			[]string{part(`{"text":"<EMA"},{"functionCall":{"name":"f","args":{"a":` + email + `}}},{"text":"IL_AB12>"}`)}},
		{"whole arguments are final", "gemini.generate",
			[]string{part(`{"functionCall":{"args":{"a":"<EM"}}}`), part(`{"functionCall":{"args":{"a":"AIL_AB12>"}}}`)},
			[]string{part(`{"functionCall":{"args":{"a":"<EM"}}}`), part(`{"functionCall":{"args":{"a":"AIL_AB12>"}}}`)}},
		{"signature is not repeated", "gemini.generate",
			[]string{part(`{"text":"<E","thoughtSignature":"S="}`)},
			[]string{part(`{"text":"","thoughtSignature":"S="}`), part(`{"text":"<E"}`)}},
		{"arguments keep their spelling", "openai.chat",
			[]string{arguments(`{"a" : "\u0041\/<EM`), arguments(`AIL_AB12>\u00e9"}`)},
			[]string{arguments(`{"a" : "\u0041\/`), arguments(inner + `\u00e9"}`)}},
		{"a false beginning keeps its spelling", "openai.chat",
			[]string{arguments(`{"a":"\u003cEM`), arguments(`BER"}`)},
			[]string{arguments(`{"a":"`), arguments(`\u003cEMBER"}`)}},
		{"escape cut in two", "openai.chat",
			[]string{arguments(`{"a":"x\`), arguments(`u00`), arguments(`3cEMAIL_AB12`), arguments(`>"}`)},
			[]string{arguments(`{"a":"x`), arguments(``), arguments(``), arguments(inner + `"}`)}},
		{"surrogates cut in two", "openai.chat",
			[]string{arguments(`{"a":"x\ud83d`), arguments(`\ude00"}`)},
			[]string{arguments(`{"a":"x`), arguments(`\ud83d\ude00"}`)}},
		{"half an escape at the end", "openai.chat",
			[]string{arguments(`{"a":"x\u00`), finish},
			[]string{arguments(`{"a":"x`), arguments(`\u00`), finish}},
		{"string left open at the end", "openai.chat",
			[]string{arguments(`{"a":"x<EM`)},
			[]string{arguments(`{"a":"x`), arguments(`<EM`)}},
		{"literal over two strings", "openai.chat",
			[]string{arguments(`{"a":["<EM"`), arguments(`,"AIL_AB12>"]}`)},
			[]string{arguments(`{"a":["<EM"`), arguments(`,"AIL_AB12>"]}`)}},
		{"names of members that hold data are text", "openai.chat",
			[]string{arguments(`{"<EMAIL_AB12>":"\"`), arguments(`<EMAIL_AB12>","b":{"x <EM`), arguments(`AIL_A`), arguments(`B12> \"\u00`), arguments(`3cEMAIL_AB12>":["<EMAIL_AB12>`), arguments(`"]}}`)},
			[]string{arguments(`{"` + inner + `":"\"`), arguments(inner + `","b":{"x `), arguments(``), arguments(inner + ` \"`), arguments(inner + `":["` + inner), arguments(`"]}}`)}},
		{"arguments that are no JSON", "openai.chat",
			[]string{arguments(`to <EM`), arguments(`AIL_AB12>, "`), arguments(`<EMAIL_AB12>`)},
			[]string{arguments(`to `), arguments(secrets["<EMAIL_AB12>"] + `, "`), arguments(secrets["<EMAIL_AB12>"])}},
		{"arguments that stop being JSON", "openai.chat",
			[]string{arguments(`{"a":"<EMAIL_AB12>\q<EM`), arguments(`AIL_AB12>`)},
			[]string{arguments(`{"a":"` + inner + `\q`), arguments(secrets["<EMAIL_AB12>"])}},
		{"a beginning in front of what is no JSON", "openai.chat",
			[]string{arguments(`{"a":"<EM\qx`), arguments(`<EMAIL_AB12>`)},
			[]string{arguments(`{"a":"<EM\qx`), arguments(secrets["<EMAIL_AB12>"])}},
		{"finish that may be repeated waits behind held text", "gemini.generate",
			[]string{stop(`{"text":"a<E"}`)},
			[]string{part(`{"text":"a"}`), stop(`{"text":"<E"}`)}},
		{"finish that was repeated", "gemini.generate",
			[]string{stop(`{"text":"a<E"}`), stop(`{"text":"MU <E"}`), part(`{"text":"x"}`), stop(``)},
			[]string{part(`{"text":"a"}`), part(`{"text":"<EMU "}`), part(`{"text":"<Ex"}`), stop(``)}},
		{"finish that was none", "gemini.generate",
			[]string{stop(`{"text":"a<E"}`), part(`{"functionCall":{"name":"f"}}`), part(`{"text":"<"}`)},
			[]string{part(`{"text":"a"}`), part(`{"text":"<E"}`), part(`{"functionCall":{"name":"f"}}`), part(`{"text":""}`), part(`{"text":"<"}`)}},
		{"two documents in one call", "openai.chat",
			[]string{arguments(`{"a":"x"}{"b":"<EM`), arguments(`AIL_AB12>"}`)},
			[]string{arguments(`{"a":"x"}{"b":"`), arguments(inner + `"}`)}},
		{"message repeated whole", "openai.chat",
			[]string{delta(`"content":"<EMA"`), `{"choices":[{"index":0,"delta":{"content":"IL_AB12>"},"message":{"content":"<EMAIL_AB12>","tool_calls":[{"function":{"arguments":"{\"a\":\"<EMAIL_AB12>\"}"}}]}}]}`},
			[]string{delta(`"content":""`), `{"choices":[{"index":0,"delta":{"content":` + email + `},"message":{"content":` + email + `,"tool_calls":[{"function":{"arguments":` + quoted(`{"a":`+email+`}`) + `}}]}}]}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var events [][]byte
			for _, e := range tt.in {
				events = append(events, []byte(e))
			}
			var got []string
			for _, e := range replay(t, must(t, tt.dialect), events, restore) {
				got = append(got, string(e))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("the client's events differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestStreamSegments shows what a plugin sees.
func TestStreamSegments(t *testing.T) {
	s := NewStream(must(t, "openai.chat"), 100)
	var a document.Arena
	var reply Reply
	var seen []string
	note := func(segs []Segment, reply *Reply) {
		restore(segs, reply)
		for _, sg := range segs {
			f := ""
			if sg.Flags&abi.SegmentFinal != 0 {
				f = " final"
			}
			seen = append(seen, fmt.Sprintf("%s %s %d %s %q%s", roleNames[sg.Role], kindNames[sg.Kind], sg.Channel, sg.Path, sg.Text, f))
		}
	}
	for _, e := range []string{
		delta(`"role":"assistant","content":""`), delta(`"content":"x<"`), delta(`"content":"E"`), delta(start),
		arguments(`{"a`), arguments(`":{"b":["v1","`), arguments(`v2`), arguments(`<`), arguments(`"],"c":"`), arguments(`","d":""}}`),
		`{"choices":[{"index":1,"delta":{"content":"y<"}}]}`,
		`{"choices":[{"index":1,"delta":{"content":"z"},"finish_reason":"stop"}]}`,
	} {
		step(t, s, &a, []byte(e), &reply, note)
	}
	want := []string{
		`assistant plain 0  "x<"`, `assistant plain 0  "<E"`, `assistant plain 0  "<E" final`,
		`assistant args 1 /a/b/0 "v1" final`, `assistant args 1 /a/b/1 "v2"`, `assistant args 1 /a/b/1 "<"`, `assistant args 1 /a/b/1 "<" final`,
		`assistant plain 2  "y<"`, `assistant plain 2  "<z" final`,
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("segments differ (-want +got):\n%s", diff)
	}
}

func TestHoldOverflow(t *testing.T) {
	s := NewStream(must(t, "openai.chat"), 8)
	var a document.Arena
	var reply Reply
	hold := func(segs []Segment) {
		reply.Reset()
		for i := range segs {
			reply.Holds = append(reply.Holds, Hold{uint32(i), uint32(len(segs[i].Text))})
		}
	}
	for i, tt := range []struct {
		event string
		want  error
	}{
		{delta(`"content":"12345"`), nil},
		{`{"choices":[{"index":1,"delta":{"content":"678"}}]}`, nil},
		{`{"choices":[{"index":1,"delta":{"content":"9"}}]}`, ErrHoldOverflow},
		{delta(`"content":"x"`), ErrHoldOverflow},
	} {
		a.Reset()
		root, err := a.Parse([]byte(tt.event))
		if err != nil {
			t.Fatal(err)
		}
		hold(s.Collect(&a, root))
		if err := s.Apply(&a, root, &reply); !errors.Is(err, tt.want) {
			t.Errorf("event %d: Apply = %v, want %v", i, err, tt.want)
		}
		if got := string(a.AppendJSON(nil, root)); tt.want != nil && got != tt.event {
			t.Errorf("event %d: a refused hold wrote %s", i, got)
		}
	}
}

func TestBadReplyLeavesTheEvent(t *testing.T) {
	s := NewStream(must(t, "openai.chat"), 8)
	var a document.Arena
	event := delta(`"content":"12345"`)
	root, _ := a.Parse([]byte(event))
	s.Collect(&a, root)
	if err := s.Apply(&a, root, &Reply{Edits: []Edit{{0, 0, 1, nil}, {0, 9, 9, nil}}}); !errors.Is(err, ErrReply) {
		t.Errorf("Apply = %v, want ErrReply", err)
	}
	if got := string(a.AppendJSON(nil, root)); got != event {
		t.Errorf("Apply wrote %s", got)
	}
}

func TestTooManyChannelsAreFinal(t *testing.T) {
	s := NewStream(must(t, "openai.chat"), 1<<20)
	var a document.Arena
	var reply Reply
	for i := range maxChannels + 50 {
		final := false
		step(t, s, &a, []byte(fmt.Sprintf(`{"choices":[{"index":%d,"delta":{"content":"<","tool_calls":[{"index":0,"function":{"arguments":"{\"a\":\"<EMAIL_AB12>"}}]}}]}`, i)), &reply, func(segs []Segment, reply *Reply) {
			restore(segs, reply)
			final = segs[len(segs)-1].Flags&abi.SegmentFinal != 0
		})
		if i*2 > maxChannels && !final {
			t.Fatalf("choice %d can still be held", i)
		}
	}
	if len(s.channels) > maxChannels || len(s.started) > maxChannels {
		t.Errorf("%d channels, %d calls, want at most %d", len(s.channels), len(s.started), maxChannels)
	}
}

// TestFinishInEveryEvent: some Gemini servers say STOP in each event of a choice. Text is restored over
// their borders all the same, and the last event says STOP.
func TestFinishInEveryEvent(t *testing.T) {
	d := must(t, "gemini.generate")
	const text = "Dear <NAME_7F>, <EMAIL_AB12> — <NOTE_01> <NAM"
	want := restorer.Replace(text)
	render := func(text string) []byte {
		return []byte(`{"candidates":[{"content":{"parts":[{"text":` + quoted(text) + `}]},"finishReason":"STOP","index":0}],"usageMetadata":{"totalTokenCount":1}}`)
	}
	for i := range text {
		for j := range text {
			if i >= j {
				continue
			}
			out := replay(t, d, [][]byte{render(text[:i]), render(text[i:j]), render(text[j:])}, restore)
			got, usage := "", 0
			for _, o := range geminiOps(t, out) {
				got += o.text
			}
			for _, e := range out {
				usage += strings.Count(string(e), "usageMetadata")
			}
			if got != want || usage != 3 || !strings.Contains(string(out[len(out)-1]), `"finishReason":"STOP"`) {
				t.Fatalf("cut at %d and %d: %q\n%s", i, j, got, out)
			}
		}
	}
}

func TestStreamTakesNilReplies(t *testing.T) {
	s := NewStream(must(t, "openai.chat"), 100)
	var a document.Arena
	var reply Reply
	step(t, s, &a, []byte(delta(`"content":"a<"`)), &reply, restore)
	a.Reset()
	root, _ := a.Parse([]byte(delta(`"content":"b<"`)))
	s.Collect(&a, root)
	if err := s.Apply(&a, root, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := string(a.AppendJSON(nil, root)), delta(`"content":"<b<"`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	step(t, s, &a, []byte(delta(`"content":"<"`)), &reply, restore)
	if segs := s.DrainAll(); len(segs) != 1 {
		t.Fatalf("DrainAll gave %d segments", len(segs))
	}
	out, err := s.Release(nil)
	if err != nil || len(out) != 1 || string(out[0].Data) != delta(`"content":"<"`) {
		t.Errorf("Release = %s, %v", out, err)
	}
	if segs := s.DrainAll(); len(segs) != 0 {
		t.Errorf("DrainAll gave %d segments again", len(segs))
	}
	if out, err := s.Release(nil); len(out) != 0 || err != nil {
		t.Errorf("Release = %v, %v again", out, err)
	}
}

// TestPathsBehindNames: the path of a leaf has the whole name of its member, however the name was cut and
// whatever of it was held.
func TestPathsBehindNames(t *testing.T) {
	const raw = `{"n<EMAIL_AB12>\u00e9/":{"plain":["v"],"<X":"w"},"` + "long" + `":"u"}`
	d := must(t, "openai.chat")
	for i := 1; i < len(raw); i++ {
		for j := i; j < len(raw); j += 5 {
			var got []string
			events := [][]byte{[]byte(arguments(raw[:i])), []byte(arguments(raw[i:j])), []byte(arguments(raw[j:])), []byte(finish)}
			replay(t, d, events, func(segs []Segment, r *Reply) {
				for _, s := range segs {
					if n := len(got); n == 0 || got[n-1] != s.Path {
						got = append(got, s.Path)
					}
				}
				restore(segs, r)
			})
			const want = ` /n<EMAIL_AB12>é~1/plain/0 /n<EMAIL_AB12>é~1 /n<EMAIL_AB12>é~1/<X /long`
			if have := strings.Join(got, " "); have != want {
				t.Fatalf("cut at %d and %d: paths%s, want%s", i, j, have, want)
			}
		}
	}
}

// TestWordsInJSON: words that were asked for as JSON stay JSON, whole and in pieces; words that are none are one text.
func TestWordsInJSON(t *testing.T) {
	d := must(t, "openai.chat")
	for _, said := range []string{
		`{"a":["<EMAIL_AB12>",{"<NAME_7F>":"\u003cNAME_7F> <"}],"n":1}`, `"<NOTE_01>"`, `sorry, <EMAIL_AB12>: "no"`, "```json\n{\"a\":\"<EMAIL_AB12>\"}\n```", `[]`,
	} {
		want := restorer.Replace(said)
		if json.Valid([]byte(said)) {
			want = restoreArgs(said)
		}
		var a document.Arena
		root, err := a.Parse([]byte(`{"choices":[{"message":{"content":` + quoted(said) + `}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		doc := Document{JSON: true}
		var reply Reply
		restore(doc.Collect(d, abi.PhaseAnswer, &a, root), &reply)
		if err := doc.Apply(&reply); err != nil {
			t.Fatal(err)
		}
		if got := a.String(a.Pointer(root, "/choices/0/message/content")); !sameJSON(got, want) {
			t.Errorf("whole %q: got %q, want %q", said, got, want)
		}
		for i := 0; i <= len(said); i++ {
			s := NewStream(d, 1<<16)
			s.JSON = true
			got := ""
			for _, piece := range []string{said[:i], said[i:]} {
				var a document.Arena
				root, err := a.Parse([]byte(delta(`"content":` + quoted(piece))))
				if err != nil {
					t.Fatal(err)
				}
				restore(s.Collect(&a, root), &reply)
				if err := s.Apply(&a, root, &reply); err != nil {
					t.Fatal(err)
				}
				got += a.String(a.Pointer(root, "/choices/0/delta/content"))
			}
			restore(s.DrainAll(), &reply)
			released, err := s.Release(&reply)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range released {
				var a document.Arena
				root, err := a.Parse(r.Data)
				if err != nil {
					t.Fatal(err)
				}
				got += a.String(a.Pointer(root, "/choices/0/delta/content"))
			}
			if got != want {
				t.Fatalf("cut at %d: got %q, want %q", i, got, want)
			}
		}
	}
}

// sameJSON tells whether two texts are the same, or the same JSON.
func sameJSON(a, b string) bool {
	var v, w any
	return a == b || json.Unmarshal([]byte(a), &v) == nil && json.Unmarshal([]byte(b), &w) == nil && reflect.DeepEqual(v, w)
}
