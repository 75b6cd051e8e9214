package longmen

import (
	"strconv"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// manifest writes the module's manifest, see "manifest" in ABI.md. It is written by hand because
// encoding/json would double the size of every plugin.
func manifest() []byte {
	b := append(make([]byte, 0, 4096), `{"plugins":[`...)
	for i := range plugins {
		if i > 0 {
			b = append(b, ',')
		}
		b = plugins[i].appendManifest(b)
	}
	return append(b, `]}`...)
}

func (p *Plugin) appendManifest(b []byte) []byte {
	b = append(b, `{"name":`...)
	b = appendQuoted(b, p.Name)
	b = append(b, `,"version":`...)
	b = appendQuoted(b, p.Version)
	b = append(b, `,"purpose":`...)
	b = appendQuoted(b, p.Purpose)
	b = append(b, `,"abi":`...)
	b = strconv.AppendInt(b, abi.Version, 10)
	b = append(b, `,"hooks":`...)
	b = appendList(b, p.hooks())
	if len(p.Grants) > 0 {
		b = append(b, `,"grants":`...)
		b = appendList(b, p.Grants)
	}
	if len(p.Optional) > 0 {
		b = append(b, `,"optional":`...)
		b = appendList(b, p.Optional)
	}
	if len(p.Attributes) > 0 {
		b = append(b, `,"attributes":`...)
		b = appendMap(b, p.Attributes)
	}
	if len(p.Metrics) > 0 {
		b = append(b, `,"metrics":`...)
		b = appendList(b, p.Metrics)
	}
	b = p.Limits.appendManifest(b)
	if p.Schema != "" {
		b = append(b, `,"config":`...)
		b = append(b, p.Schema...)
	}
	for i, c := range p.Codecs {
		if i == 0 {
			b = append(b, `,"codecs":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(b, `{"client":`...)
		b = appendQuoted(b, c.Client)
		b = append(b, `,"provider":`...)
		b = appendQuoted(b, c.Provider)
		b = append(b, '}')
	}
	if len(p.Codecs) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

func (p *Plugin) hooks() []string {
	all := []struct {
		name string
		has  bool
	}{
		{abi.HookConfigure, p.Configure != nil},
		{abi.HookRequest, p.Request != nil},
		{abi.HookResponse, p.Response != nil},
		{abi.HookEvent, p.Event != nil},
		{abi.HookText, p.Text != nil},
		{abi.HookBody, p.Body != nil},
		{abi.HookEnd, p.End != nil},
	}
	var names []string
	for _, h := range all {
		if h.has {
			names = append(names, h.name)
		}
	}
	return names
}

func (l Limits) appendManifest(b []byte) []byte {
	start := len(b)
	b = append(b, `,"limits":`...)
	open := len(b)
	for _, f := range []struct {
		name string
		n    int64
	}{
		{"cpu_ms", int64(l.CPU)},
		{"memory_bytes", l.Memory},
		{"instances", int64(l.Instances)},
		{"max_hold_bytes", int64(l.Hold)},
	} {
		if f.n == 0 {
			continue
		}
		if len(b) == open {
			b = append(b, '{')
		} else {
			b = append(b, ',')
		}
		b = appendQuoted(b, f.name)
		b = append(b, ':')
		b = strconv.AppendInt(b, f.n, 10)
	}
	if len(b) == open {
		return b[:start]
	}
	return append(b, '}')
}

func appendList(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, s)
	}
	return append(b, ']')
}

// appendMap writes the names in order, so that the manifest of one source is always the same.
func appendMap(b []byte, m map[string]string) []byte {
	for i, name := range sortedKeys(m) {
		if i == 0 {
			b = append(b, '{')
		} else {
			b = append(b, ',')
		}
		b = appendQuoted(b, name)
		b = append(b, ':')
		b = appendQuoted(b, m[name])
	}
	return append(b, '}')
}

// sortedKeys are the keys in order. Package slices would bring 20 KB of code to order a hundred names once.
func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		i := len(keys)
		for keys = append(keys, k); i > 0 && keys[i-1] > k; i-- {
			keys[i] = keys[i-1]
		}
		keys[i] = k
	}
	return keys
}

func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
