// Package demo is the built-in model: deterministic, offline, and spoken to over real HTTP in the wire
// format of every dialect that the gateway knows. Package caddyllm serves it on loopback for
// "provider demo", so that a first run, the examples and the tests have a real upstream.
package demo

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxBody bounds a request; a demo does not need more.
const maxBody = 64 << 20

// Server answers as the demo model does, in the dialect of the path:
//
//   - it repeats what the user said last ("You said: …"), and names the media that came with it ("I see
//     1 image (5 bytes)."),
//   - with tools given, it calls those that the user's text names, or the first one if the request
//     demands a call; string arguments are the user's text,
//   - given tools' results, it reports them ("The tool said: …", "The tool failed: …"),
//   - asked for JSON, it answers with an object of sample values for the schema's properties,
//   - a model with "think" in its name thinks first ("Thinking about it."), unless the request forbids it,
//   - the models demo-error-400, -401, -404, -429, -500, -503 refuse with that status,
//   - models whose names begin with demo-breaks cut the connection in the middle of a stream; demo-fails
//     sends the dialect's error there.
//
// It is as strict as the provider whose dialect it speaks: a member that the provider does not know, a
// tool's result without a call, a signature that is missing or on the wrong part are refused in the
// provider's words. A model with "compatible" in its name stands for the servers that speak OpenAI's
// dialect with additions: it takes members that OpenAI does not know.
type Server struct {
	// Delay is the time between two words of a streamed answer; 0 means none.
	Delay time.Duration

	mu   sync.Mutex
	last []byte
}

// Last is the body of the latest POST request as it came over the wire: what an outside model would
// have seen. It is nil before the first request.
func (s *Server) Last() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// ServeHTTP picks the dialect by path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		s.list(w, r)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "the demo model takes GET and POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	}
	s.mu.Lock()
	s.last = body
	s.mu.Unlock()
	if strings.Contains(r.URL.Path, "/models/") || strings.Contains(r.URL.Path, "/tunedModels/") {
		s.gemini(w, r, body)
		return
	}
	for _, e := range endpoints {
		if strings.HasSuffix(r.URL.Path, e.path) {
			e.serve(s, w, r, body)
			return
		}
	}
	http.NotFound(w, r)
}

// endpoints are the paths apart from Gemini's, which have the model's name in them. The first that fits
// counts.
var endpoints = []struct {
	path  string
	serve func(*Server, http.ResponseWriter, *http.Request, []byte)
}{
	{"/chat/completions", (*Server).openAI},
	{"/completions", (*Server).completions},
	{"/responses", (*Server).responses},
	{"/responses/input_tokens", (*Server).responsesCount},
	{"/embeddings", (*Server).embeddings},
	{"/moderations", (*Server).moderations},
	{"/images/generations", (*Server).images},
	{"/messages", (*Server).anthropic},
	{"/messages/count_tokens", (*Server).anthropicCount},
	{"/api/chat", (*Server).ollamaChat},
	{"/api/generate", (*Server).ollamaGenerate},
	{"/api/embed", (*Server).ollamaEmbed},
}
