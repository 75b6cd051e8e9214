package dialect

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// Error is what went wrong, in neutral terms: OpenAI's names of error types. It is an error; Error leaves
// Message out, because an upstream's words may quote the prompt.
type Error struct {
	Status     int           // HTTP status for the client, 400 to 599
	Type       string        // "invalid_request_error"
	Code       string        // "model_not_found", may be ""
	Param      string        // path of the request's member at fault, may be ""
	Message    string        // for the client
	RetryAfter time.Duration // 0 when unknown; clients are told whole seconds
	Exchange   string        // id of the exchange, for the client to name it by; may be ""
}

func (e *Error) Error() string {
	s := strconv.Itoa(e.Status) + " " + e.Type
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	return s
}

// TypeOf is the neutral type of an error of which only the HTTP status is known.
func TypeOf(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "authentication_error"
	case status == http.StatusPaymentRequired:
		return "billing_error"
	case status == http.StatusForbidden:
		return "permission_error"
	case status == http.StatusTooManyRequests:
		return "rate_limit_error"
	case status >= 400 && status < 499:
		return "invalid_request_error"
	}
	return "server_error"
}

// RenderError is e as an answer in this dialect.
func (d *Dialect) RenderError(e *Error) (status int, header http.Header, body []byte) {
	header = http.Header{"Content-Type": {"application/json"}}
	if e.RetryAfter > 0 {
		header.Set("Retry-After", strconv.FormatInt(int64((e.RetryAfter+time.Second-1)/time.Second), 10))
	}
	status = e.status()
	body = d.render(d.errorBody, e, status, 0)
	if k := d.kind(e, status); k != nil && k.Wire != 0 && k.Status == status {
		status = k.Wire
	}
	return status, header, body
}

// StreamError is e as the last event of a stream in this dialect. The name is "" where events have none.
func (d *Dialect) StreamError(e *Error) (name string, data []byte) {
	return d.NumberedError(e, 0)
}

// NumberedError is StreamError with the number that the event has in a stream that numbers its events.
func (d *Dialect) NumberedError(e *Error, number int64) (name string, data []byte) {
	return d.desc.Errors.Name, d.render(d.errorEvent, e, e.status(), number)
}

// status is one that an error can have.
func (e *Error) status() int {
	if e.Status < 400 || e.Status > 599 {
		return http.StatusBadGateway
	}
	return e.Status
}

// piece is text of a template and the variable behind it.
type piece struct {
	text     string
	variable string
}

var (
	errorVariables = []string{"message", "type", "code", "param", "native", "status", "sequence", "exchange"}
	moldVariables  = []string{"block", "text"}
	countVariables = []string{"tokens"}
)

func (c *compiler) template(s string, variables []string) []piece {
	var out []piece
	for {
		text, rest, found := strings.Cut(s, "$")
		if !found {
			return append(out, piece{text: text})
		}
		i := strings.IndexFunc(rest, func(r rune) bool { return r < 'a' || r > 'z' })
		if i < 0 {
			i = len(rest)
		}
		v := rest[:i]
		if !slices.Contains(variables, v) {
			c.fail("template: unknown variable $%s, expected one of %v", v, variables)
		}
		out = append(out, piece{text, v})
		s = rest[i:]
	}
}

func (d *Dialect) render(pieces []piece, e *Error, status int, number int64) []byte {
	out := make([]byte, 0, 128+len(e.Message))
	for i := range pieces {
		p := &pieces[i]
		out = append(out, p.text...)
		switch p.variable {
		case "message":
			out = document.AppendQuoted(out, located(pieces, e, d.phrase(e)))
		case "type":
			kind := e.Type
			if kind == "" {
				kind = TypeOf(status)
			}
			out = document.AppendQuoted(out, kind)
		case "code":
			out = appendOptional(out, e.Code)
		case "param":
			out = appendOptional(out, e.Param)
		case "native":
			out = document.AppendQuoted(out, d.native(e, status))
		case "status":
			out = strconv.AppendInt(out, int64(status), 10)
		case "exchange":
			out = appendOptional(out, e.Exchange)
		case "sequence":
			out = strconv.AppendInt(out, number, 10)
		}
	}
	return out
}

// located names the place at fault in the message, where the form has no other place for it.
func located(pieces []piece, e *Error, message string) string {
	if e.Param == "" || names(message, e.Param) || slices.ContainsFunc(pieces, func(p piece) bool { return p.variable == "param" }) {
		return message
	}
	return e.Param + ": " + message
}

// names tells whether a message contains a place as a word of its own: "n" stands in most messages.
func names(message, place string) bool {
	for at := 0; ; {
		i := strings.Index(message[at:], place)
		if i < 0 {
			return false
		}
		start := at + i
		end := start + len(place)
		if (start == 0 || !wordChar(message[start-1])) && (end == len(message) || !wordChar(message[end])) {
			return true
		}
		at = start + 1
	}
}

func wordChar(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// phrase is the message as clients of the dialect expect it.
func (d *Dialect) phrase(e *Error) string {
	if e.Code == "" {
		return e.Message
	}
	prefix := ""
	for i := range d.desc.Errors.Phrases {
		p := &d.desc.Errors.Phrases[i]
		if p.Code != e.Code {
			continue
		}
		if p.fits([]byte(e.Message)) {
			return e.Message
		}
		if prefix == "" {
			prefix = p.Prefix
		}
	}
	if prefix == "" {
		return e.Message
	}
	return prefix + ": " + e.Message
}

// native is the dialect's name of an error.
func (d *Dialect) native(e *Error, status int) string {
	if k := d.kind(e, status); k != nil {
		return k.Native
	}
	return e.Type
}

// kind is the dialect's kind of an error: of its status, else of its type, else of its class.
func (d *Dialect) kind(e *Error, status int) *ErrorKind {
	kinds := d.desc.Errors.Kinds
	for i := range kinds {
		if kinds[i].Status == status {
			return &kinds[i]
		}
	}
	for i := range kinds {
		if kinds[i].Type == e.Type && kinds[i].Status/100 == status/100 {
			return &kinds[i]
		}
	}
	class := http.StatusBadRequest
	if status >= 500 {
		class = http.StatusInternalServerError
	}
	for i := range kinds {
		if kinds[i].Status == class {
			return &kinds[i]
		}
	}
	return nil
}

func appendOptional(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "null"...)
	}
	return document.AppendQuoted(dst, s)
}
