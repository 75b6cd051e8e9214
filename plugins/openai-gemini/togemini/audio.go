package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// soundLife is how long OpenAI's clients are told to refer to a piece of sound by its id, in seconds. Nobody
// can, because the gateway keeps none, but the member is not optional.
const soundLife = 3600

// mediaKind is the media type of a part with inlineData, without its parameters.
func (s *said) mediaKind() string {
	kind, _, _ := strings.Cut(string(codec.Word(s.inline.Get("mimeType"))), ";")
	return codec.MediaType(kind)
}

func isSound(kind string) bool { return strings.HasPrefix(kind, "audio/") }

// speak is the audio object for a part with sound.
func speak(sp *speech, id string) (longmen.Value, error) {
	data := sp.said.inline.Get("data")
	if !codec.Text(data) {
		return 0, sp.malformed("inlineData.data", "base64")
	}
	made := longmen.NewObject()
	made.SetString("id", id)
	made.Set("data", data)
	made.SetInt("expires_at", longmen.NowMillis()/1000+soundLife)
	made.SetString("transcript", "")
	return made, nil
}

// voice sets whose voice speaks, of OpenAI's parameter "audio".
func (r *request) voice(v longmen.Value) error {
	at := codec.Path{Name: "audio"}
	if codec.Absent(v) {
		return nil
	}
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(&at, "expected an object")
	}
	name := v.Get("voice")
	if name.Kind() == longmen.KindObject {
		name = name.Get("id")
	}
	switch string(codec.Word(v.Get("format"))) {
	case "", "pcm16":
	default:
		if err := r.Warn("audio.format", "gemini answers in its own format: pcm16 of 24 kHz"); err != nil {
			return err
		}
	}
	if codec.Text(name) {
		c := longmen.NewJSON(`{"voiceConfig":{"prebuiltVoiceConfig":{}}}`)
		c.Pointer("/voiceConfig/prebuiltVoiceConfig").Set("voiceName", name)
		r.generate().Set("speechConfig", c)
	}
	return nil
}
