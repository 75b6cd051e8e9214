package dialect

import (
	"net/http"
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
	RetryAfter time.Duration // whole seconds, 0 when unknown
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
	status = e.Status
	if status < 400 || status > 599 {
		status = http.StatusBadGateway
	}
	return status, header, d.render(d.errorBody, e, status)
}

// StreamError is e as the last event of a stream in this dialect. The name is "" where events have none.
func (d *Dialect) StreamError(e *Error) (name string, data []byte) {
	status := e.Status
	if status < 400 || status > 599 {
		status = http.StatusBadGateway
	}
	return d.desc.Errors.Name, d.render(d.errorEvent, e, status)
}

// piece is text of a template and the variable behind it.
type piece struct {
	text     string
	variable string
}

func (c *compiler) template(s string) []piece {
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
		switch v := rest[:i]; v {
		case "message", "type", "code", "param", "native", "status":
			out = append(out, piece{text, v})
		default:
			c.fail("error template: unknown variable $%s", v)
		}
		s = rest[i:]
	}
}

func (d *Dialect) render(pieces []piece, e *Error, status int) []byte {
	out := make([]byte, 0, 128+len(e.Message))
	for i := range pieces {
		p := &pieces[i]
		out = append(out, p.text...)
		switch p.variable {
		case "message":
			out = document.AppendQuoted(out, e.Message)
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
		}
	}
	return out
}

// native is the dialect's name of an error: of its status, else of its type, else of its class.
func (d *Dialect) native(e *Error, status int) string {
	kinds := d.desc.Errors.Kinds
	for i := range kinds {
		if kinds[i].Status == status {
			return kinds[i].Native
		}
	}
	for i := range kinds {
		if kinds[i].Type == e.Type && kinds[i].Status/100 == status/100 {
			return kinds[i].Native
		}
	}
	class := http.StatusBadRequest
	if status >= 500 {
		class = http.StatusInternalServerError
	}
	for i := range kinds {
		if kinds[i].Status == class {
			return kinds[i].Native
		}
	}
	return e.Type
}

func appendOptional(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "null"...)
	}
	return document.AppendQuoted(dst, s)
}
