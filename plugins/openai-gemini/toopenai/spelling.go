package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Proto JSON has two names for a field, fileUri and file_uri. Errors and warnings name a place as the client
// spelled it: the document is looked at again, which costs nothing as long as nothing is wrong.

// client is what the client sent, and the name of the member that the request stands in, "" for the whole.
type client struct {
	doc   longmen.Value
	below string
}

// invalid refuses a request that cannot be served truthfully.
func invalid(at *codec.Path, message string) error {
	return longmen.Reject(400, "invalid_value", spelled(at), message)
}

// unsupported refuses a request that asks for what the provider does not do.
func unsupported(at *codec.Path, message string) error {
	return longmen.Reject(400, "unsupported_value", spelled(at), message)
}

// spelled is a place in the client's own spelling. It keeps nothing of the path, which would have to live on the
// heap then.
func spelled(at *codec.Path) string {
	text, _, _ := current.client.place(nil, at)
	return string(text)
}

// place appends a place, and tells what stands there and whether a name on the way has underscores.
func (c *client) place(dst []byte, at *codec.Path) (text []byte, v longmen.Value, underscores bool) {
	if at == nil {
		if c.below == "" {
			return dst, c.doc, false
		}
		return append(dst, c.below...), c.doc.Get(c.below), hasUnderscore(c.below)
	}
	dst, up, underscores := c.place(dst, at.Up)
	if at.Name == "" {
		dst = append(addInt(append(dst, '['), int64(at.Index)), ']')
		if up.Kind() == longmen.KindObject { // a list of one without brackets
			return dst, up, underscores
		}
		return dst, up.Index(at.Index), underscores
	}
	name := string([]byte(at.Name))
	if v = up.Get(name); !v.Exists() {
		other := snake(name)
		if v = up.Get(other); v.Exists() || underscores {
			name, underscores = other, underscores || hasUnderscore(other)
		}
	}
	if len(dst) > 0 {
		dst = append(dst, '.')
	}
	return codec.AppendName(dst, name), v, underscores
}

func hasUnderscore(name string) bool {
	for i := range len(name) {
		if name[i] == '_' {
			return true
		}
	}
	return false
}

// snake is a name in lower case with underscores.
func snake(name string) string {
	b := make([]byte, 0, len(name)+4)
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			b = append(b, '_')
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return string(b)
}

// unknown warns of a member that nothing here knows.
func (r *request) unknown(where string, v longmen.Value, at *codec.Path) error {
	if len(codec.Key(v)) == 0 || codec.Absent(v) {
		return nil
	}
	if err := r.step(at); err != nil {
		return err
	}
	return r.lost(where, v)
}

// lost warns of a member that has no equivalent. where is the place of what it stands in, without indices.
func (r *request) lost(where string, v longmen.Value) error {
	item := make([]byte, 0, 64)
	if r.client.below != "" {
		item = append(append(item, r.client.below...), '.')
	}
	if where != "" {
		item = append(append(item, r.client.general(where)...), '.')
	}
	return r.Warn(string(codec.AppendName(item, string(codec.Key(v)))), "not supported by openai")
}

// general spells a place without indices as the client spells its first name.
func (c *client) general(where string) string {
	n := 0
	for n < len(where) && where[n] != '.' && where[n] != '[' {
		n++
	}
	name := snake(where[:n])
	if name == where[:n] {
		return where
	}
	doc := c.doc
	if c.below != "" {
		doc = doc.Get(c.below)
	}
	if !doc.Get(where[:n]).Exists() && doc.Get(name).Exists() {
		return snake(where)
	}
	return where
}
