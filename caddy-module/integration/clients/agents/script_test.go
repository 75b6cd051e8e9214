package agents

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// script is what the model does in a session: it writes a file, looks at it in two ways at once, and then
// tells what it saw. The names of tools and arguments are the agent's.
type script struct {
	steps []step
	// told is what the last step says behind the results that it saw.
	told string
}

// step is an answer: thoughts, and calls or, in the last one, text.
type step struct {
	thought string
	calls   []call
	text    string
}

// call is a tool call, or what the history has of one.
type call struct {
	id   string
	name string
	args map[string]any
}

// result is what an agent's tool said.
type result struct {
	id, name, text string
	failed         bool
}

// asked is a request, read strictly as its provider would.
type asked struct {
	model   string
	system  string // text of it
	tools   []string
	steps   []answered // of the session so far
	later   bool       // the last word is the user's: a new turn
	streams bool
}

// answered is a step of the history with its results.
type answered struct {
	thought   string
	signature string
	calls     []call
	results   []result
}

// wire is a provider's streaming API.
type wire interface {
	// read reads a request, and refuses what the provider would.
	read(r *http.Request, body []byte) (*asked, error)
	// write streams an answer; n is the number of the step.
	write(w io.Writer, n int, s step)
	// refuse writes an error with status 400.
	refuse(w http.ResponseWriter, message string)
	// busy writes an error with status 429 that asks to come back in a second.
	busy(w http.ResponseWriter)
	// signature is what step n is signed with, "" where there are no signatures.
	signature(n int) string
	// shows tells whether thoughts come back with their text.
	shows() bool
}

// model is a scripted model behind a wire format.
type model struct {
	t      *testing.T
	wire   wire
	script script

	mu     sync.Mutex
	busy   bool     // the next request comes at a bad time
	served []int    // steps, in the order in which they were asked for
	wrong  []string // what was wrong with requests
	bodies []string
}

// serve starts a scripted model and returns it with its address.
func serve(t *testing.T, w wire, s script) (*model, string) {
	t.Helper()
	m := &model{t: t, wire: w, script: s}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return m, server.URL
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bodies = append(m.bodies, r.Method+" "+r.RequestURI+"\n"+string(body))
	a, err := m.wire.read(r, body)
	if err != nil {
		m.refuse(w, err.Error())
		return
	}
	if !a.streams {
		m.refuse(w, "the agent asked for an answer that is not streamed")
		return
	}
	if m.busy && len(a.tools) > 0 {
		m.busy = false
		m.wire.busy(w)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	if len(a.tools) == 0 { // an agent's own business, such as a title for the session
		m.wire.write(w, 0, step{text: "A file"})
		return
	}
	n := len(a.steps)
	if n >= len(m.script.steps)+1 {
		m.refuse(w, fmt.Sprintf("the agent asked for step %d", n))
		return
	}
	if err := m.check(a); err != nil {
		m.refuse(w, err.Error())
		return
	}
	m.served = append(m.served, n)
	if n == len(m.script.steps) {
		last := a.steps[n-1].results
		text := m.script.told
		for _, r := range last {
			text += " " + strings.TrimSpace(r.text)
		}
		m.wire.write(w, n, step{thought: "Now I tell.", text: text})
		return
	}
	m.wire.write(w, n, m.script.steps[n])
}

func (m *model) refuse(w http.ResponseWriter, message string) {
	m.wrong = append(m.wrong, message)
	m.wire.refuse(w, message)
}

// check holds a request against the script: the history is what was said, with its signatures, each call
// has its result, and the tools that come next are declared under their names.
func (m *model) check(a *asked) error {
	for n, done := range a.steps {
		want := m.script.steps[n]
		// Earlier turns may come without: providers do not look at their signatures.
		if s := m.wire.signature(n); done.signature != s && !(a.later && (done.signature == "" || done.signature == noSignature)) {
			return fmt.Errorf("step %d came back with signature %q, want %q", n, done.signature, s)
		}
		if m.wire.shows() && done.thought != want.thought && done.signature != "" {
			return fmt.Errorf("step %d came back with thought %q, want %q", n, done.thought, want.thought)
		}
		if len(done.calls) != len(want.calls) {
			return fmt.Errorf("step %d came back with calls %v, want %v", n, done.calls, want.calls)
		}
		for i, c := range done.calls {
			w := want.calls[i]
			if c.name != w.name || !equal(c.args, w.args) {
				return fmt.Errorf("call %d of step %d came back as %s %v, want %s %v", i, n, c.name, c.args, w.name, w.args)
			}
			if len(done.results) <= i || done.results[i].id != c.id {
				return fmt.Errorf("step %d has results %v for calls %v", n, done.results, done.calls)
			}
			if done.results[i].failed {
				return fmt.Errorf("tool %s failed: %s", c.name, done.results[i].text)
			}
		}
	}
	if len(a.steps) < len(m.script.steps) {
		for _, c := range m.script.steps[len(a.steps)].calls {
			if !slices.Contains(a.tools, c.name) {
				return fmt.Errorf("tool %s is not declared, there are %q", c.name, a.tools)
			}
		}
	}
	return nil
}

// noSignature is what Gemini takes for a signature that a client has lost.
const noSignature = "skip_thought_signature_validator"

// wantServed fails the test if requests since the last time were refused, or not for the given steps.
func (m *model) wantServed(steps ...int) {
	m.t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.wrong {
		m.t.Errorf("the model refused: %s", w)
	}
	if !slices.Equal(m.served, steps) {
		m.t.Errorf("the model was asked for the steps %v, want %v", m.served, steps)
	}
	if m.t.Failed() {
		for i, b := range m.bodies {
			if len(b) > 6000 {
				b = b[:1500] + " […] " + b[len(b)-4500:]
			}
			m.t.Logf("request %d to the model: %s", i, b)
		}
	}
	m.served, m.wrong, m.bodies = nil, nil, nil
}
