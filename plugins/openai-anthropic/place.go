package openaianthropic

import (
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// output is JSON text on its way into the gateway.
var output codec.JSON

// plain are the characters of names and ids on both sides.
func plain(c byte, _ bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// What names and ids the two sides take.
var (
	shortNames = codec.NameForm{Max: 64, Allowed: plain}
	longNames  = codec.NameForm{Max: 128, Allowed: plain}
	claudeIDs  = codec.NameForm{Max: 128, Allowed: plain}
	openaiIDs  = codec.NameForm{Max: 40, Allowed: plain} // longer ones are a 400
	anyName    = codec.NameForm{Max: maxClientName, Allowed: func(byte, bool) bool { return true }}
)

// Bounds of what a client chooses, in bytes and in number.
const (
	maxClientName = 512
	maxClientID   = 1024
	maxNames      = 1024
	maxRestored   = 128 << 10 // names, or ids, that were changed: they wait in the state
	maxCalls      = 256       // of one message
	maxSteps      = 30000     // see steps
)

// steps counts the messages, parts, calls, tools and schema nodes of one request, so that no client can
// spend the plugin's whole time: a request of the largest agents has some thousands.
type steps int

func (s *steps) step(at *codec.Path) error {
	if *s++; *s > maxSteps {
		return codec.Invalid(at, "the request has too many parts: expected at most 30000 messages, content parts, calls, tools and schema nodes")
	}
	return nil
}

// translation is what both directions of a request have.
type translation struct {
	codec.Warnings
	steps
	names codec.Names
	ids   codec.Names
	other string // who lacks what is lost
}

// unknown warns of a member that nothing here knows.
func (t *translation) unknown(where string, name []byte, v longmen.Value, at *codec.Path) error {
	if len(name) == 0 || codec.Absent(v) {
		return nil
	}
	if err := t.step(at); err != nil {
		return err
	}
	here := at.Member(string(name))
	return t.WarnAt(&here, codec.Item(where, name), "not supported by "+t.other)
}

// name is the name to send for a function's.
func (t *translation) name(v longmen.Value, at *codec.Path) (string, error) {
	var buffer [maxClientName + 1]byte
	b := v.Prefix(buffer[:])
	if len(b) == 0 || len(b) > maxClientName {
		return "", codec.InvalidIn(at, "name", "expected the name of the function, at most 512 bytes")
	}
	if t.names.Len() >= maxNames {
		return "", codec.UnsupportedIn(at, "name", "expected at most 1024 different function names")
	}
	sent := t.names.Send(b)
	if len(t.names.Restored) > maxRestored {
		return "", codec.UnsupportedIn(at, "name", "expected at most 128 KiB of function names that have to be changed")
	}
	return sent, nil
}

// callID is the id to send for a call's.
func (t *translation) callID(id string) string {
	n := len(t.ids.Restored)
	sent := t.ids.Send([]byte(id))
	if len(t.ids.Restored) > maxRestored { // answers name new calls: these few are for servers that do not
		t.ids.Restored = t.ids.Restored[:n]
	}
	return sent
}

// call is one tool call of the last assistant turn, waiting for its result.
type call struct {
	id   string // the client's
	sent string // what the provider gets instead
	name string // of the function, as sent
	done bool

	member string // of its message that holds it
	index  int    // in that member; -1: it is not an array
}

// readID is the id of a call in the client's spelling.
func readID(v longmen.Value, at *codec.Path) (string, error) {
	var buffer [maxClientID + 1]byte
	b := v.Prefix(buffer[:])
	if len(b) == 0 || len(b) > maxClientID {
		return "", codec.Invalid(at, "expected the id of a call, at most 1024 bytes")
	}
	return string(b), nil
}

// blank tells whether a string is empty or nothing but white space, which Anthropic refuses as text; other
// kinds are blank too.
func blank(v longmen.Value) bool {
	b := codec.Word(v)
	if len(b) > 0 {
		if c, _ := utf8.DecodeRune(b); !space(c) {
			return false
		}
	}
	if len(b) < 64 {
		return trimmed(b) == 0
	}
	return v.Len() <= maxTrim && trimmed(v.AppendString(nil)) == 0
}

// maxTrim bounds a text whose white space is looked through, in bytes.
const maxTrim = 64 << 10

// trimmed is the length of a text without the white space at its end.
func trimmed(b []byte) int {
	for len(b) > 0 {
		c, n := utf8.DecodeLastRune(b)
		if !space(c) {
			break
		}
		b = b[:len(b)-n]
	}
	return len(b)
}

// space tells whether a character is white space; package unicode would bring in its tables.
func space(c rune) bool {
	switch c {
	case ' ', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
		return true
	}
	return c >= '\t' && c <= '\r' || c >= 0x2000 && c <= 0x200a
}

// integer reads an optional integer.
func integer(v longmen.Value, at *codec.Path) (n int64, ok bool, err error) {
	if codec.Absent(v) {
		return 0, false, nil
	}
	n = v.Int()
	if v.Kind() != longmen.KindNumber || float64(n) != v.Float() {
		return 0, false, codec.Invalid(at, "expected an integer")
	}
	return n, true, nil
}
