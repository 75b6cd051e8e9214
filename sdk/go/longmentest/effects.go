package longmentest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

const hookConfigure = abi.HookConfigure

// Effects are the host calls that reach beyond a document, played by the test's fakes. A Sandbox calls
// them; statuses are those of package abi.
type Effects struct {
	x     *Exchange
	hook  string // that runs
	skips []string
	watch [2]*string // by phase, nil for all text
}

// allowed holds a function against the hooks that may call it, the table "when" of ABI.md.
func (e *Effects) allowed(fn string) bool {
	switch fn {
	case abi.FnSkip, abi.FnWatch:
		return e.hook == abi.HookConfigure
	case abi.FnRespond:
		return e.hook == abi.HookRequest
	case abi.FnEmit:
		return e.hook == abi.HookEvent
	case abi.FnReject, abi.FnSetHeader, abi.FnSetAttr, abi.FnWarn:
		return e.hook != abi.HookConfigure && e.hook != abi.HookEnd
	case abi.FnHeader, abi.FnAttr, abi.FnTag:
		return e.hook != abi.HookConfigure
	case abi.FnKVGet, abi.FnKVSet, abi.FnKVAdd, abi.FnKVCas:
		return e.hook != abi.HookConfigure && e.HasKV()
	case abi.FnHTTP:
		return e.hook != abi.HookConfigure && e.granted(abi.GrantHTTP) && e.x.p.HTTP != nil
	case abi.FnNER:
		return e.hook != abi.HookConfigure && e.hook != abi.HookEnd && e.HasNER()
	case abi.FnRecord:
		return e.hook != abi.HookConfigure && e.granted(abi.GrantRecord)
	}
	return true
}

func (e *Effects) granted(grant string) bool { return slices.Contains(e.x.p.manifest.grants, grant) }

// Header is a request header.
func (e *Effects) Header(name string) (value string, status int32) {
	if !e.allowed(abi.FnHeader) {
		return "", abi.ErrDenied
	}
	for k, v := range e.x.Header {
		if strings.EqualFold(k, name) {
			return v, abi.OK
		}
	}
	return "", abi.ErrNotFound
}

// SetHeader sets a header for upstream or client.
func (e *Effects) SetHeader(name, value string) int32 {
	if !e.allowed(abi.FnSetHeader) {
		return abi.ErrDenied
	}
	e.x.SetHeaders[strings.ToLower(name)] = value
	return abi.OK
}

// Attr is an attribute: int64, float64, bool or string.
func (e *Effects) Attr(name string) (any, bool) {
	if !e.allowed(abi.FnAttr) {
		return nil, false
	}
	v, ok := e.x.Attributes[name]
	if n, is := v.(int); is {
		v = int64(n)
	}
	return v, ok
}

// SetAttr sets an attribute to an int64, float64, bool or string of its declared type.
func (e *Effects) SetAttr(name string, v any) int32 {
	if !e.allowed(abi.FnSetAttr) {
		return abi.ErrDenied
	}
	declared, ok := e.x.p.manifest.attributes[name]
	if !ok {
		return abi.ErrDenied
	}
	switch v := v.(type) {
	case int64:
		if declared == "float" {
			e.x.Attributes[name] = float64(v)
			return abi.OK
		}
		ok = declared == "int"
	case float64:
		ok = declared == "float"
	case bool:
		ok = declared == "bool"
	case string:
		ok = declared == "string"
	default:
		ok = false
	}
	if !ok {
		return abi.ErrKind
	}
	e.x.Attributes[name] = v
	return abi.OK
}

// Tag tags the exchange.
func (e *Effects) Tag(name, value string) int32 {
	if !e.allowed(abi.FnTag) {
		return abi.ErrDenied
	}
	if _, ok := e.x.Tags[name]; len(name)+len(value) > abi.MaxMessage || !ok && len(e.x.Tags) == abi.MaxTags {
		return abi.ErrLimit
	}
	e.x.Tags[name] = value
	return abi.OK
}

// Warn adds a warning.
func (e *Effects) Warn(item string) int32 {
	if !e.allowed(abi.FnWarn) {
		return abi.ErrDenied
	}
	switch {
	case len(item) > abi.MaxMessage:
		return abi.ErrLimit
	case item == "" || strings.ContainsFunc(item, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return abi.ErrArgument
	}
	e.x.Warnings = append(e.x.Warnings, item)
	return abi.OK
}

// Respond answers the exchange.
func (e *Effects) Respond(status int, text []byte, form int32) int32 {
	if !e.allowed(abi.FnRespond) {
		return abi.ErrDenied
	}
	if status < 200 || status > 599 || form != abi.FormDocument && form != abi.FormEvents {
		return abi.ErrArgument
	}
	if form == abi.FormEvents && !bytes.HasPrefix(text, []byte("[")) {
		return abi.ErrKind
	}
	e.x.answer = &Answer{Status: status, JSON: string(text), Stream: form == abi.FormEvents}
	return abi.OK
}

// Reject refuses the exchange.
func (e *Effects) Reject(status int, code, param, message string) int32 {
	if !e.allowed(abi.FnReject) {
		return abi.ErrDenied
	}
	if status < 400 || status > 599 || code == "" {
		return abi.ErrArgument
	}
	e.x.rejection = &Rejection{Status: status, Code: code, Param: param, Message: message}
	return abi.OK
}

// Emit sends an event on.
func (e *Effects) Emit(text []byte, name string) int32 {
	if !e.allowed(abi.FnEmit) {
		return abi.ErrDenied
	}
	if len(e.x.emitted) == abi.MaxEmits {
		return abi.ErrLimit
	}
	e.x.emitted = append(e.x.emitted, Event{Name: name, JSON: string(text)})
	return abi.OK
}

// Skip notes that a hook is not needed.
func (e *Effects) Skip(hook string) int32 {
	if !e.allowed(abi.FnSkip) {
		return abi.ErrDenied
	}
	if !slices.Contains(e.x.p.manifest.hooks, hook) {
		return abi.ErrArgument
	}
	e.skips = append(e.skips, hook)
	return abi.OK
}

// Watch notes which text of a phase matters.
func (e *Effects) Watch(phase int32, bytes string) int32 {
	if !e.allowed(abi.FnWatch) {
		return abi.ErrDenied
	}
	if phase < 0 || int(phase) >= len(e.watch) || len(bytes) > abi.WatchMax || strings.ContainsFunc(bytes, func(r rune) bool { return r >= 0x80 }) {
		return abi.ErrArgument
	}
	e.watch[phase] = &bytes
	return abi.OK
}

// Skipped are the hooks that configure skipped.
func (e *Effects) Skipped() []string { return e.skips }

// Log notes a line.
func (e *Effects) Log(level int32, message string) int32 {
	if level < abi.LevelDebug || level > abi.LevelError {
		return abi.ErrArgument
	}
	if len(message) > abi.MaxMessage {
		return abi.ErrLimit
	}
	e.x.p.world.logs = append(e.x.p.world.logs, message)
	return abi.OK
}

// Metric adds to a declared counter.
func (e *Effects) Metric(name string, v float64) int32 {
	if !slices.Contains(e.x.p.manifest.metrics, name) {
		return abi.ErrDenied
	}
	if !(v >= 0) || math.IsInf(v, 0) {
		return abi.ErrArgument
	}
	e.x.p.world.metrics[name] += v
	return abi.OK
}

// Secret is what the plugin's MACs are keyed by, the same in every test.
func (e *Effects) Secret() (key [abi.MACLen]byte) {
	copy(key[:], "longmentest plugin key, 32 bytes")
	return key
}

// Now is the test's clock.
func (e *Effects) Now() int64 { return e.x.p.Now }

// Random fills buf from a fixed seed.
func (e *Effects) Random(buf []byte) { e.x.p.world.fill(buf) }

// HasKV tells whether the plugin has the grant.
func (e *Effects) HasKV() bool {
	return e.granted(abi.GrantKV) && (e.x.p.kv || !slices.Contains(e.x.p.manifest.optional, abi.GrantKV))
}

// beforeKV is the status with which an operation on the store fails, OK if it does not.
func (e *Effects) beforeKV(fn, key string) int32 {
	if before := e.x.p.BeforeKV; before != nil && before(fn, key) != nil {
		return abi.ErrIO
	}
	return abi.OK
}

// KVGet gives a copy of a stored JSON text, nil for none.
func (e *Effects) KVGet(key string) (text []byte, status int32) {
	if !e.allowed(abi.FnKVGet) {
		return nil, abi.ErrDenied
	}
	if status := e.beforeKV(abi.FnKVGet, key); status < 0 {
		return nil, status
	}
	text, _ = e.x.p.world.get(key, e.x.p.Now)
	return bytes.Clone(text), abi.OK
}

// KVSet stores a JSON text; nil removes the key.
func (e *Effects) KVSet(key string, text []byte, ttl int64) int32 {
	if !e.allowed(abi.FnKVSet) {
		return abi.ErrDenied
	}
	if ttl < 0 {
		return abi.ErrArgument
	}
	if status := e.beforeKV(abi.FnKVSet, key); status < 0 {
		return status
	}
	e.x.p.world.set(key, text, ttl, e.x.p.Now)
	return abi.OK
}

// KVAdd adds to a stored integer.
func (e *Effects) KVAdd(key string, delta, ttl int64) (sum int64, ok bool) {
	if !e.allowed(abi.FnKVAdd) || ttl < 0 || e.beforeKV(abi.FnKVAdd, key) < 0 {
		return 0, false
	}
	sum = e.x.p.world.add(key, delta, ttl, e.x.p.Now)
	return sum, sum != -1<<63
}

// KVCas swaps a stored JSON text; nil stands for "none".
func (e *Effects) KVCas(key string, old, text []byte, ttl int64) (swapped bool, status int32) {
	if !e.allowed(abi.FnKVCas) {
		return false, abi.ErrDenied
	}
	if ttl < 0 {
		return false, abi.ErrArgument
	}
	if status := e.beforeKV(abi.FnKVCas, key); status < 0 {
		return false, status
	}
	return e.x.p.world.cas(key, old, text, ttl, e.x.p.Now), abi.OK
}

// Record appends to a sink.
func (e *Effects) Record(sink string, text []byte) int32 {
	if !e.allowed(abi.FnRecord) {
		return abi.ErrDenied
	}
	if status := e.SinkReady(sink); status < 0 {
		return status
	}
	e.x.p.world.records[sink] = append(e.x.p.world.records[sink], string(text))
	return abi.OK
}

// HTTP lets the test's handler answer. Both documents are as described at longmen.HTTP.
func (e *Effects) HTTP(request []byte) (response []byte, status int32) {
	if !e.allowed(abi.FnHTTP) {
		return nil, abi.ErrDenied
	}
	var in struct {
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Body    *string           `json:"body"`
		JSON    json.RawMessage   `json:"json"`
	}
	if err := json.Unmarshal(request, &in); err != nil {
		return nil, abi.ErrArgument
	}
	var body io.Reader
	switch {
	case in.Body != nil:
		body = strings.NewReader(*in.Body)
	case in.JSON != nil:
		body = bytes.NewReader(in.JSON)
	}
	if in.Method == "" {
		in.Method = http.MethodGet
	}
	r, err := http.NewRequest(in.Method, in.URL, body)
	if err != nil || r.URL.Host == "" {
		return nil, abi.ErrArgument
	}
	if in.JSON != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range in.Headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	if !serve(e.x.p.HTTP, w, r) {
		return nil, abi.ErrIO
	}
	out := struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
		JSON    json.RawMessage   `json:"json,omitempty"`
	}{Status: w.Code, Headers: map[string]string{}, Body: w.Body.String()}
	for k := range w.Header() {
		out.Headers[strings.ToLower(k)] = w.Header().Get(k)
	}
	if strings.Contains(w.Header().Get("Content-Type"), "json") && json.Valid(w.Body.Bytes()) {
		out.JSON = w.Body.Bytes()
	}
	response, err = json.Marshal(out)
	if err != nil {
		return nil, abi.ErrIO
	}
	return response, abi.OK
}

// serve is false when the handler aborts, which stands for a host that does not answer.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			if err, is := v.(error); !is || !errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
		}
	}()
	h.ServeHTTP(w, r)
	return true
}
