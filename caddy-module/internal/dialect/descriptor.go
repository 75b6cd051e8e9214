package dialect

// Descriptor is a dialect as data: paths and names, no code, so that it can be written as JSON.
//
// A path names members from the document's root, separated by dots: "choices.*.delta.content". "*" is
// every element of an array, and whatever stands there instead of an array is taken as its only element;
// "a|b" is a member of either name; "" is the root. Where text is looked for, every member that a path
// fits is visited, also duplicates, and names are compared without regard to letter case, because some
// servers read them so: no spelling hides text. Everything else reads as most parsers do: exact names,
// the last duplicate.
type Descriptor struct {
	Name      string       `json:"name"`                 // "openai.chat"
	Endpoints []Endpoint   `json:"endpoints"`            // what clients call
	Upstream  Upstream     `json:"upstream"`             // what providers are called by
	Keys      []Key        `json:"keys"`                 // how clients spell their credential; the first one is how providers want theirs
	Request   RequestPaths `json:"request"`              // of request documents
	Answer    Body         `json:"answer"`               // of whole answers
	Event     Body         `json:"event"`                // of the events of streamed answers
	Usage     Counts       `json:"usage"`                // of whole answers and events
	Errors    Errors       `json:"errors"`               // of error bodies and of errors in events
	Done      string       `json:"done,omitempty"`       // data of the event that ends a stream, "" when the connection's end does
	EventName string       `json:"event_name,omitempty"` // member that repeats an event's name, "" when events have none
}

// Endpoint is one path that belongs to a dialect.
type Endpoint struct {
	Method string `json:"method,omitempty"` // "" is POST
	Path   string `json:"path"`             // "{model}" in it stands for the model's name, which may contain slashes
	Prefix string `json:"prefix,omitempty"` // put before the model's name
	Stream string `json:"stream,omitempty"` // "always", "never", "" when the request document tells
	Query  string `json:"query,omitempty"`  // "name=value" that asks for server-sent events; without it an always-streaming path streams a JSON array
}

// Upstream tells how a URL is made from a provider's base URL.
type Upstream struct {
	Whole       string   `json:"whole"`                 // path and query for a whole answer, "{model}" replaced
	Stream      string   `json:"stream"`                // the same for a streamed one
	Collections []string `json:"collections,omitempty"` // "models/": a model that begins with one of these carries it itself; the first one is the default
}

// Key is a place where a credential stands.
type Key struct {
	Header string `json:"header,omitempty"`
	Scheme string `json:"scheme,omitempty"` // word before the credential: "Bearer"
	Query  string `json:"query,omitempty"`
}

// RequestPaths tells where things stand in request documents.
type RequestPaths struct {
	Body
	Model     string   `json:"model,omitempty"`  // "" when the URL carries it
	Stream    string   `json:"stream,omitempty"` // "" when the URL tells
	MaxTokens []string `json:"max_tokens"`       // the first one present counts
	Messages  string   `json:"messages"`         // their number is counted
	Tools     []string `json:"tools"`            // likewise
	Images    []Image  `json:"images"`           // likewise
	User      []string `json:"user,omitempty"`   // the end user's name, the first one present counts
}

// Image is a path at which each value is an image, if it is text that begins with Prefix.
type Image struct {
	At     string `json:"at"`
	Prefix string `json:"prefix,omitempty"` // "" takes any value but null
}

// Body tells where text stands in a document.
type Body struct {
	Role   string   `json:"role,omitempty"` // who speaks where no scope tells
	Text   []Text   `json:"text"`
	Scopes []Scope  `json:"scopes,omitempty"`
	Calls  []string `json:"calls,omitempty"`  // a tool call begins or goes on
	Finish []string `json:"finish,omitempty"` // the choice ends when this is neither null nor ""
	Again  bool     `json:"again,omitempty"`  // in events: more text may follow on a finish, some servers repeat it in every event
	Strip  []string `json:"strip,omitempty"`  // what an event that the host makes out of another must not repeat
	Null   bool     `json:"null,omitempty"`   // in events: a choice that goes on has null, not nothing, at Finish
}

// Text is a path at which text stands.
type Text struct {
	At    string `json:"at"`
	Role  string `json:"role,omitempty"`  // "" is the scope's
	Kind  string `json:"kind,omitempty"`  // plain (""), reasoning, tool_args, tool_result, refusal, name
	Form  string `json:"form,omitempty"`  // text (""), json: JSON inside a string, tree: all strings below, schema: the prose of a JSON Schema
	Aside bool   `json:"aside,omitempty"` // not what rules call the prompt: definitions, names, settings
	Whole bool   `json:"whole,omitempty"` // in an event: complete in itself, not a piece of a channel
}

// Scope tells what holds for all text below its path.
type Scope struct {
	At        string `json:"at"`
	Role      string `json:"role,omitempty"`      // member that names the role
	Choice    string `json:"choice,omitempty"`    // member that numbers the choice; "#" is the place in the array, also used when the member is missing
	Call      string `json:"call,omitempty"`      // likewise for the tool call
	Reasoning string `json:"reasoning,omitempty"` // member that is true when plain text is reasoning
}

// Counts tells where token counts stand. Those of Prompt and of Completion are added up; of the other
// lists the first one present counts.
type Counts struct {
	At         []string `json:"at"` // objects that hold the counts, the first one that is an object
	Prompt     []string `json:"prompt"`
	Completion []string `json:"completion"`
	Total      []string `json:"total,omitempty"`
	Cached     []string `json:"cached,omitempty"`
	Reasoning  []string `json:"reasoning,omitempty"`
	Apart      bool     `json:"apart,omitempty"` // Completion lacks Reasoning, unless prompt and completion already make up the total
}

// Errors tells how errors are read and written. In Body and Event, $message, $type, $code, $param,
// $native and $status stand for JSON values.
type Errors struct {
	At      []string    `json:"at"`                // objects or texts that are the error
	Native  string      `json:"native,omitempty"`  // member of it with the name that Kinds list
	Reason  string      `json:"reason,omitempty"`  // path below it of a finer name, tried first
	Retry   string      `json:"retry,omitempty"`   // path below it of a delay like "17.5s"
	Kinds   []ErrorKind `json:"kinds,omitempty"`   // read: the first of that name; written: the first of that status
	Reasons []ErrorKind `json:"reasons,omitempty"` // values at Reason; their status beats HTTP's
	Body    string      `json:"body"`
	Event   string      `json:"event,omitempty"`      // "" is Body
	Name    string      `json:"event_name,omitempty"` // name of the event
}

// ErrorKind relates a dialect's name of an error to the neutral one.
type ErrorKind struct {
	Native string `json:"native"`
	Status int    `json:"status"`
	Type   string `json:"type"`
	Code   string `json:"code,omitempty"`
}
