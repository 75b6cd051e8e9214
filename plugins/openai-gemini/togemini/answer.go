package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// answer is one translation of a whole answer.
type answer struct {
	asked
	choices longmen.Value // of the client's answer
	usable  bool          // some candidate says something
	failed  string        // a native reason that is an error if none does
	why     longmen.Value // what the provider said about it
}

// reply is an answer's members, also those of an event; zero when absent.
type reply struct {
	candidates, feedback, usage, version, id longmen.Value
}

func (r *reply) read(doc longmen.Value) {
	for m := doc.First(); m.Exists(); m = m.Next() {
		if m.Kind() == longmen.KindNull {
			continue
		}
		switch string(codec.Key(m)) {
		case "candidates":
			r.candidates = m
		case "promptFeedback":
			r.feedback = m
		case "usageMetadata":
			r.usage = m
		case "modelVersion":
			r.version = m
		case "responseId":
			r.id = m
		}
	}
}

// Response turns a gemini.generate answer into an openai.chat answer. text is what the
// request left.
func Response(doc longmen.Value, text []byte) error {
	var r reply
	if r.read(doc); r == (reply{}) && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	var s stream
	s.load(text)
	b := append(output[:0], '{')
	b = r.appendHead(b, s.tail, "chat.completion")
	b = add(b, `,"choices":[]`)
	if r.usage.Kind() == longmen.KindObject {
		var c counts
		c.read(r.usage)
		b = add(b, `,"usage":`)
		b = c.append(b)
	}
	output = append(b, '}')
	out := codec.Parsed(output)
	a := answer{asked: s.asked, choices: out.Get("choices")}

	if !codec.Absent(r.candidates) && r.candidates.Kind() != longmen.KindArray {
		return codec.Malformed(&candidatesAt, "an array of candidates")
	}
	i := 0
	for v, next := r.candidates.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		candidateAt = candidatesAt.Element(i)
		if i++; i > maxCandidates {
			return codec.Malformed(&candidateAt, "at most 128 candidates")
		}
		if err := a.choice(v, &candidateAt); err != nil {
			return err
		}
	}
	if i == 0 {
		reason := r.blocked()
		if reason == "" {
			return codec.Malformed(&candidatesAt, "at least one candidate")
		}
		a.refuse(reason)
	} else if a.failed != "" && !a.usable && !config.pass {
		return fruitless(a.failed, a.why)
	}
	doc.Replace(out)
	return nil
}

// appendHead appends the members that an answer, or every chunk of one, begins with. model is the
// requested model's name as JSON.
func (r *reply) appendHead(b, model []byte, object string) []byte {
	var buffer [maxKept + 1]byte
	b = add(b, `"id":`)
	if id := r.id.Prefix(buffer[len("chatcmpl-"):]); len(id) > 0 && len(id) <= maxKept-len("chatcmpl-") {
		b = codec.AppendQuoted(b, codec.View(append(add(buffer[:0], "chatcmpl-"), id...)))
	} else {
		b = codec.AppendQuoted(b, codec.RandomID("chatcmpl-", 24))
	}
	b = add(b, `,"object":"`)
	b = append(b, object...)
	b = add(b, `","created":`)
	b = addInt(b, longmen.NowMillis()/1000)
	b = add(b, `,"model":`)
	if version := r.version.Prefix(buffer[:]); len(version) > 0 && len(version) <= maxKept {
		return codec.AppendQuoted(b, codec.View(version))
	}
	return append(b, model...)
}

// blocked is why the prompt was blocked, "" if it was not.
func (r *reply) blocked() string {
	return string(codec.AppendName(nil, string(codec.Word(r.feedback.Get("blockReason")))))
}

// fruitless is the error for an answer that holds nothing, so that the next candidate is tried.
func fruitless(native string, why longmen.Value) error {
	message := "the provider's answer holds nothing: it ended with " + native
	var buffer [512]byte
	if said := why.Prefix(buffer[:]); len(said) > 0 {
		message += ": " + strings.ToValidUTF8(string(said), "")
	}
	code := []byte(native)
	for i, c := range code {
		if c >= 'A' && c <= 'Z' {
			code[i] = c + 'a' - 'A'
		}
	}
	return longmen.Reject(502, string(code), "", message)
}

// refuse answers with one choice that says why the prompt was blocked.
func (a *answer) refuse(reason string) {
	b := add(output[:0], `{"index":0,"message":{"role":"assistant","content":null,"refusal":`)
	b = codec.AppendQuoted(b, "prompt blocked: "+reason)
	b = add(b, `},`)
	b = appendFinish(b, blocked+reason, 0)
	output = append(b, '}')
	a.choices.Append(codec.Parsed(output))
}

// choice appends the choice for a candidate.
func (a *answer) choice(v longmen.Value, at *codec.Path) error {
	var c candidate
	if c.read(v); !c.content.Exists() && v.Kind() != longmen.KindObject {
		return codec.Malformed(at, "a candidate object")
	}
	index, err := c.number(at)
	if err != nil {
		return err
	}
	var g grounded
	if c.grounding.Exists() {
		g = ground(&c, at)
	}
	var content, thoughts codec.Joined
	var calls, images, sound, signature longmen.Value
	n := 0
	var sp speech
	for sp.begin(&c, at); sp.next(); {
		s := &sp.said
		switch {
		case s.call.Exists():
			made, err := a.call(&sp, -1)
			if err != nil {
				return err
			}
			if !calls.Exists() {
				calls = longmen.NewArray()
			}
			calls.Append(made)
			n++
			continue // the signature went with the call
		case s.text.Exists() && s.thought:
			thoughts.Add(s.text)
		case s.text.Exists():
			if !content.Add(s.text) && s.text.Kind() != longmen.KindString && !codec.Absent(s.text) {
				return sp.malformed("text", "a string")
			}
		case s.inline.Exists() && !s.thought:
			kind := s.mediaKind()
			if isSound(kind) {
				if sound.Exists() {
					longmen.Warn("answer", "more than one piece of sound: the first is given")
				} else if sound, err = speak(&sp, codec.RandomID("audio_", 24)); err != nil {
					return err
				}
				continue
			}
			image, err := image(&sp, kind, -1)
			if err != nil {
				return err
			}
			if image.Exists() {
				if !images.Exists() {
					images = longmen.NewArray()
				}
				images.Append(image)
			}
		default:
			content.Add(s.fenced())
		}
		if s.signature.Exists() {
			signature = s.signature
		}
	}
	if sp.err != nil {
		return sp.err
	}
	native := c.native()
	b := add(output[:0], `{"index":`)
	b = addInt(b, int64(index))
	b = add(b, `,"message":{"role":"assistant","content":null},`)
	b = appendFinish(b, native, n)
	output = append(b, '}')
	choice := codec.Parsed(output)
	message := choice.Get("message")
	said := content.Value()
	if said.Exists() {
		message.Set("content", said)
	}
	if v := thoughts.Value(); v.Exists() {
		message.Set("reasoning_content", v)
	}
	if images.Exists() {
		message.Set("images", images)
	}
	if calls.Exists() {
		message.Set("tool_calls", calls)
	}
	if sound.Exists() {
		message.Set("audio", sound)
	}
	if c.grounding.Exists() {
		if list := g.annotations(c.grounding); list.Exists() {
			message.Set("annotations", list)
		}
	}
	if signature.Exists() && a.showsText() {
		e := longmen.NewJSON(`{"google":{}}`)
		e.First().Set("thought_signature", signature)
		message.Set("extra_content", e)
	}
	if c.logprobs.Exists() {
		choice.Set("logprobs", logprobs(c.logprobs))
	}
	a.choices.Append(choice)
	if said.Exists() || images.Exists() || sound.Exists() || n > 0 {
		a.usable = true
	} else if fails(native) {
		a.failed, a.why = native, c.message
	}
	return nil
}

// image is the images[] element for inlineData that is an image, with its index in a stream; other
// media are left out.
func image(sp *speech, kind string, index int) (longmen.Value, error) {
	if len(kind) < 6 || kind[:6] != "image/" {
		longmen.Warn("answer", "media of the answer other than images and sound are left out")
		return 0, nil
	}
	url, ok := codec.NewDataURL(kind, sp.said.inline.Get("data"))
	if !ok {
		return 0, sp.malformed("inlineData.data", "base64")
	}
	b := append(output[:0], '{')
	if index >= 0 {
		b = add(b, `"index":`)
		b = addInt(b, int64(index))
		b = append(b, ',')
	}
	output = add(b, `"type":"image_url","image_url":{}}`)
	made := codec.Parsed(output)
	made.Get("image_url").Set("url", url)
	return made, nil
}
