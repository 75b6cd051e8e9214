package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// walk is what the walks over every kind of request have in common.
type walk struct {
	codec.Warnings
	peer  string          // who has no word for what is warned of
	steps int             // see maxSteps
	drop  []longmen.Value // members that must not go on
}

// maxSteps bounds the messages, parts, calls and unknown members of one request, so that no client can
// spend the plugin's whole time: a request of the largest agents has some thousands.
const maxSteps = 30000

// step counts one of them.
func (w *walk) step(at *codec.Path) error {
	if w.steps++; w.steps > maxSteps {
		return codec.Invalid(at, "the request has too many parts: expected at most 30000 messages, content parts, calls and members")
	}
	return nil
}

// unknown warns of a member that nothing here knows. where is the place in warnings.
func (w *walk) unknown(where string, name []byte, v longmen.Value, at *codec.Path) error {
	if err := w.step(at); err != nil {
		return err
	}
	if len(name) == 0 || codec.Absent(v) {
		return nil
	}
	here := at.Member(string(name))
	return w.WarnAt(&here, codec.Item(where, name), "not supported by "+w.peer)
}

// forget leaves a member out of what goes on, once the walk over its siblings is over.
func (w *walk) forget(v longmen.Value, at *codec.Path) error {
	w.drop = append(w.drop, v)
	return w.step(at)
}

// leave forgets members that may not exist, of which there are few. Inlined, its loop would be 9 KB of the module.
//
//go:noinline
func (w *walk) leave(members ...longmen.Value) {
	for _, v := range members {
		if v.Exists() {
			w.drop = append(w.drop, v)
		}
	}
}

// clean leaves out what was forgotten.
//
//go:noinline
func (w *walk) clean() {
	for _, v := range w.drop {
		v.Delete()
	}
	w.drop = w.drop[:0]
}

// usageWanted reads stream_options: whether the stream is to end with a chunk of usage.
func (w *walk) usageWanted(options longmen.Value) (bool, error) {
	if codec.Absent(options) {
		return false, nil
	}
	at := codec.Path{Name: "stream_options"}
	if options.Kind() != longmen.KindObject {
		return false, codec.Invalid(&at, "expected an object")
	}
	usage := false
	for m := options.First(); m.Exists(); m = m.Next() {
		switch k := codec.Key(m); string(k) {
		case "include_usage":
			usage = m.Bool()
		case "include_obfuscation":
			// there is none
		default:
			if err := w.unknown("stream_options", k, m, &at); err != nil {
				return false, err
			}
		}
	}
	return usage, nil
}

// boolean reads an optional boolean.
func boolean(v longmen.Value, at *codec.Path) (bool, error) {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return false, nil
	case longmen.KindBool:
		return v.Bool(), nil
	}
	return false, codec.Invalid(at, "expected a boolean")
}

// maxCount bounds a count of tokens, so that sums stay exact in any client.
const maxCount = 1 << 48

func count(v longmen.Value) int64 { return min(max(v.Int(), 0), maxCount) }

// setting is a member on its way to another name.
type setting struct {
	name  string
	value longmen.Value
}

// number remembers a number that moves to a name of the other side.
func number(list []setting, v longmen.Value, name, to string) ([]setting, error) {
	switch v.Kind() {
	case longmen.KindNull:
		return list, nil
	case longmen.KindNumber:
		return append(list, setting{to, v}), nil
	}
	return list, codec.Invalid(&codec.Path{Name: name}, "expected a number")
}
