package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// MaxDescribed bounds the description of a dialect, in bytes.
const MaxDescribed = 64 << 10

const maxDescribedName = 64 // bytes

var describedName = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$`)

// Describe compiles the description of a dialect, which is JSON, under the name that a configuration gives it. The error names the member
// and what was expected.
func Describe(name string, text []byte) (*Dialect, error) {
	if err := checkDescribedName(name); err != nil {
		return nil, err
	}
	if len(text) > MaxDescribed {
		return nil, fmt.Errorf("%d bytes, expected at most %d", len(text), MaxDescribed)
	}
	var d Described
	if err := decodeDescribed(text, &d); err != nil {
		return nil, err
	}
	if d.Name != "" && d.Name != name {
		return nil, fmt.Errorf("name: %q, expected %q or nothing", d.Name, name)
	}
	if len(d.Keys) == 0 {
		d.Keys = []DescribedKey{{"Authorization", "Bearer"}}
	}
	if len(d.Usage.At) == 0 {
		d.Usage.At = []string{"usage"}
	}
	if len(d.Errors.At) == 0 {
		d.Errors.At = []string{"error"}
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	return Compile(d.descriptor(name))
}

// checkDescribedName: names of a built-in vendor's are left to dialects to come.
func checkDescribedName(name string) error {
	if len(name) > maxDescribedName || !describedName.MatchString(name) {
		return fmt.Errorf("name %q, expected vendor.kind in at most %d letters a-z, digits and _, such as custom.generate", name, maxDescribedName)
	}
	vendor, _, _ := strings.Cut(name, ".")
	if slices.ContainsFunc(all, func(d *Dialect) bool { return strings.HasPrefix(d.Name, vendor+".") }) {
		return fmt.Errorf("name %q, expected another vendor than %s, whose dialects are built in", name, vendor)
	}
	return nil
}

// decodeDescribed is strict. The line is told because the decoder knows no path of what it refuses.
func decodeDescribed(text []byte, into *Described) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return nil
		}
		err = errors.New("more than one JSON value, expected an object")
	}
	at := dec.InputOffset()
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at, err = kind.Offset, fmt.Errorf("%s: a JSON %s, expected %s", kind.Field, kind.Value, expected(kind.Type.Kind().String()))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the text ends too soon, expected a JSON object")
	default:
		if member, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			err = fmt.Errorf("unknown member %s, expected those of a dialect that providers speak", member)
		}
	}
	line := 1 + bytes.Count(text[:min(max(at, 0), int64(len(text)))], []byte("\n"))
	return fmt.Errorf("line %d: %w", line, err)
}

// expected names a kind of Go's as JSON does.
func expected(kind string) string {
	switch kind {
	case "slice":
		return "an array"
	case "struct":
		return "an object"
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

// check judges what compiling does not.
func (d *Described) check() error {
	u := &d.Upstream
	for _, p := range []struct {
		member, path string
		due          bool
	}{{"upstream.whole", u.Whole, true}, {"upstream.stream", u.Stream, false}, {"models.path", d.Models.Path, false}} {
		if p.path == "" && !p.due {
			continue
		}
		if !strings.HasPrefix(p.path, "/") || strings.ContainsAny(p.path, "# \t\r\n") || strings.Count(p.path, "{model}") > 1 {
			return fmt.Errorf("%s: %q, expected a path below the base URL such as /generate, {model} in it once at most", p.member, p.path)
		}
	}
	if len(d.Keys) > 1 {
		return fmt.Errorf("keys: %d, expected at most one", len(d.Keys))
	}
	for _, k := range d.Keys {
		if !httpguts.ValidHeaderFieldName(k.Header) || http.CanonicalHeaderKey(k.Header) != k.Header || slices.Contains(reservedHeaders, k.Header) {
			return fmt.Errorf("keys: header %q, expected one for a key, spelled such as X-Api-Key", k.Header)
		}
		if !httpguts.ValidHeaderFieldValue(k.Scheme) {
			return fmt.Errorf("keys: scheme %q, expected a word such as Bearer", k.Scheme)
		}
	}
	switch {
	case strings.ContainsAny(d.Request.Model, ".*|"):
		return fmt.Errorf("request.model: %q, expected the name of one member", d.Request.Model)
	case d.Done != "" && d.Done != "[DONE]":
		return fmt.Errorf("done: %q, expected [DONE] or nothing", d.Done)
	case u.Stream != "" && d.Done == "" && len(d.Answer.Finish)+len(d.Event.Finish) == 0:
		return errors.New("event.finish: nothing, expected where a stream's finish reason stands, or done, so that one that breaks off is not taken for whole")
	case d.Models.Path != "" && (d.Models.At == "" || d.Models.ID == ""):
		return errors.New("models: no at or no id, expected where the list stands and the name in an entry of it")
	case (d.Models.Next == "") != (d.Models.Query == ""):
		return errors.New("models: next and query go together, expected both or none")
	}
	if err := d.checkPaths(); err != nil {
		return err
	}
	return d.Errors.check()
}

// reservedHeaders are those that a request has anyway.
var reservedHeaders = []string{"Host", "Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Accept", "Accept-Encoding", "User-Agent"}

// checkPaths compiles each list of paths by itself, so that the error can name the member.
func (d *Described) checkPaths() error {
	for _, m := range []struct {
		member string
		paths  []string
	}{
		{"answer.finish", d.Answer.Finish}, {"event.finish", d.Event.Finish}, {"answering", d.Answering}, {"usage.at", d.Usage.At},
		{"usage.prompt", d.Usage.Prompt}, {"usage.completion", d.Usage.Completion}, {"usage.total", d.Usage.Total}, {"usage.cached", d.Usage.Cached},
		{"usage.written", d.Usage.Written}, {"usage.reasoning", d.Usage.Reasoning}, {"errors.at", d.Errors.At}, {"errors.within", d.Errors.Within},
		{"errors.retry", []string{d.Errors.Retry}},
	} {
		c := compiler{}
		if c.paths(m.paths); c.err != nil {
			return fmt.Errorf("%s: %w", m.member, c.err)
		}
	}
	for _, m := range []struct{ member, test string }{{"event.opening", d.Event.Opening}, {"errors.self", d.Errors.Self}} {
		c := compiler{}
		if c.test(m.test); c.err != nil {
			return fmt.Errorf("%s: %w", m.member, c.err)
		}
	}
	return nil
}

// check judges what errors are told by.
func (e *DescribedErrors) check() error {
	if len(e.Kinds) > 0 && e.Native == "" {
		return errors.New("errors.native: nothing, expected the member with the name that kinds list")
	}
	for i, k := range e.Kinds {
		if k.Native == "" || !isFailure(k.Status) || k.Wire != 0 && !isFailure(k.Wire) {
			return fmt.Errorf("errors.kinds: number %d, expected native and an HTTP status from 400 to 599", i+1)
		}
	}
	for i, r := range e.Reasons {
		for _, k := range r.Kinds {
			if k.Native == "" || k.Status != 0 && !isFailure(k.Status) {
				return fmt.Errorf("errors.reasons: number %d: expected native in each kind, and a status from 400 to 599 or none", i+1)
			}
		}
	}
	for i, p := range e.Phrases {
		if p.Code == "" || (p.Prefix == "") == (p.Like == "") {
			return fmt.Errorf("errors.phrases: number %d, expected code and either prefix or like", i+1)
		}
	}
	return nil
}

func isFailure(status int) bool { return status >= 400 && status <= 599 }
