// Package abi defines the longmen_v1 plugin ABI: every name, number and packing that the host and a
// guest share, once. The host's wasm package and the Go SDK import it; ABI.md beside this file
// describes each function with a picture of its bytes.
package abi

// Version is the ABI version that a manifest declares in its "abi" field.
const Version = 1

// Module is the name of the module that all host functions are imported from.
const Module = "longmen_v1"

// Guest exports. A guest is a WASI p1 reactor that also exports "memory" and "_initialize".
const (
	// ExportManifest: () -> i64 span. UTF-8 JSON, see Manifest in ABI.md. Called once per module.
	ExportManifest = "longmen_v1_manifest"
	// ExportBuffer: (size i32) -> ptr i32. Memory that the host may fill before a hook call; it stays
	// valid until the next call of this function, so the host calls it only to grow.
	ExportBuffer = "longmen_v1_buffer"
	// ExportConfigure: (plugin i32) -> i32 status. plugin is the index in the manifest's list.
	ExportConfigure = "longmen_v1_configure"
	// ExportRequest: (document i32) -> i32 status.
	ExportRequest = "longmen_v1_request"
	// ExportResponse: (document i32) -> i32 status.
	ExportResponse = "longmen_v1_response"
	// ExportEvent: (document i32) -> i32 verdict. document is 0 once, when the stream ended cleanly.
	ExportEvent = "longmen_v1_event"
	// ExportText: (ptr i32, len i32) -> i64 span of the reply, 0 for "no edit, hold nothing", < 0 failed.
	ExportText = "longmen_v1_text"
	// ExportBody: (ptr i32, len i32) -> i64 span of the new body, 0 for "unchanged", < 0 failed.
	ExportBody = "longmen_v1_body"
	// ExportEnd: (record i32) -> i32 status.
	ExportEnd = "longmen_v1_end"
)

// Hook names as a manifest lists them.
const (
	HookConfigure = "configure"
	HookRequest   = "request"
	HookResponse  = "response"
	HookEvent     = "event"
	HookText      = "text"
	HookBody      = "body"
	HookEnd       = "end"
)

// Host functions: documents.
const (
	FnKind      = "kind"       // (h) -> Kind, 0 for a bad handle
	FnLen       = "len"        // (h) -> members, elements, or decoded bytes of a string
	FnGet       = "get"        // (h, key ptr, len) -> h or 0
	FnPointer   = "pointer"    // (h, RFC 6901 ptr, len) -> h or 0
	FnIndex     = "index"      // (h, i) -> h or 0
	FnFirst     = "first"      // (h) -> first child or 0
	FnNext      = "next"       // (h) -> next sibling or 0
	FnChildren  = "children"   // (h, buf, cap) -> children listed: handles, kinds and names at once
	FnKey       = "key"        // (h, buf, cap) -> length of the member name
	FnString    = "string"     // (h, buf, cap) -> length of the decoded string
	FnJSON      = "json"       // (h, buf, cap) -> length of the JSON text
	FnInt       = "int"        // (h) -> i64
	FnFloat     = "float"      // (h) -> f64
	FnNew       = "new"        // (Kind) -> h: empty object, array, string; null
	FnNewString = "new_string" // (ptr, len) -> h
	FnNewJSON   = "new_json"   // (ptr, len) -> h or ErrSyntax
	FnNewInt    = "new_int"    // (i64) -> h
	FnNewFloat  = "new_float"  // (f64) -> h
	FnSet       = "set"        // (object, key ptr, len, value h) -> status; a value that has a parent moves
	FnSetString = "set_string" // (object, key ptr, len, ptr, len) -> status
	FnSetInt    = "set_int"    // (object, key ptr, len, i64) -> status
	FnAppend    = "append"     // (array, value h) -> status; a value that has a parent moves
	FnReplace   = "replace"    // (h, value h) -> status: value takes h's place
	FnDelete    = "delete"     // (h) -> status
	FnCopy      = "copy"       // (h) -> h: a detached copy
	FnParse     = "parse"      // (string h) -> h of the JSON that the string contains, or ErrSyntax
	FnStringify = "stringify"  // (h) -> string h that contains h's JSON text
	FnSlice     = "slice"      // (string h, start, len) -> h of a new string: that part of the decoded bytes, shared where possible; ErrArgument off a UTF-8 boundary
	FnJoin      = "join"       // (array h) -> h of a new string: the strings of the array, one after the other
	FnDigest    = "digest"     // (h, buf of 32 bytes) -> status: SHA-256 of h's JSON text
	FnRoot      = "root"       // (Root) -> h of config, state or record; 0 when there is none now
)

// Host functions: the exchange.
const (
	FnHeader    = "header"     // (name ptr, len, buf, cap) -> length or ErrNotFound
	FnSetHeader = "set_header" // (name ptr, len, value ptr, len) -> status
	FnAttr      = "attr"       // (name ptr, len) -> h of a scalar, or 0
	FnSetAttr   = "set_attr"   // (name ptr, len, value h) -> status
	FnTag       = "tag"        // (name ptr, len, value ptr, len) -> status
	FnWarn      = "warn"       // (ptr, len) -> status: one x-gateway-warning item "param: reason"
	FnRespond   = "respond"    // (HTTP status, h, Form) -> status: answer at once
	FnReject    = "reject"     // (HTTP status, code ptr, len, param ptr, len, message ptr, len) -> status
	FnEmit      = "emit"       // (h, event name ptr, len) -> status: one event before the current one
	FnFail      = "fail"       // (ptr, len) -> status: why the hook is about to return Failed
	FnLog       = "log"        // (Level, ptr, len) -> status
	FnMetric    = "metric"     // (name ptr, len, f64) -> status: adds to a declared counter
	FnMAC       = "mac"        // (key ptr, len or 0, ptr, len, buf of 32 bytes) -> status: HMAC-SHA-256, keyed by the plugin's own secret if no key is given
	FnSkip      = "skip"       // (hook name ptr, len) -> status: in configure, this hook is not needed
	FnWatch     = "watch"      // (phase, ptr, len) -> status: in configure, text calls of that phase only for text with one of these bytes
	FnNow       = "now"        // () -> i64 Unix time in milliseconds
	FnRandom    = "random"     // (buf, len <= 256) -> status: cryptographic random bytes
)

// Host functions: by grant.
const (
	FnKVGet  = "kv_get" // (key ptr, len) -> h or 0; the empty key asks for the grant
	FnKVSet  = "kv_set" // (key ptr, len, value h, ttl ms i64) -> status
	FnKVAdd  = "kv_add" // (key ptr, len, delta i64, ttl ms i64) -> i64 sum, or MinInt64
	FnKVCas  = "kv_cas" // (key ptr, len, old h or 0, new h or 0, ttl ms i64) -> 1 swapped, 0 not, < 0 error
	FnHTTP   = "http"   // (request h) -> response h, or a negative error
	FnRecord = "record" // (sink ptr, len, h) -> status
	FnNER    = "ner"    // (request h, or 0 to ask for the grant) -> response h, or a negative error
)

// FnRefuel is imported only by rewritten modules: the host rewrites every guest so that a slice of
// fuel that is spent comes back here, is charged to the call's budget, and lets other work run.
const FnRefuel = "refuel"

// GlobalFuel is the exported i64 global that a rewritten module counts down.
const GlobalFuel = "longmen_v1_fuel"

// Statuses and errors. A function that yields a handle or a length yields one of these when negative.
const (
	OK          int32 = 0
	Failed      int32 = -1 // a hook: the reason was given to fail or reject
	ErrNotFound int32 = -2 // no such header, attribute or key
	ErrHandle   int32 = -3 // the handle was not given out in this call
	ErrKind     int32 = -4 // the value has another kind
	ErrSyntax   int32 = -5 // not JSON
	ErrLimit    int32 = -6 // a bound of ABI.md would be passed
	ErrDenied   int32 = -7 // not granted, or not allowed in this hook
	ErrArgument int32 = -8 // a number, name or UTF-8 text is out of its range
	ErrIO       int32 = -9 // the granted service failed
)

// Verdicts of the event hook.
const (
	EventKeep int32 = 0 // the event, edited or not, goes on after what was emitted
	EventDrop int32 = 1 // only what was emitted goes on
)

// Kind of a document value.
type Kind uint8

// Kinds of document values, RFC 8259 section 3.
const (
	KindInvalid Kind = iota
	KindNull
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
)

// Root documents besides the one a hook is handed.
const (
	RootConfig int32 = 1
	RootState  int32 = 2
	RootRecord int32 = 3
)

// Forms of an answer given by respond.
const (
	FormDocument int32 = 0 // a whole answer
	FormEvents   int32 = 1 // an array of {"event"?: name, "data": value}, played as a stream
)

// Log levels of the log function.
const (
	LevelDebug int32 = iota
	LevelInfo
	LevelWarn
	LevelError
)

// Role of a text segment: who speaks.
type Role uint8

// Roles of text segments.
const (
	RoleUnknown Role = iota
	RoleSystem
	RoleUser
	RoleAssistant
	RoleTool
)

// TextKind tells what a text segment is to its reader.
type TextKind uint8

// Kinds of text segments.
const (
	TextPlain TextKind = iota
	TextReasoning
	TextToolArgs   // one string leaf of a tool call's arguments
	TextToolResult // text of a tool result, or one of its string leaves
	TextRefusal
	TextName // a participant's name
)

// Phases of a text call.
const (
	PhaseRequest uint8 = 0
	PhaseAnswer  uint8 = 1
)

// Flags of a text segment.
const (
	// SegmentFinal: nothing more follows on this channel (or in this leaf): a hold is refused.
	SegmentFinal uint8 = 1 << iota
	// SegmentStreamed: the segment is a piece of a stream; text held back earlier stands at its start.
	SegmentStreamed
)

// Packing of a list of children, see ABI.md "children".
const (
	ListHeaderSize = 8  // u32 first handle, u32 children in all
	ListEntrySize  = 4  // u8 kind, u8 bytes of the name that follow, u16 length of the name
	ListNameMax    = 60 // bytes of a name that are listed
)

// Sizes of the text call's packings, see ABI.md "text".
const (
	TextHeaderSize  = 8
	TextSegmentSize = 24
	ReplyHeaderSize = 8
	ReplyEditSize   = 20
	ReplyHoldSize   = 8
)

// Grants a manifest may ask for and a Caddyfile may give.
const (
	GrantKV     = "kv"
	GrantHTTP   = "http"
	GrantRecord = "record"
	GrantNER    = "ner"
)

// Attributes that the host itself answers, beside those that plugins declare and set. One that is not
// known in the running hook does not exist.
const (
	AttrExchangeID      = "exchange.id"      // string
	AttrModel           = "model"            // string: as the client named it
	AttrDialect         = "dialect"          // string: the client's
	AttrStream          = "stream"           // bool: the client asked for a stream
	AttrRoute           = "route"            // string
	AttrKeyID           = "key.id"           // string: who calls; absent without a key
	AttrClientIP        = "client_ip"        // string
	AttrUpstreamModel   = "upstream.model"   // string: in codecs
	AttrUpstreamDialect = "upstream.dialect" // string: in codecs, what the provider speaks at the end of the way
	AttrUpstreamQuirks  = "upstream.quirks"  // string: in codecs, words in which the provider differs from its dialect
	AttrCodecClient     = "codec.client"     // string: in codecs, the pair that is to be translated
	AttrCodecProvider   = "codec.provider"   // string: likewise
	AttrStrictParams    = "strict_params"    // bool: in codecs
	AttrStatus          = "status"           // int: the upstream's HTTP status, in answer hooks
	AttrEventName       = "event.name"       // string: the event's name, in event hooks
	AttrPluginName      = "plugin.name"      // string: what the Caddyfile calls the plugin
	AttrPluginModule    = "plugin.module"    // string: SHA-256 of the plugin's WebAssembly file, hexadecimal
	AttrPluginPolicy    = "plugin.policy"    // string: digest of the plugin's configuration, without secrets
)

// Bounds that every guest lives under, whatever its configured limits.
const (
	MaxHandles  = 1 << 20   // handles given out in one call
	MaxString   = 16 << 20  // bytes that one call may add to documents
	MaxReply    = 64 << 20  // bytes of a text reply or body
	MaxEmits    = 1024      // events emitted by one call
	MaxState    = 5 << 20   // bytes of State per exchange and plugin
	MaxMessage  = 4096      // bytes of a log line, tag, warning, reason
	MaxManifest = 256 << 10 // bytes of the manifest
	MaxTags     = 64        // tags per exchange and plugin
	RandomMax   = 256       // bytes per call of random
	MACLen      = 32        // bytes of mac
	WatchMax    = 16        // bytes of watch
	DigestLen   = 32        // bytes of digest
	MaxNERTexts = 4096      // texts of one call of ner
	MaxNERBytes = 4 << 20   // bytes of the texts of one call of ner
)

// Span packs a pointer and a length into the i64 that guests return.
func Span(ptr, n uint32) uint64 { return uint64(ptr)<<32 | uint64(n) }

// Unspan is the inverse of Span.
func Unspan(v uint64) (ptr, n uint32) { return uint32(v >> 32), uint32(v) }
