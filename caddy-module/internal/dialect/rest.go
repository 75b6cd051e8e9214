package dialect

import (
	"bytes"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// What a request has beside the places that the table names is text as well: members that only some servers
// know, and those that a dialect gets tomorrow. What is left out is below.

// unnamed is the site of a value that no path names.
func (in *scope) unnamed(n document.Node) Site {
	t := Site{Node: n, Choice: in.choice, Call: in.call, Block: in.block, Part: in.part, Role: in.role, Form: FormRest, Aside: true, Whole: true}
	if t.Role == abi.RoleTool {
		t.Kind = abi.TextToolResult
	}
	return t
}

// holdsText tells whether an unnamed member can hold text.
func holdsText(a *document.Arena, n document.Node) bool {
	switch a.Kind(n) {
	case abi.KindString:
		return a.Len(n) > 0 && !Opaque(a.Key(n)) && !Blob(a, n)
	case abi.KindArray, abi.KindObject:
		return a.First(n) != 0
	}
	return false
}

// Opaque tells of a member's name that what it holds has to arrive as it is, or nothing works: what things
// are, which model and which tool is meant, what belongs together, what a provider has signed or encrypted.
func Opaque(name []byte) bool {
	switch string(name) {
	case "type", "role", "object", "status", "model", "name",
		"id", "call_id", "tool_call_id", "tool_use_id", "item_id", "approval_request_id", "response_id", "previous_response_id", "conversation",
		"file_id", "file_ids", "vector_store_ids", "container", "container_id", "skill_id", "cachedContent", "cached_content",
		"tool_name", "tool_names", "allowed_tools", "allowedFunctionNames", "allowed_function_names",
		"signature", "thoughtSignature", "thought_signature", "encrypted_content", "encrypted_index", "encrypted_stdout",
		"data", "file_data", "b64_json":
		return true
	}
	return false
}

// A blob is as long as blobSize, and that much of it is base64.
const blobSize = 512

// Blob tells whether a string is bytes in base64: images, audio and files, which are no text and may be large.
func Blob(a *document.Arena, n document.Node) bool {
	raw, _ := a.Raw(n)
	if len(raw) < len(`"data:`) {
		return false
	}
	raw = raw[1:]
	if bytes.HasPrefix(raw, []byte("data:")) {
		return bytes.Contains(raw[:min(len(raw), 256)], []byte(";base64,"))
	}
	if len(raw) <= blobSize {
		return false
	}
	for _, c := range raw[:blobSize] {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '+', c == '/', c == '-', c == '_', c == '=':
		default:
			return false
		}
	}
	return true
}
