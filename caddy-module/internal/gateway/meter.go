package gateway

import (
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// meter is a client's connection on which the words of an answer are measured as they pass, for answers whose tokens nobody counts: those that break
// off, and those of servers that count none. It looks for JSON members that hold words, in documents and in streams of any framing,
// and keeps no text.
type meter struct {
	http.ResponseWriter
	words map[string]bool // members that hold words

	ascii, other, wide int64 // ASCII characters, characters of two bytes, and of three or more

	name    [maxMember]byte // the string that was read last, which may be a member's name
	length  int             // of it; more than maxMember is too long for a name
	within  bool            // of a string
	escaped bool            // the next character of it
	value   bool            // the next string is the value of a member that holds words
	counts  bool            // the string that is read is one
}

// maxMember is the length of the longest name of words.
const maxMember = 20

// Members that hold what a model has said, over all dialects. Events that number themselves say the same again when a part ends: there
// only what is added counts.
var (
	wordsOfAnswers = map[string]bool{
		"content": true, "text": true, "arguments": true, "refusal": true, "reasoning_content": true, "reasoning": true, "thinking": true, "partial_json": true,
		"response": true, "delta": true, "input": true,
	}
	wordsOfNumbered = map[string]bool{"delta": true}
)

// open begins to measure an answer.
func (m *meter) open(w http.ResponseWriter, d *dialect.Dialect, stream bool) {
	m.ResponseWriter, m.words = w, wordsOfAnswers
	if stream && d.Numbered() {
		m.words = wordsOfNumbered
	}
}

// Write implements http.ResponseWriter.
func (m *meter) Write(b []byte) (int, error) {
	n, err := m.ResponseWriter.Write(b)
	m.read(b[:n])
	return n, err
}

// Unwrap is for http.ResponseController.
func (m *meter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (m *meter) read(b []byte) {
	for _, c := range b {
		if m.within {
			m.character(c)
			continue
		}
		switch c {
		case ' ', '\t', '\r', '\n':
		case '"':
			m.within, m.counts, m.value, m.length = true, m.value, false, 0
		case ':':
			m.value = m.length <= maxMember && m.words[string(m.name[:m.length])]
			m.length = 0
		default:
			m.value, m.length = false, 0
		}
	}
}

// character takes in a byte of a string.
func (m *meter) character(c byte) {
	switch {
	case m.escaped:
		m.escaped = false
		if m.counts && c == 'u' { // of four digits, which follow
			m.wide++
			m.ascii -= 5
		}
	case c == '\\':
		m.escaped = true
		return
	case c == '"':
		m.within = false
		return
	}
	switch {
	case !m.counts:
		if m.length < maxMember {
			m.name[m.length] = c
		}
		m.length = min(m.length+1, maxMember+1)
	case c < 0x80:
		m.ascii++
	case c >= 0xE0:
		m.wide++
	case c >= 0xC0:
		m.other++
	}
}

// tokens is about how many tokens have passed, by the same measure as prompt.tokens.
func (m *meter) tokens() int64 { return (max(m.ascii, 0)+3)/4 + (m.other+1)/2 + m.wide }
