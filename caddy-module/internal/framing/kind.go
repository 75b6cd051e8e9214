package framing

import "strings"

// Kind is a way to put the events of an answer one behind the other.
type Kind uint8

const (
	// SSE is server-sent events, as most providers stream:
	// https://html.spec.whatwg.org/multipage/server-sent-events.html
	SSE Kind = iota
	// Lines is one JSON object a line, as Ollama streams.
	Lines
	// Array is one JSON array whose elements come as they are made, as Gemini's streamGenerateContent
	// sends without alt=sse.
	Array
	// Document is no stream: the whole answer is one JSON document, and so one event.
	Document
)

// ContentType is the media type of an answer of this kind.
func (k Kind) ContentType() string {
	switch k {
	case Lines:
		return "application/x-ndjson"
	case Array, Document:
		return "application/json"
	}
	return "text/event-stream"
}

// KindOf tells the framing of an answer by its Content-Type. Array and Document cannot be known so: their type is
// that of any JSON.
func KindOf(contentType string) (Kind, bool) {
	media, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "text/event-stream":
		return SSE, true
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines":
		return Lines, true
	}
	return 0, false
}
