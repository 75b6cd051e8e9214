package integration

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// upstream is a provider of OpenAI's dialect whose streams wait in the middle, in the midst of a
// placeholder, until the test lets them go on. Prompts without the word WAIT are answered at once.
type upstream struct {
	*httptest.Server
	gone chan struct{} // told of each request whose client went away while it waited

	mu    sync.Mutex
	gate  chan struct{}
	asked int // requests so far
}

// requests counts what came.
func (u *upstream) requests() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.asked
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{gone: make(chan struct{}, 16), gate: make(chan struct{})}
	u.Server = httptest.NewServer(u)
	t.Cleanup(func() {
		u.release()
		u.Close()
	})
	return u
}

// release lets all go on that wait now.
func (u *upstream) release() {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.gate)
	u.gate = make(chan struct{})
}

var placeholder = regexp.MustCompile(`<[A-Z_]+_\w+>`)

// ServeHTTP answers with what was put in the place of the prompt's personal data.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	body := string(b)
	u.mu.Lock()
	gate := u.gate
	u.asked++
	u.mu.Unlock()
	if !strings.Contains(strings.ToUpper(body), "WAIT") {
		open := make(chan struct{})
		close(open)
		gate = open
	}
	wait := func() bool {
		select {
		case <-gate:
			return true
		case <-r.Context().Done():
			u.gone <- struct{}{}
			return false
		}
	}
	found := placeholder.FindString(body)
	if !strings.Contains(body, `"stream":true`) {
		if wait() {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"id":"u","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello %s Bye"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}`, found)
		}
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	half := len(found) / 2
	event := func(choice string) {
		fmt.Fprintf(w, "data: {\"id\":\"u\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[%s]}\n\n", choice)
	}
	delta := func(text string) {
		event(fmt.Sprintf(`{"index":0,"delta":{"content":%q},"finish_reason":null}`, text))
	}
	delta("Hello ")
	delta(found[:half])
	_ = http.NewResponseController(w).Flush()
	if !wait() {
		return
	}
	delta(found[half:])
	for _, word := range []string{" a", " b", " c", " Bye"} {
		delta(word)
	}
	event(`{"index":0,"delta":{},"finish_reason":"stop"}`)
	fmt.Fprint(w, "data: [DONE]\n\n")
}
