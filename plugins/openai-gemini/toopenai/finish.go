package toopenai

// finishReason is Gemini's finishReason for OpenAI's.
func finishReason(reason string) string {
	switch reason {
	case "stop", "tool_calls", "function_call", "":
		return "STOP"
	case "length":
		return cutOff
	case "content_filter":
		return "SAFETY"
	}
	return "OTHER"
}

const (
	// malformed is the end of a candidate with a call whose arguments are no JSON object.
	malformed = "MALFORMED_FUNCTION_CALL"
	// cutOff is the end of a candidate that ran out of tokens, perhaps in the middle of a call.
	cutOff = "MAX_TOKENS"
)
