package togemini

import "github.com/longmen-gateway/longmen/plugins/codec"

// ending is what a Gemini finishReason means to a client of OpenAI.
type ending struct {
	native    string // the finishReason itself
	reason    string // finish_reason
	malformed bool   // an error if the answer holds nothing
}

// endings is the table of finish reasons; one that it lacks ends with "stop".
var endings = map[string]ending{
	"FINISH_REASON_UNSPECIFIED": {}, // it goes on

	"STOP":       {native: "STOP", reason: "stop"},
	"MAX_TOKENS": {native: "MAX_TOKENS", reason: "length"},

	"SAFETY":                   {native: "SAFETY", reason: "content_filter"},
	"RECITATION":               {native: "RECITATION", reason: "content_filter"},
	"LANGUAGE":                 {native: "LANGUAGE", reason: "content_filter"},
	"BLOCKLIST":                {native: "BLOCKLIST", reason: "content_filter"},
	"PROHIBITED_CONTENT":       {native: "PROHIBITED_CONTENT", reason: "content_filter"},
	"SPII":                     {native: "SPII", reason: "content_filter"},
	"IMAGE_SAFETY":             {native: "IMAGE_SAFETY", reason: "content_filter"},
	"IMAGE_PROHIBITED_CONTENT": {native: "IMAGE_PROHIBITED_CONTENT", reason: "content_filter"},
	"IMAGE_RECITATION":         {native: "IMAGE_RECITATION", reason: "content_filter"},
	"ESCALATION":               {native: "ESCALATION", reason: "content_filter"},

	"MALFORMED_FUNCTION_CALL":   {native: "MALFORMED_FUNCTION_CALL", reason: "stop", malformed: true},
	"UNEXPECTED_TOOL_CALL":      {native: "UNEXPECTED_TOOL_CALL", reason: "stop", malformed: true},
	"TOO_MANY_TOOL_CALLS":       {native: "TOO_MANY_TOOL_CALLS", reason: "stop", malformed: true},
	"MISSING_THOUGHT_SIGNATURE": {native: "MISSING_THOUGHT_SIGNATURE", reason: "stop", malformed: true},
	"MALFORMED_RESPONSE":        {native: "MALFORMED_RESPONSE", reason: "stop", malformed: true},
	"OTHER":                     {native: "OTHER", reason: "stop", malformed: true},
	"NO_IMAGE":                  {native: "NO_IMAGE", reason: "stop", malformed: true},
	"IMAGE_OTHER":               {native: "IMAGE_OTHER", reason: "stop", malformed: true},
	"CONTINUATION":              {native: "CONTINUATION", reason: "stop", malformed: true},
}

// blocked stands before the reason why a prompt was blocked, where a finish reason stands otherwise.
const blocked = "blocked "

// finishReason is the finish_reason for a native reason. Only an ordinary end becomes tool_calls: an
// answer that was cut off with a call in it is not one to run tools on.
func finishReason(native string, calls int) string {
	switch e, known := endings[native]; {
	case native == "STOP" && calls > 0:
		return "tool_calls"
	case known:
		return e.reason
	case len(native) > len(blocked) && native[:len(blocked)] == blocked:
		return "content_filter"
	}
	return "stop"
}

// appendFinish appends the members that end a choice.
func appendFinish(dst []byte, native string, calls int) []byte {
	dst = append(dst, `"finish_reason":"`...)
	dst = append(dst, finishReason(native, calls)...)
	dst = append(dst, `","native_finish_reason":`...)
	if native == "" {
		return append(dst, "null"...)
	}
	if len(native) > len(blocked) && native[:len(blocked)] == blocked {
		native = native[len(blocked):]
	}
	return codec.AppendQuoted(dst, native)
}
