package inspect

import (
	"maps"
	"slices"
	"strings"
)

// types tells the types of findings by their placeholders: <EMAIL_7Q2K> is an email. Some prefixes are shorter than the name
// of their type (<IP_7Q2K> is an ip_address); which type is meant then shows in the counts that the plugin sets
// as attributes, and is remembered.
type types struct {
	declared map[string]bool   // types
	known    map[string]string // type by prefix
}

// typePrefix is what the names of attributes begin with that count a type.
const typePrefix = "pii."

func newTypes(attributes map[string]string) *types {
	t := &types{declared: make(map[string]bool), known: make(map[string]string)}
	for name := range attributes {
		if typ, ok := strings.CutPrefix(name, typePrefix); ok && typ != "total" && typ != "custom" {
			t.declared[typ] = true
		}
	}
	return t
}

func (t *types) names() []string { return slices.Sorted(maps.Keys(t.declared)) }

// name fills in the types of findings. counts are the attributes that the plugin set.
func (t *types) name(found [][]Finding, counts map[string]any) {
	prefixes := make(map[string]int64)
	for _, list := range found {
		for k := range list {
			list[k].Type = prefix(list[k].Placeholder)
			prefixes[list[k].Type]++
		}
	}
	t.learn(prefixes, counts)
	for _, list := range found {
		for k := range list {
			if typ, ok := t.known[list[k].Type]; ok {
				list[k].Type = typ
			}
		}
	}
}

// learn finds out which types the prefixes stand for that no type is named like.
func (t *types) learn(prefixes map[string]int64, counts map[string]any) {
	left := make(map[string]int64)
	for typ := range t.declared {
		if n, ok := counts[typePrefix+typ].(int64); ok && n > 0 && prefixes[typ] == 0 {
			left[typ] = n
		}
	}
	for p := range prefixes {
		if typ, ok := t.known[p]; ok {
			delete(left, typ)
		}
	}
	for again := true; again; {
		again = false
		for p, n := range prefixes {
			if t.declared[p] || t.known[p] != "" {
				continue
			}
			typ := only(left, func(typ string, m int64) bool { return m == n && strings.Contains(typ, p) })
			if typ == "" {
				typ = only(left, func(typ string, _ int64) bool { return strings.Contains(typ, p) })
			}
			if typ != "" {
				t.known[p], again = typ, true
				delete(left, typ)
			}
		}
	}
}

// only is the one type that fits, "" if there is none or several.
func only(of map[string]int64, fits func(string, int64) bool) (one string) {
	for typ, n := range of {
		if fits(typ, n) {
			if one != "" {
				return ""
			}
			one = typ
		}
	}
	return one
}

// prefix is what a placeholder begins with, in lower case: <CN_RESIDENT_ID_7Q2K> is one of cn_resident_id. What is no
// placeholder has none.
func prefix(placeholder string) string {
	p := strings.Trim(placeholder, "<>")
	i := strings.LastIndexByte(p, '_')
	if i <= 0 {
		return "unknown"
	}
	return strings.ToLower(p[:i])
}
