package fault

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds a request's body.
const maxBody = 64 << 20

// errLeft ends an answer whose client has gone.
var errLeft = errors.New("the client left")

// answer is the server's handler.
func (u *Upstream) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return // the client left while it sent: nobody was asked
	}
	x := &exchange{u: u, w: w, r: r, api: apiOf(r.URL.Path), req: &Request{Key: key(r), ID: string(idForm.Find(body))}}
	x.req.API = x.api.name
	x.req.Model, x.req.Stream = x.api.read(r, body)
	u.change(func() {
		x.req.Number = len(u.requests)
		x.req.Fault = u.plan(x.req.Number, x.req)
		u.requests = append(u.requests, x.req)
	})
	x.fault = x.req.Fault
	err = x.run()
	u.change(func() {
		x.req.Left = errors.Is(err, errLeft)
		x.req.Done = true
	})
	if err != nil {
		panic(http.ErrAbortHandler) // closes the connection
	}
}

func key(r *http.Request) string {
	for _, name := range []string{"X-Api-Key", "X-Goog-Api-Key", "Api-Key"} {
		if v := r.Header.Get(name); v != "" {
			return v
		}
	}
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// exchange is a request that is being answered.
type exchange struct {
	u     *Upstream
	w     http.ResponseWriter
	r     *http.Request
	api   *api
	req   *Request
	fault Fault
}

// run answers. An error breaks the connection off.
func (x *exchange) run() error {
	for name, values := range x.fault.Header {
		x.w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	switch x.fault.Kind {
	case Hang:
		return x.wait(0, nil)
	case Reset:
		return x.reset()
	case NotHTTP:
		return x.raw("+OK this is another protocol\r\n\r\n")
	case Fail:
		status, text := x.fault.Status, x.fault.Body
		if status == 0 {
			status = http.StatusInternalServerError
		}
		if text == "" {
			text = x.api.failure(status)
		}
		return x.whole(status, "application/json", text)
	case Garbage:
		if x.req.Stream {
			return x.whole(http.StatusOK, "text/event-stream", "data: {\"cho\n\ndata: \x00\xff\n\n")
		}
		return x.whole(http.StatusOK, "application/json", "{\"cho\x00\xff")
	case Empty:
		return x.whole(http.StatusOK, x.contentType(), "")
	case HTML:
		return x.whole(http.StatusOK, "text/html; charset=utf-8", "<!DOCTYPE html><html><title>Sign in</title></html>")
	case ErrorEvent:
		status := x.fault.Status
		if status == 0 {
			status = http.StatusServiceUnavailable
		}
		if x.req.Stream {
			return x.whole(http.StatusOK, "text/event-stream", frame(x.api.errorName, x.api.failure(status)))
		}
		return x.whole(http.StatusOK, "application/json", x.api.failure(status))
	}
	text := Text(x.req.ID)
	if x.fault.Kind == Oversized {
		size := x.fault.Size
		if size == 0 {
			size = 1 << 20
		}
		text = strings.Repeat("x", size) + " " + text
	}
	if x.req.Stream {
		return x.stream(x.api.events(text, x.req.Model))
	}
	return x.document(x.api.document(text, x.req.Model))
}

func (x *exchange) contentType() string {
	if x.req.Stream {
		return "text/event-stream"
	}
	return "application/json"
}

// stream sends events, with what goes wrong on the way.
func (x *exchange) stream(events []string) error {
	x.w.Header().Set("Content-Type", "text/event-stream")
	x.w.WriteHeader(http.StatusOK)
	if err := x.flush(); err != nil {
		return err
	}
	for i, e := range events {
		if x.r.Context().Err() != nil {
			return errLeft
		}
		switch {
		case x.fault.Kind == Slow && i == 0, x.fault.Kind == Silence && i == x.fault.After:
			if err := x.wait(x.fault.Delay, x.fault.Until); err != nil {
				return err
			}
		case x.fault.Kind == Cut && i == x.fault.After:
			return x.cut()
		}
		if i == 0 {
			x.begun()
		}
		if _, err := io.WriteString(x.w, e); err != nil {
			return errLeft
		}
		if err := x.flush(); err != nil {
			return err
		}
	}
	x.served()
	return nil
}

// document sends a whole answer.
func (x *exchange) document(text string) error {
	switch x.fault.Kind {
	case Slow, Silence:
		if err := x.wait(x.fault.Delay, x.fault.Until); err != nil {
			return err
		}
	case Cut:
		x.w.Header().Set("Content-Type", "application/json")
		x.w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		x.begun()
		if _, err := io.WriteString(x.w, text[:len(text)/2]); err != nil {
			return errLeft
		}
		if err := x.flush(); err != nil {
			return err
		}
		return x.cut()
	}
	x.begun()
	if err := x.whole(http.StatusOK, "application/json", text); err != nil {
		return err
	}
	x.served()
	return nil
}

// whole sends a body of any kind.
func (x *exchange) whole(status int, contentType, body string) error {
	x.w.Header().Set("Content-Type", contentType)
	x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	if _, err := io.WriteString(x.w, body); err != nil {
		return errLeft
	}
	return x.flush()
}

func (x *exchange) flush() error {
	if http.NewResponseController(x.w).Flush() != nil {
		return errLeft
	}
	return nil
}

func (x *exchange) begun()  { x.u.change(func() { x.req.Begun = true }) }
func (x *exchange) served() { x.u.change(func() { x.req.Served = true }) }

// wait lets time pass: d, or until a channel closes, or for ever, and not after the client has left.
func (x *exchange) wait(d time.Duration, until <-chan struct{}) error {
	var over <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return nil
	case <-until:
		return nil
	case <-x.r.Context().Done():
		return errLeft
	case <-x.u.stop:
		return context.Canceled
	}
}

// cut breaks the connection off in the middle.
func (x *exchange) cut() error {
	if x.fault.Hard {
		return x.reset()
	}
	return http.ErrAbortHandler
}

// reset makes the kernel answer with RST: what was not sent yet is lost.
func (x *exchange) reset() error {
	c, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return err
	}
	if err := c.(*conn).SetLinger(0); err != nil {
		return err
	}
	return c.Close()
}

// raw sends bytes and closes the connection.
func (x *exchange) raw(text string) error {
	c, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(c, text); err != nil {
		c.Close()
		return errLeft
	}
	return c.Close()
}
