package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxCustom bounds the detectors of a configuration.
const maxCustom = 32

// readCustom reads the detectors that the configuration describes.
func readCustom(c longmen.Value) ([]detect.Custom, error) {
	var list []detect.Custom
	for d := c.First(); d.Exists(); d = d.Next() {
		name := d.Key()
		if len(list) == maxCustom {
			return nil, errors.New("reading custom: too many detectors, expected at most 32")
		}
		if !goodName(name) {
			return nil, errors.New("reading custom " + name + ": expected a name of a-z, 0-9 and _ that begins with a letter")
		}
		t, err := detect.DefineCustom(name)
		if err != nil {
			return nil, errors.New("reading custom " + name + ": " + err.Error())
		}
		x := detect.Custom{Type: t, Words: texts(d.Get("words")), Patterns: texts(d.Get("patterns")), Exact: d.Get("exact").Bool()}
		for _, w := range texts(d.Get("context")) {
			x.Context += w + " "
		}
		if len(x.Words)+len(x.Patterns) == 0 {
			return nil, errors.New("reading custom " + name + ": expected words or patterns")
		}
		for _, p := range x.Patterns {
			if _, err := detect.Pattern(p); err != nil {
				return nil, errors.New("reading custom " + name + ", pattern " + p + ": " + err.Error())
			}
		}
		list = append(list, x)
	}
	return list, nil
}

// tryCustom runs the examples of the custom detectors: each text of test has to contain something that the detector finds, and
// none of test_not may.
func tryCustom(c longmen.Value, list []detect.Custom) error {
	i := 0
	for d := c.First(); d.Exists(); d = d.Next() {
		typ, name := list[i].Type, typeName(list[i].Type)
		i++
		yes, no := texts(d.Get("test")), texts(d.Get("test_not"))
		if len(yes) == 0 || len(no) == 0 {
			return errors.New("testing custom " + name + ": expected at least one example in test and one in test_not")
		}
		for _, text := range yes {
			if !finds(text, typ) {
				return errors.New("testing custom " + name + ": nothing was found in the example of test: " + text)
			}
		}
		for _, text := range no {
			if finds(text, typ) {
				return errors.New("testing custom " + name + ": something was found in the example of test_not: " + text)
			}
		}
	}
	return nil
}

func typeName(t detect.Type) string { return t.String() }

func finds(text string, typ detect.Type) bool {
	for _, s := range settings.scanner.Scan([]byte(text)) {
		if s.Type == typ {
			return true
		}
	}
	return false
}

// texts reads a list of strings, or a single one.
func texts(v longmen.Value) (list []string) {
	if v.Kind() == longmen.KindString {
		return []string{v.String()}
	}
	for e := v.First(); e.Exists(); e = e.Next() {
		list = append(list, e.String())
	}
	return list
}

func goodName(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '_')) {
			return false
		}
	}
	return true
}
