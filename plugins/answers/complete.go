package answers

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// Where the known dialects say that an answer is finished. A dialect that is none of them is never
// stored: what cannot be told complete is not.

// finish is what a document or event says of its answer's end.
type finish uint8

const (
	silent   finish = iota // nothing
	finished               // the answer, or a choice of it, is complete
	broken                 // it failed, or it is known to be cut
)

// whole tells whether a document is a complete answer: every choice in it has finished.
func whole(doc longmen.Value) bool { return look(doc, true) == finished }

// look reads an event, or a document, of which all choices have to be finished.
func look(doc longmen.Value, all bool) finish {
	if e := doc.Get("error"); e.Exists() && e.Kind() != longmen.KindNull {
		return broken
	}
	if choices := doc.Get("choices"); choices.Exists() { // openai.chat
		return lookAt(choices, "finish_reason", all)
	}
	if candidates := doc.Get("candidates"); candidates.Exists() { // gemini.generate
		return lookAt(candidates, "finishReason", all)
	}
	switch kind := doc.Get("type"); {
	case !kind.Exists():
	case kind.Is("error"), kind.Is("response.failed"), kind.Is("response.incomplete"): // anthropic.messages, openai.responses
		return broken
	case kind.Is("response.completed"):
		return finished
	case kind.Is("message_delta"):
		return said(doc.Pointer("/delta/stop_reason"))
	case kind.Is("message"):
		return said(doc.Get("stop_reason"))
	default:
		return silent
	}
	switch object := doc.Get("object"); {
	case object.Is("response"): // openai.responses
		if doc.Get("status").Is("completed") {
			return finished
		}
		return broken
	case object.Is("list") && doc.Get("data").Len() > 0: // openai.embeddings
		return finished
	}
	if doc.Get("done").Bool() { // ollama.chat
		return finished
	}
	return silent
}

// lookAt reads the finish reasons of choices.
func lookAt(choices longmen.Value, reason string, all bool) finish {
	result := silent
	for c := choices.First(); c.Exists(); c = c.Next() {
		switch said(c.Get(reason)) {
		case broken:
			return broken
		case finished:
			result = finished
		case silent:
			if all {
				return silent
			}
		}
	}
	return result
}

// said reads one finish reason. Some providers report a failure as one.
func said(reason longmen.Value) finish {
	switch {
	case reason.Kind() != longmen.KindString || reason.Len() == 0:
		return silent
	case reason.Is("error"):
		return broken
	}
	return finished
}
