package gateway

import (
	"cmp"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// sink is the client's end of an exchange. Until it has said something the next candidate may still be tried,
// and until committed the answer may become an error with a status of its own.
type sink struct {
	x    *exchange
	w    http.ResponseWriter
	said bool // a part of the answer was written
	cut  bool // the client must not take what it has for a whole answer, and nothing but the connection can say so
	buf  []byte

	// The keep-alive timer writes from its own goroutine: what follows is locked while it runs.
	mu        sync.Mutex
	committed bool // status and headers were sent
	status    int
	events    *framing.Writer
	dirty     bool // something was written and not flushed
	quiet     bool // nothing was written since the timer last looked
	timer     *time.Timer
	between   func() bool // whether a ping may be written here; nil always may
	before    func()      // sets headers just before a stream's are sent; may be nil
	early     http.Header // plugins' headers of an answer that begins before an upstream has said anything
	period    time.Duration
	pads      bool // spaces may come before the answer; when they have ended: they have come
}

func (s *sink) open(x *exchange, w http.ResponseWriter) {
	s.x, s.w, s.buf = x, w, *buffers.Get().(*[]byte)
}

// buffers hold answers and events while they are written; large ones are let go.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 2<<10); return &b }}

// commit sends the status line and the headers, unless they came with spaces.
func (s *sink) commit(status int) {
	if s.pads {
		return
	}
	s.committed, s.status = true, status
	h := s.sign(s.x.chain.Answer)
	if s.x.record.Provider != "" {
		h["X-Longmen-Provider"] = []string{s.x.record.Provider}
	}
	for _, warning := range s.x.chain.Warnings {
		h.Add("X-Gateway-Warning", headerText(warning))
	}
	s.w.WriteHeader(status)
}

// sign sets the headers that any answer has: those of plugins, and the gateway's own.
func (s *sink) sign(plugins http.Header) http.Header {
	h := s.w.Header()
	maps.Copy(h, plugins)
	s.x.tellAllowance(h)
	h["X-Longmen-Exchange"] = []string{s.x.record.ID}
	if s.x.record.Route != "" {
		h["X-Longmen-Route"] = []string{s.x.record.Route}
	}
	return h
}

// headerText keeps a warning on one line of visible ASCII: parameter names come from the client.
func headerText(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b)
}

// document sends a whole answer.
func (s *sink) document(status int, a *document.Arena, root document.Node) error {
	s.buf = a.AppendJSON(s.buf[:0], root)
	return s.bytes(status, "application/json", s.buf)
}

func (s *sink) bytes(status int, contentType string, body []byte) error {
	s.unpad()
	h := s.w.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	s.saying()
	s.commit(status)
	_, err := s.w.Write(body)
	return clientError(err)
}

// begin commits to a streamed answer. The caller has locked.
func (s *sink) begin(status int) {
	if s.before != nil {
		s.before()
	}
	s.frame(s.x.framing().ContentType())
	s.commit(status)
	s.events, s.dirty = framing.Create(s.x.framing(), s.w), true
	s.keep()
}

// frame sets the headers of an answer that comes in pieces.
func (s *sink) frame(contentType string) {
	h := s.w.Header()
	h["Content-Type"] = []string{contentType}
	h["Cache-Control"] = []string{"no-cache"}
	h["X-Accel-Buffering"] = []string{"no"}
}

// keep starts the pings, or goes on with them.
func (s *sink) keep() {
	if s.timer != nil {
		s.timer.Reset(s.period / 2)
		return
	}
	if s.period = s.x.gateway.KeepAlive; s.x.chosen != nil {
		s.period = cmp.Or(s.x.chosen.KeepAlive.Streams, s.period)
	}
	s.timer = time.AfterFunc(s.period/2, s.keepAlive)
}

// event writes one event. It leaves with the next flush.
func (s *sink) event(name, data []byte) error {
	return s.write(func() error { return s.events.Event(name, data) })
}

// raw writes an event's bytes as they came.
func (s *sink) raw(b []byte) error {
	return s.write(func() error { return s.events.Raw(b) })
}

func (s *sink) write(put func() error) error {
	s.saying()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.committed {
		s.begin(http.StatusOK)
	}
	s.quiet, s.dirty = false, true
	return clientError(put())
}

// saying notes that the answer goes out.
func (s *sink) saying() {
	if !s.said {
		s.said = true
		s.x.firstByte()
	}
}

// flush sends what was written.
func (s *sink) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dirty {
		return nil
	}
	s.dirty = false
	return clientError(s.events.Flush())
}

// settle ends the wait before an answer that is no stream of events. True: the client has headers of one already.
func (s *sink) settle() bool {
	if s.pads {
		s.unpad()
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.committed && s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	return s.committed
}

// headers has f set headers just before those of a stream are sent.
func (s *sink) headers(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// keepAlive sends a ping when the stream was silent for a whole period.
func (s *sink) keepAlive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer == nil {
		return
	}
	if !s.committed {
		s.advance(s.x.framing().ContentType())
		s.events = framing.Create(s.x.framing(), s.w)
	}
	if s.quiet && (s.between == nil || s.between()) && s.ping() == nil {
		s.events.Flush()
	}
	s.quiet = true
	s.timer.Reset(s.period / 2)
}

// ping writes what the client's dialect has for silence: an event of its own, or a comment.
func (s *sink) ping() error {
	if name, data := s.x.dialect.Ping(); data != nil {
		return s.events.Event(name, data)
	}
	return s.events.Comment("keep-alive")
}

// end closes the framing of a stream that ended cleanly, or whose last event told why it did not.
func (s *sink) end() error {
	s.saying()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.committed {
		s.begin(http.StatusOK)
	}
	s.dirty = true
	return clientError(s.events.End())
}

// fail tells the client what went wrong: as an answer of its own, or as the stream's last event.
func (s *sink) fail(e *dialect.Error) {
	own := *e
	own.Exchange = s.x.record.ID
	e = &own
	if s.settle() {
		if s.events != nil {
			name, data := s.x.dialect.NumberedError(e, s.x.events)
			if s.event([]byte(name), data) == nil && s.end() == nil {
				s.flush()
			}
		}
		return
	}
	status, header, body := s.x.dialect.RenderError(e)
	h := s.w.Header()
	for name, values := range header {
		h[name] = values
	}
	s.bytes(status, "application/json", body)
}

// close stops the timer; no write follows.
func (s *sink) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if b := s.buf[:0]; cap(b) <= 16<<10 {
		buffers.Put(&b)
	}
}
