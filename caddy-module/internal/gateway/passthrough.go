package gateway

import (
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"sync"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// chunks are the buffers of answers that are copied through.
var chunks = sync.Pool{New: func() any { b := make([]byte, 8<<10); return &b }}

// passThrough copies an answer that nobody reads. Its tail is looked at for the token counts once the
// client has everything.
func (x *exchange) passThrough(answer *attempt.Answer) error {
	resp := answer.HTTP
	x.forwardHeaders(answer.Way.Dialect, resp.Header)
	h := x.sink.w.Header()
	if t := resp.Header["Content-Type"]; t != nil {
		h["Content-Type"] = t
	}
	if n := resp.Header["Content-Length"]; n != nil {
		h["Content-Length"] = n
	}
	x.firstByte()
	x.sink.commit(resp.StatusCode)
	kind, flush := framing.KindOf(resp.Header.Get("Content-Type"))
	x.tail.streams = flush
	control := http.NewResponseController(x.sink.w)
	buf := *chunks.Get().(*[]byte)
	defer chunks.Put(&buf)
	for {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			x.tail.write(buf[:n])
			if _, err := x.sink.w.Write(buf[:n]); err != nil {
				return clientError(err)
			}
			if flush {
				if err := control.Flush(); err != nil {
					return clientError(err)
				}
			}
		}
		if err == io.EOF {
			x.tail.usage(x.dialect, &x.record.Tokens)
			return nil
		}
		if err != nil {
			x.breakOff(kind)
			return &brokenStream{provider: x.record.Provider, cause: err}
		}
	}
}

// breakOff keeps an answer that broke from looking whole: where the client's bytes end between two events it
// is told by one more, as it is of streams that are read, else its connection breaks, too.
func (x *exchange) breakOff(kind framing.Kind) {
	if !x.tail.streams || !x.tail.between(kind) {
		x.sink.cut = true
		return
	}
	x.events = x.tail.next(x.dialect)
	x.sink.events = framing.Create(kind, x.sink.w)
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
