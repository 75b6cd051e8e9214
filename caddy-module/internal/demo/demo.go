// Package demo is the built-in model: deterministic, offline, and spoken to over real HTTP in the wire
// format of every dialect that the gateway knows. Package caddyllm serves it on loopback for
// "provider demo", so that a first run, the examples and the tests have a real upstream.
package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxBody bounds a request; a demo does not need more.
const maxBody = 64 << 20

// Server answers as the demo model does:
//
//   - it repeats what the user said last ("You said: …"),
//   - with tools given, it calls those that the user's text names, or the first one if the request
//     demands a call; string arguments are the user's text,
//   - given a tool's result, it reports it ("The tool said: …"),
//   - the models demo-error-400, -401, -404, -429, -500, -503 refuse with that status,
//   - demo-breaks stops its stream in the middle.
type Server struct {
	// Delay is the time between two words of a streamed answer; 0 means none.
	Delay time.Duration

	mu   sync.Mutex
	last []byte
}

// Last is the body of the latest request as it came over the wire: what an outside model would have
// seen. It is nil before the first request.
func (s *Server) Last() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// ServeHTTP picks the dialect by path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	}
	s.mu.Lock()
	s.last = body
	s.mu.Unlock()
	path := r.URL.Path
	switch {
	case r.Method != http.MethodPost:
		http.Error(w, "the demo model takes POST", http.StatusMethodNotAllowed)
	case strings.HasSuffix(path, "/chat/completions"):
		s.openAI(w, r, body)
	case strings.Contains(path, "/models/"):
		s.gemini(w, r, body)
	default:
		http.NotFound(w, r)
	}
}

// asked is a request in the demo's own terms.
type asked struct {
	Model     string
	User      string // the last user text
	Result    string // the last tool result, if it is the newest turn
	Tools     []tool
	Demand    bool // a call is required
	MaxTokens int
	Chars     int // of all text
}

type tool struct {
	Name   string
	Schema schema
}

type schema struct {
	Properties map[string]schema `json:"properties"`
	Type       any               `json:"type"`
}

// said is the model's answer in the demo's own terms.
type said struct {
	Words  []string // text in pieces, as a stream sends them
	Calls  []call
	Length bool // cut off by the token limit
	Prompt int
	Output int
}

type call struct {
	ID, Name string
	Args     map[string]any
}

func (a *asked) answer() said {
	s := said{Prompt: (a.Chars + 3) / 4}
	switch {
	case a.Result != "":
		s.Words = words("The tool said: " + a.Result)
	case a.calls(&s):
	default:
		s.Words = words("You said: " + a.User)
	}
	s.Output = len(s.Words) + 8*len(s.Calls)
	if a.MaxTokens > 0 && len(s.Words) > a.MaxTokens {
		s.Words, s.Output, s.Length = s.Words[:a.MaxTokens], a.MaxTokens, true
	}
	return s
}

// calls fills in the tool calls that the request asks for.
func (a *asked) calls(s *said) bool {
	for _, t := range a.Tools {
		if strings.Contains(a.User, t.Name) {
			s.Calls = append(s.Calls, a.call(t, len(s.Calls)))
		}
	}
	if len(s.Calls) == 0 && a.Demand && len(a.Tools) > 0 {
		s.Calls = append(s.Calls, a.call(a.Tools[0], 0))
	}
	return len(s.Calls) > 0
}

func (a *asked) call(t tool, i int) call {
	args := map[string]any{}
	for name, p := range t.Schema.Properties {
		args[name] = p.sample(a.User)
	}
	return call{ID: fmt.Sprintf("call_demo_%d", i), Name: t.Name, Args: args}
}

func (p schema) sample(text string) any {
	kind, _ := p.Type.(string)
	switch strings.ToLower(kind) {
	case "integer", "number":
		return 1
	case "boolean":
		return true
	case "array":
		return []any{}
	case "object":
		return map[string]any{}
	}
	return text
}

// words cuts a text behind each space, so that the pieces joined are the text.
func words(text string) []string { return strings.SplitAfter(text, " ") }

// failure is the status that an error model's name asks for, 0 for others.
func failure(model string) int {
	if code, ok := strings.CutPrefix(model, "demo-error-"); ok {
		if status, err := strconv.Atoi(code); err == nil && status >= 400 && status < 600 {
			return status
		}
	}
	return 0
}

// stream writes events with the delay between them and reports whether the client is still there.
type stream struct {
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
	delay   time.Duration
	end     string // line end of the dialect's frames
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, end string) *stream {
	w.Header().Set("Content-Type", "text/event-stream")
	return &stream{w: w, r: r, control: http.NewResponseController(w), delay: s.Delay, end: end}
}

func (s *stream) send(v any) bool {
	b, err := json.Marshal(v)
	if err != nil {
		return false
	}
	return s.raw(string(b))
}

func (s *stream) raw(data string) bool {
	if _, err := io.WriteString(s.w, "data: "+data+s.end+s.end); err != nil {
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

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
