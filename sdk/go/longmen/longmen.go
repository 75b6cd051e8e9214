// Package longmen is the Go SDK for Longmen plugins: documents, text, state and services of the
// gateway as plain Go calls. A plugin registers itself in init; the gateway calls its hooks.
//
//	package main
//
//	import "github.com/longmen-gateway/longmen/sdk/go/longmen"
//
//	func init() {
//		longmen.Register(longmen.Plugin{
//			Name:    "stamp",
//			Purpose: "names the team on whose account a request runs",
//			Request: func(doc longmen.Value) error {
//				doc.SetString("user", "platform-team")
//				return nil
//			},
//		})
//	}
//
//	func main() {}
//
// Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -ldflags="-s -w" -o stamp.wasm .
//
// and test it natively with package longmentest. The package is small on purpose: it brings in neither
// fmt nor reflect nor encoding/json, and its hot paths allocate nothing, because the guest's garbage
// collector runs inside the call that fills its heap.
//
// What a hook may call, and every bound, is written in sdk/abi/ABI.md.
package longmen

import "github.com/longmen-gateway/longmen/sdk/abi"

// Plugin is what one plugin is and does. Hooks that are nil are never called and cost nothing.
//
// An instance serves one configuration but any exchange: what Configure computes may live in package
// variables, what belongs to one exchange lives in State.
type Plugin struct {
	Name    string // as the Caddyfile names it: lower case letters, digits, "-"; unique in the module
	Version string // any text; shown by the gateway
	Purpose string // one sentence; shown by the gateway

	// Grants are the services that the plugin asks for: "kv", "http", "record", "ner". The Caddyfile has to
	// give each of them, or the gateway does not start.
	Grants []string
	// Optional are services that the plugin uses where the Caddyfile grants them, and works without; see
	// HasNER.
	Optional []string
	// Attributes are the variables that the plugin sets, by name, with their type: "int", "float",
	// "bool" or "string". Rules see them under these names. Reading attributes needs no declaration.
	Attributes map[string]string
	// Metrics are the counters that the plugin adds to.
	Metrics []string
	// Limits are what the plugin needs; the Caddyfile may change them. Zero fields take the defaults.
	Limits Limits
	// Schema is the JSON Schema of the configuration. Empty: the plugin takes none.
	Schema string
	// Codecs are the dialect pairs that the plugin translates between. A plugin with codecs is used
	// between a client's dialect and a provider's, not in a route's list.
	Codecs []Codec

	// Configure runs once per instance, before any other hook. Its error is what the user of the
	// gateway reads when the configuration is checked.
	Configure func(config Value) error
	// Request sees the request document, once per exchange (codec: once per attempt).
	Request func(doc Value) error
	// Response sees a whole answer.
	Response func(doc Value) error
	// Event sees each event of a streamed answer, and once a Value that does not exist: the stream
	// ended cleanly. Drop drops the event, Emit sends others before it.
	Event func(doc Value) error
	// Text sees the text of requests and answers in any dialect.
	Text func(t *Text) error
	// Body sees bodies that are no documents. It returns the new body, or nil to leave it.
	Body func(body []byte) ([]byte, error)
	// End sees the accounting record, always, after everything else, also after an abort.
	End func(record Value) error
}

// Limits bound one plugin. They are the plugin's wish; the Caddyfile's limits win.
type Limits struct {
	CPU       Duration // per hook call; default 100ms
	Memory    int64    // bytes of one instance; default 32 MiB
	Instances int      // at most, per configuration; default twice the processors
	Hold      int      // bytes of text held back per channel; default 64 KiB
}

// Duration counts milliseconds. The SDK has its own because package time makes a guest an eighth
// larger.
type Duration int64

// Units of Duration.
const (
	Millisecond Duration = 1
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
)

// Codec is one direction pair: requests from Client to Provider, answers back.
type Codec struct {
	Client   string // dialect that clients speak, such as "openai.chat"
	Provider string // dialect that the provider speaks, such as "gemini.generate"
}

// plugins are all registered plugins, in the order of the manifest.
var plugins []Plugin

// Register adds a plugin to the module. It is called from init; several plugins may share a module and
// so one Go runtime.
func Register(p Plugin) { plugins = append(plugins, p) }

// The vocabulary of the ABI, under its own names.
type (
	Kind     = abi.Kind     // of a document value
	Role     = abi.Role     // of a text segment: who speaks
	TextKind = abi.TextKind // of a text segment: what it is to its reader
	Phase    = uint8        // of a text call: request or answer
	Level    = int32        // of a log line
)

// Kinds of document values.
const (
	KindInvalid = abi.KindInvalid // the value does not exist
	KindNull    = abi.KindNull
	KindBool    = abi.KindBool
	KindNumber  = abi.KindNumber
	KindString  = abi.KindString
	KindArray   = abi.KindArray
	KindObject  = abi.KindObject
)

// Roles of text segments.
const (
	RoleUnknown   = abi.RoleUnknown
	RoleSystem    = abi.RoleSystem
	RoleUser      = abi.RoleUser
	RoleAssistant = abi.RoleAssistant
	RoleTool      = abi.RoleTool
)

// Kinds of text segments.
const (
	TextPlain      = abi.TextPlain
	TextReasoning  = abi.TextReasoning
	TextToolArgs   = abi.TextToolArgs   // one string leaf of a tool call's arguments
	TextToolResult = abi.TextToolResult // text of a tool result, or one of its string leaves
	TextRefusal    = abi.TextRefusal
	TextName       = abi.TextName // a participant's name
)

// Phases of a text call.
const (
	PhaseRequest = abi.PhaseRequest
	PhaseAnswer  = abi.PhaseAnswer
)

// Log levels.
const (
	LevelDebug = abi.LevelDebug
	LevelInfo  = abi.LevelInfo
	LevelWarn  = abi.LevelWarn
	LevelError = abi.LevelError
)
