package gateway

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// chunks are the buffers of answers that are copied through.
var chunks = sync.Pool{New: func() any { b := make([]byte, 8<<10); return &b }}

// passThrough copies an answer that nobody reads. Its tail is looked at for the token counts once the
// client has everything.
func (x *exchange) passThrough(answer *attempt.Answer) error {
	resp := answer.HTTP
	buf := *chunks.Get().(*[]byte)
	defer chunks.Put(&buf)
	kind, streams := framing.KindOf(resp.Header.Get("Content-Type"))
	x.tail.streams = streams
	if streams {
		x.beginPassing(answer, kind)
	} else if err := x.beginWhole(answer, &buf); err != nil {
		return err
	}
	control := http.NewResponseController(x.sink.w)
	for {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			if err := x.pass(buf[:n], control); err != nil {
				x.tail.usage(x.dialect, &x.record.Tokens)
				return err
			}
		}
		if err == io.EOF {
			x.tail.usage(x.dialect, &x.record.Tokens)
			x.answersAsIn(answer, x.tail.head)
			return nil
		}
		if err != nil {
			x.tail.usage(x.dialect, &x.record.Tokens)
			x.breakOff(kind)
			return &brokenStream{provider: x.record.Provider, cause: answer.Cause(err)}
		}
	}
}

// pass writes a piece of an answer that nobody reads.
func (x *exchange) pass(b []byte, control *http.ResponseController) error {
	if !x.tail.streams {
		x.tail.write(b)
		_, err := x.sink.w.Write(b)
		return clientError(err)
	}
	x.sink.mu.Lock()
	defer x.sink.mu.Unlock()
	x.sink.quiet = false
	x.tail.write(b)
	if _, err := x.sink.w.Write(b); err != nil {
		return clientError(err)
	}
	return clientError(control.Flush())
}

// beginPassing begins a streamed answer whose bytes are the upstream's.
func (x *exchange) beginPassing(answer *attempt.Answer, kind framing.Kind) {
	x.sink.saying()
	x.sink.mu.Lock()
	defer x.sink.mu.Unlock()
	if !x.sink.committed {
		x.passHeaders(answer)
		x.sink.commit(answer.HTTP.StatusCode)
	}
	if x.sink.events == nil {
		x.sink.events = framing.Create(kind, x.sink.w)
	}
	x.sink.between = func() bool { return x.tail.between(kind) }
	x.sink.keep()
}

// passHeaders are the upstream's.
func (x *exchange) passHeaders(answer *attempt.Answer) {
	resp := answer.HTTP
	x.forwardHeaders(answer.Way.Dialect, resp.Header)
	h := x.sink.w.Header()
	if t := resp.Header["Content-Type"]; t != nil {
		h["Content-Type"] = t
	}
	if n := resp.Header["Content-Length"]; n != nil {
		h["Content-Length"] = n
	}
}

// heldAnswer is how many bytes of an answer in one piece wait for its end: no client can use a part of it, and
// while it has nothing another candidate can be asked.
const heldAnswer = 1 << 20

// beginWhole begins an answer in one piece. JSON that comes whole within heldAnswer is judged before.
func (x *exchange) beginWhole(answer *attempt.Answer, buf *[]byte) error {
	resp := answer.HTTP
	held := (*buf)[:0]
	var end error
	if isJSON(resp.Header.Get("Content-Type")) && resp.ContentLength <= heldAnswer {
		held, end = hold(resp.Body, held)
		if x.idle(x.record.Upstream); end != nil && end != io.EOF {
			return &brokenStream{provider: x.record.Provider, cause: answer.Cause(end)}
		}
		if cap(held) > cap(*buf) && cap(held) <= 64<<10 {
			*buf = held[:cap(held)]
		}
		if end == io.EOF && x.named.Service != dialect.Raw {
			if err := x.judge(answer, held); err != nil {
				return err
			}
		}
	}
	if err := x.onePiece(answer); err != nil {
		return err
	}
	x.passHeaders(answer)
	if end == io.EOF && resp.Header["Content-Length"] == nil {
		x.sink.w.Header()["Content-Length"] = []string{strconv.Itoa(len(held))}
	}
	x.answersAsIn(answer, held)
	x.sink.saying()
	x.sink.commit(resp.StatusCode)
	if len(held) == 0 {
		return nil
	}
	return x.pass(held, nil)
}

// hold reads up to heldAnswer bytes.
func hold(r io.Reader, buf []byte) ([]byte, error) {
	for len(buf) < heldAnswer {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		if buf = buf[:len(buf)+n]; err != nil {
			return buf, err
		}
	}
	return buf, nil
}

// judge finds out whether what came with a good status is an answer.
func (x *exchange) judge(answer *attempt.Answer, body []byte) error {
	b := bytes.TrimSpace(body)
	switch {
	case len(b) == 0 || !(b[0] == '{' && b[len(b)-1] == '}' || b[0] == '[' && b[len(b)-1] == ']'):
		return &brokenStream{provider: x.record.Provider, cause: errNoJSON}
	case !x.input.Blocked && !bytes.Contains(b[:min(len(b), 64)], []byte(`"error"`)):
		return nil // an answer that is an error says so at its beginning
	}
	a := document.Borrow()
	defer document.Return(a)
	root, err := a.Parse(body)
	if err != nil {
		return &brokenStream{provider: x.record.Provider, cause: errNoJSON}
	}
	return answer.Refusal(a, root)
}

var errNoJSON = errors.New("the answer is no JSON")

func isJSON(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.TrimSpace(t) == "application/json"
}

// breakOff keeps an answer that broke from looking whole: where the client's bytes end between two events it
// is told by one more, as it is of streams that are read, else its connection breaks, too.
func (x *exchange) breakOff(kind framing.Kind) {
	if !x.tail.streams || !x.tail.between(kind) {
		x.sink.cut = true
		return
	}
	x.events = x.tail.next(x.dialect)
}

// forwardHeaders gives the client the upstream's headers that are meant for it: all but those that
// speak of the connection or of bytes that the gateway writes anew.
func (x *exchange) forwardHeaders(speaks *dialect.Dialect, from http.Header) {
	h := x.sink.w.Header()
	for name, values := range from {
		if !forwarded(name) {
			continue
		}
		h[name] = values
	}
	x.dialect.AnswerHeaders(h, speaks, from, x.gateway.Now())
}

// forwardFailure gives the client what a failed upstream said of the request's id and of its limits.
func (x *exchange) forwardFailure(f *attempt.Failure) {
	if f.Said == nil {
		return
	}
	h := make(http.Header)
	for name, values := range f.Said {
		if x.dialect.OwnHeader(name) {
			h[name] = values
		}
	}
	x.dialect.AnswerHeaders(h, f.Speaks, f.Said, x.gateway.Now())
	maps.Copy(x.sink.w.Header(), h)
}

func forwarded(name string) bool {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"Content-Length", "Content-Encoding", "Content-Type", "Set-Cookie", "Server", "Date", "Alt-Svc", "Strict-Transport-Security",
		"X-Longmen-Route", "X-Longmen-Provider", "X-Longmen-Exchange", "X-Gateway-Warning", "X-Gateway-Estimate":
		return false
	}
	return true
}
