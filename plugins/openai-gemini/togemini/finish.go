package togemini

import "github.com/longmen-gateway/longmen/plugins/codec"

// ending is what a Gemini finishReason means to a client of OpenAI.
type ending struct {
	native    string // the finishReason itself
	reason    string // finish_reason
	malformed bool   // an error if the answer holds nothing
}

// endings is the table of finish reasons; one that it lacks ends with "stop".
var endings = [...]ending{
	{native: "STOP", reason: "stop"},
	{native: "MAX_TOKENS", reason: "length"},

	{native: "SAFETY", reason: "content_filter"},
	{native: "RECITATION", reason: "content_filter"},
	{native: "LANGUAGE", reason: "content_filter"},
	{native: "BLOCKLIST", reason: "content_filter"},
	{native: "PROHIBITED_CONTENT", reason: "content_filter"},
	{native: "SPII", reason: "content_filter"},
	{native: "IMAGE_SAFETY", reason: "content_filter"},
	{native: "IMAGE_PROHIBITED_CONTENT", reason: "content_filter"},
	{native: "IMAGE_RECITATION", reason: "content_filter"},
	{native: "ESCALATION", reason: "content_filter"},

	{native: "MALFORMED_FUNCTION_CALL", reason: "stop", malformed: true},
	{native: "UNEXPECTED_TOOL_CALL", reason: "stop", malformed: true},
	{native: "TOO_MANY_TOOL_CALLS", reason: "stop", malformed: true},
	{native: "MISSING_THOUGHT_SIGNATURE", reason: "stop", malformed: true},
	{native: "MALFORMED_RESPONSE", reason: "stop", malformed: true},
	{native: "OTHER", reason: "stop", malformed: true},
	{native: "NO_IMAGE", reason: "stop", malformed: true},
	{native: "IMAGE_OTHER", reason: "stop", malformed: true},
	{native: "CONTINUATION", reason: "stop", malformed: true},
}

// endingOf finds the row of a finishReason, nil if the table lacks it.
func endingOf(native string) *ending {
	for i := range endings {
		if e := &endings[i]; e.native == native {
			return e
		}
	}
	return nil
}

// fails tells whether an answer that ended for this reason is an error if it holds nothing.
func fails(native string) bool {
	e := endingOf(native)
	return e != nil && e.malformed
}

// blocked stands before the reason why a prompt was blocked, where a finish reason stands otherwise.
const blocked = "blocked "

// finishReason is the finish_reason for a native reason. Only an ordinary end becomes tool_calls: an
// answer that was cut off with a call in it is not one to run tools on.
func finishReason(native string, calls int) string {
	switch e := endingOf(native); {
	case native == "STOP" && calls > 0:
		return "tool_calls"
	case e != nil:
		return e.reason
	case len(native) > len(blocked) && native[:len(blocked)] == blocked:
		return "content_filter"
	}
	return "stop"
}

// appendFinish appends the members that end a choice.
func appendFinish(dst []byte, native string, calls int) []byte {
	dst = add(dst, `"finish_reason":"`)
	dst = append(dst, finishReason(native, calls)...)
	dst = add(dst, `","native_finish_reason":`)
	if native == "" {
		return add(dst, "null")
	}
	if len(native) > len(blocked) && native[:len(blocked)] == blocked {
		native = native[len(blocked):]
	}
	return codec.AppendQuoted(dst, native)
}
