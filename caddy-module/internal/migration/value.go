package migration

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// value is what stands behind a key or in a list.
type value struct {
	path string
	line int
	node *yaml.Node
}

func (v value) null() bool { return v.node == nil || v.node.Tag == "!!null" }

// text is a plain value as it is written.
func (v value) text() (string, bool) {
	if v.node == nil || v.node.Kind != yaml.ScalarNode || v.node.Tag == "!!null" {
		return "", false
	}
	return v.node.Value, true
}

// list is the elements of a list; a lone value is a list of one.
func (v value) list() []value {
	if v.null() {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		return []value{v}
	}
	out := make([]value, 0, len(v.node.Content))
	for i, n := range v.node.Content {
		n = resolve(n)
		if n == nil {
			continue
		}
		out = append(out, value{path: fmt.Sprintf("%s[%d]", v.path, i), line: v.node.Content[i].Line, node: n})
	}
	return out
}

// truth reads what YAML and Python call true and false.
func (v value) truth() (on, ok bool) {
	text, _ := v.text()
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, true
	case "false", "no", "off", "0":
		return false, true
	}
	return false, false
}

func (v value) number() (float64, bool) {
	text, _ := v.text()
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// off tells whether the value switches something off, or says nothing: such a section is one with enable or enabled off.
func (v value) off() bool {
	switch {
	case v.null():
		return true
	case v.node.Kind == yaml.MappingNode:
		s := newSection(v, new(report))
		for _, key := range []string{"enable", "enabled"} {
			if k, ok := s.keys[key]; ok {
				return k.off()
			}
		}
		for _, key := range s.order {
			if !s.keys[key].off() {
				return false
			}
		}
		return true
	case v.node.Kind == yaml.SequenceNode:
		return len(v.node.Content) == 0
	}
	if on, ok := v.truth(); ok {
		return !on
	}
	n, number := v.number()
	return v.node.Value == "" || number && n == 0
}

// maxSeconds bounds what a number of seconds may be: a day is for ever here.
const maxSeconds = 24 * 60 * 60

// seconds is a duration as Caddy writes it.
func seconds(n float64) string {
	d := time.Duration(min(max(n, 0.001), maxSeconds) * float64(time.Second)).Round(time.Millisecond)
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
