package migration

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// section is a mapping of the file. It remembers which keys were read, so that the others can be told of.
type section struct {
	notes *report
	at    value
	keys  map[string]value
	order []string
	read  map[string]bool
}

// parse reads a file, which has to be a mapping.
func parse(file []byte, notes *report) (*section, error) {
	d := yaml.NewDecoder(bytes.NewReader(file))
	var doc, more yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty, expected the configuration as YAML")
		}
		return nil, fmt.Errorf("reading YAML: %w", err)
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file has several documents, expected one")
	}
	if n := aliases(&doc); n > maxAliases {
		return nil, fmt.Errorf("the file refers to parts of itself %d times, expected at most %d", n, maxAliases)
	}
	root := value{path: "", line: 1, node: resolve(&doc)}
	if len(doc.Content) == 1 {
		root.node = resolve(doc.Content[0])
	}
	if root.node.Kind != yaml.MappingNode {
		return nil, errors.New("the file is no mapping of keys, expected one")
	}
	return newSection(root, notes), nil
}

// maxAliases bounds how often a file may refer to parts of itself, which makes it longer than it looks.
const maxAliases = 1000

func aliases(n *yaml.Node) (count int) {
	if n.Kind == yaml.AliasNode {
		return 1
	}
	for _, c := range n.Content {
		count += aliases(c)
	}
	return count
}

// resolve follows an alias. One that stands within what it names leads nowhere else.
func resolve(n *yaml.Node) *yaml.Node {
	for range 8 {
		if n == nil || n.Kind != yaml.AliasNode {
			break
		}
		n = n.Alias
	}
	return n
}

func newSection(at value, notes *report) *section {
	s := &section{notes: notes, at: at, keys: make(map[string]value), read: make(map[string]bool)}
	if at.node == nil || at.node.Kind != yaml.MappingNode {
		return s
	}
	for i := 0; i+1 < len(at.node.Content); i += 2 {
		k, n := at.node.Content[i], resolve(at.node.Content[i+1])
		if k.Tag == "!!merge" {
			continue
		}
		s.put(value{path: join(at.path, k.Value), line: k.Line, node: n}, k.Value)
	}
	for i := 0; i+1 < len(at.node.Content); i += 2 {
		if at.node.Content[i].Tag == "!!merge" {
			s.merge(resolve(at.node.Content[i+1]), make(map[*yaml.Node]bool))
		}
	}
	return s
}

// put adds a key. One that is there already is merged: such a file is no YAML, but it is plain what it means.
func (s *section) put(v value, key string) {
	first, twice := s.keys[key]
	if !twice {
		s.keys[key] = v
		s.order = append(s.order, key)
		return
	}
	both := *v.node
	switch {
	case first.node.Kind == v.node.Kind && (v.node.Kind == yaml.SequenceNode || v.node.Kind == yaml.MappingNode):
		both.Content = slices.Concat(first.node.Content, v.node.Content)
		s.notes.advise(v, "the key stands here a second time, first on line %d: both are taken together", first.line)
	default:
		s.notes.differs(v, "the key stands here a second time, first on line %d: this one counts", first.line)
	}
	first.node = &both
	s.keys[key] = first
}

// merge adds the keys of << that are not there, of each mapping once.
func (s *section) merge(n *yaml.Node, merged map[*yaml.Node]bool) {
	if n == nil || merged[n] {
		return
	}
	merged[n] = true
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			s.merge(resolve(c), merged)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			switch _, there := s.keys[k.Value]; {
			case k.Tag == "!!merge":
				s.merge(resolve(n.Content[i+1]), merged)
			case !there:
				s.put(value{path: join(s.at.path, k.Value), line: k.Line, node: resolve(n.Content[i+1])}, k.Value)
			}
		}
	}
}

func join(path, key string) string {
	if !plain(key) || len(key) > 100 {
		key = "?"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// take reads a key. It is false if there is none, or a null.
func (s *section) take(key string) (value, bool) {
	s.read[key] = true
	v, ok := s.keys[key]
	return v, ok && !v.null()
}

// in reads a key that is a section; an empty one if there is none.
func (s *section) in(key string) *section {
	v, ok := s.take(key)
	if !ok {
		return newSection(value{path: join(s.at.path, key), line: s.at.line}, s.notes)
	}
	if v.node.Kind != yaml.MappingNode {
		s.notes.lost(v, "it is no mapping of keys, expected one")
	}
	return newSection(v, s.notes)
}

// list reads a key that is a list; a lone value is a list of one.
func (s *section) list(key string) []value {
	v, ok := s.take(key)
	if !ok {
		return nil
	}
	return v.list()
}

// word reads a key that is a word of some kind, "" if there is none. It is as it stands in the file.
func (s *section) word(key string) string {
	v, ok := s.take(key)
	if !ok {
		return ""
	}
	text, ok := v.text()
	if !ok {
		s.notes.lost(v, "it is no plain text, expected some")
	}
	return strings.TrimSpace(text)
}

// flag reads a key that is true or false. given is false when there is none.
func (s *section) flag(key string) (on, given bool) {
	v, ok := s.take(key)
	if !ok {
		return false, false
	}
	on, ok = v.truth()
	if !ok {
		s.notes.lost(v, "it is neither true nor false, expected one of them")
	}
	return on, ok
}

// number reads a key that is a number.
func (s *section) number(key string) (n float64, at value, given bool) {
	at, ok := s.take(key)
	if !ok {
		return 0, at, false
	}
	n, ok = at.number()
	if !ok {
		s.notes.lost(at, "it is no number, expected one")
	}
	return n, at, ok
}

// reason says why a key is not carried, or that there is nothing to carry.
type reason struct {
	kind Kind
	text string
}

// because is a reason of several keys, separated by spaces.
type because struct {
	why  reason
	keys string
}

func reasons(list ...because) map[string]reason {
	out := make(map[string]reason)
	for _, b := range list {
		for _, key := range strings.Fields(b.keys) {
			out[key] = b.why
		}
	}
	return out
}

// rest tells of the keys that nobody has read. What is switched off is no loss.
func (s *section) rest(reasons map[string]reason) {
	for _, key := range s.order {
		v := s.keys[key]
		if s.read[key] || v.null() {
			continue
		}
		why, known := reasons[key]
		switch {
		case known && v.off():
		case known:
			s.notes.add(why.kind, v, "%s", why.text)
		default:
			s.notes.lost(v, "the key is not known here")
		}
	}
}
