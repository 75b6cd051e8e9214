package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// stream writes events with the delay between them and reports whether the client is still there.
type stream struct {
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
	delay   time.Duration
	kind    framing.Kind
	end     string // line end of the dialect's frames
	begun   bool
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, kind framing.Kind, end string) *stream {
	w.Header().Set("Content-Type", kind.ContentType())
	return &stream{w: w, r: r, control: http.NewResponseController(w), delay: s.Delay, kind: kind, end: end}
}

// send writes an event without a name.
func (s *stream) send(v any) bool { return s.event("", v) }

func (s *stream) event(name string, v any) bool {
	b, err := json.Marshal(v)
	if err != nil {
		return false
	}
	return s.raw(name, string(b))
}

func (s *stream) raw(name, data string) bool {
	switch s.kind {
	case framing.Lines:
		data += "\n"
	case framing.Array: // as Google frames it
		if s.begun {
			data = ",\r\n" + data + "\n"
		} else {
			data = "[" + data + "\n"
		}
	default:
		data = "data: " + data + s.end + s.end
		if name != "" {
			data = "event: " + name + s.end + data
		}
	}
	s.begun = true
	if _, err := io.WriteString(s.w, data); err != nil {
		return false
	}
	if s.control.Flush() != nil {
		return false
	}
	if s.delay == 0 {
		return s.r.Context().Err() == nil
	}
	select {
	case <-s.r.Context().Done():
		return false
	case <-time.After(s.delay):
		return true
	}
}

// close ends an array.
func (s *stream) close() {
	if s.kind == framing.Array {
		io.WriteString(s.w, "]")
	}
}

// breakAt is the piece of an answer before which models break.
const breakAt = 2

// fails tells that the model fails before piece i of its stream, for the dialect to say so. It does not
// return when the model breaks the connection instead.
func (a *asked) fails(i int) bool {
	if i != breakAt {
		return false
	}
	if strings.HasPrefix(a.Model, "demo-breaks") {
		panic(http.ErrAbortHandler)
	}
	return strings.HasPrefix(a.Model, "demo-fails")
}

// failed is what a model says that fails.
const failed = "the demo model failed in the middle of its answer"

// wait tells clients of a dialect that says it in a header how long to stay away.
func wait(w http.ResponseWriter, status int) {
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "7")
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
