package demo

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// fault is why a request is refused, with status 400 when it has none.
type fault struct {
	status  int
	message string
	param   string // where in the request
	code    string
}

func (f *fault) Error() string { return f.message }

// refuse is a fault in the provider's words.
func refuse(param, format string, args ...any) *fault {
	return &fault{status: 400, message: fmt.Sprintf(format, args...), param: param}
}

// shape is what an object may have: its members, each with the shape of its own objects, in lists as
// well; nil for what is not looked into.
type shape map[string]shape

// named is a shape of members that are not looked into.
func named(names string) shape {
	s := shape{}
	for _, n := range strings.Fields(names) {
		s[n] = nil
	}
	return s
}

// with is the shape with members whose objects are looked into.
func (s shape) with(members shape) shape {
	out := maps.Clone(s)
	maps.Copy(out, members)
	return out
}

// unknown finds a member that the shape does not have. The names and indices that lead to it come from
// the outermost on; there are none when all are known.
func (s shape) unknown(raw json.RawMessage) []any {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	return s.find(v)
}

func (s shape) find(v any) []any {
	if s == nil {
		return nil
	}
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			if path := s.find(e); path != nil {
				return append([]any{i}, path...)
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members, ok := s[name]
			if !ok {
				members, ok = s["*"]
			}
			if !ok {
				return []any{name}
			}
			if path := members.find(v[name]); path != nil {
				return append([]any{name}, path...)
			}
		}
	}
	return nil
}

// dotted writes a path as Anthropic does, bracketed as OpenAI and Google do.
func dotted(path []any) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(path), "[]"), " ", ".")
}

func bracketed(path []any) string {
	text := ""
	for _, p := range path {
		switch p := p.(type) {
		case int:
			text += fmt.Sprintf("[%d]", p)
		case string:
			if text != "" {
				text += "."
			}
			text += p
		}
	}
	return text
}

// dataURL reads what a data URL carries; ok is false for other URLs.
func dataURL(url string) (mediaType string, size int, ok bool, err error) {
	rest, ok := strings.CutPrefix(url, "data:")
	if !ok {
		return "", 0, false, nil
	}
	head, data, _ := strings.Cut(rest, ",")
	mediaType, _, _ = strings.Cut(head, ";")
	if !strings.HasSuffix(head, ";base64") {
		return mediaType, len(data), true, nil
	}
	b, err := base64.StdEncoding.DecodeString(data)
	return mediaType, len(b), true, err
}

// isName tells the names that OpenAI and Anthropic allow for tools, and Anthropic for ids of calls.
func isName(s string, longest int) bool {
	for _, c := range s {
		if !(c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return s != "" && len(s) <= longest
}
