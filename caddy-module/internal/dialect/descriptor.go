package dialect

// Descriptor is a dialect as data: paths and names, no code, so that it can be written as JSON.
//
// A path names members from the document's root, separated by dots: "choices.*.delta.content". "*" is
// every element of an array, and whatever stands there instead of an array is taken as its only element;
// "a|b" is a member of either name; "" is the root. Where text is looked for, every member that a path
// fits is visited, also duplicates, and names are compared without regard to letter case, because some
// servers read them so: no spelling hides text. Everything else reads as most parsers do: exact names,
// the last duplicate.
//
// A test compares a member with words: "type=a|b" holds where it is one of them, "type!=a|b" where it is
// none, and "type=*.done" where it ends so.
type Descriptor struct {
	Name      string       `json:"name"`                 // "openai.chat"
	Endpoints []Endpoint   `json:"endpoints"`            // what clients call
	Upstream  Upstream     `json:"upstream"`             // what providers are called by
	Keys      []Key        `json:"keys"`                 // how clients spell their credential; the first one is how providers want theirs
	Request   RequestPaths `json:"request"`              // of request documents
	Answer    Body         `json:"answer"`               // of whole answers
	Event     Body         `json:"event"`                // of the events of streamed answers
	Usage     Counts       `json:"usage"`                // of whole answers and events
	Answering []string     `json:"answering,omitempty"`  // in whole answers and events, the name of the model that answers
	Errors    Errors       `json:"errors"`               // of error bodies and of errors in events
	Models    ModelList    `json:"models"`               // how models are listed
	Signs     []string     `json:"signs,omitempty"`      // beginnings of paths, and canonical headers, by which clients that call an unknown path are known
	Foreign   []string     `json:"foreign,omitempty"`    // texts in a request that betray a history with other providers' answers in it
	Headers   Headers      `json:"headers"`              // of answers
	Done      string       `json:"done,omitempty"`       // data of the event that ends a stream, "" when the connection's end does
	EventName string       `json:"event_name,omitempty"` // member that repeats an event's name, "" when events have none
	Framing   string       `json:"framing,omitempty"`    // of streamed answers: "" for server-sent events, "lines" for one JSON text a line
	PingName  string       `json:"ping_name,omitempty"`  // name of the event that keeps a silent stream alive
	Ping      string       `json:"ping,omitempty"`       // its data, "" when the dialect has no such event
	Count     string       `json:"count,omitempty"`      // answer that is nothing but the prompt's size, $tokens
	Sequence  string       `json:"sequence,omitempty"`   // member that numbers a stream's events from 0, "" when they have no numbers
}

// Endpoint is one path that belongs to a dialect. Where several fit, one that names a header goes before
// one that does not, and a path without variables before one with.
type Endpoint struct {
	Method  string `json:"method,omitempty"`  // methods, separated by spaces; "" is POST
	Path    string `json:"path"`              // "{model}" in it stands for the model's name, which may contain slashes, "{path}" at its end for any path below
	Header  string `json:"header,omitempty"`  // header that has to be there, because other dialects have the same path
	Without string `json:"without,omitempty"` // header that must not be there
	Service string `json:"service,omitempty"` // "generate" (""), "models" or "raw"
	Root    string `json:"root,omitempty"`    // of raw paths: what stands before the path that providers know
	Variant string `json:"variant,omitempty"` // name of a request's form, if the dialect has several
	Prefix  string `json:"prefix,omitempty"`  // put before the model's name
	Stream  string `json:"stream,omitempty"`  // "always", "never", "" when the request document tells
	Query   string `json:"query,omitempty"`   // "name=value" that asks for server-sent events; without it an always-streaming path streams a JSON array
}

// Upstream tells how a URL is made from a provider's base URL.
type Upstream struct {
	Whole       string    `json:"whole"`                 // path and query for a whole answer, "{model}" replaced
	Stream      string    `json:"stream"`                // the same for a streamed one
	Variants    []Variant `json:"variants,omitempty"`    // other forms, which clients of the same dialect may use
	Collections []string  `json:"collections,omitempty"` // "models/": a model that begins with one of these carries it itself; the first one is the default
	Marks       []string  `json:"marks,omitempty"`       // ":search": ends of a client's model name that a codec reads and the URL leaves out
}

// Variant is where an upstream takes another form of requests.
type Variant struct {
	Name  string `json:"name"`
	Whole string `json:"whole"`
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
	Model     string   `json:"model,omitempty"`   // "" when the URL carries it
	Models    []string `json:"models,omitempty"`  // members that repeat the URL's model, with the collection
	Stream    string   `json:"stream,omitempty"`  // "" when the URL tells
	Streams   bool     `json:"streams,omitempty"` // the answer streams unless the request says otherwise
	MaxTokens []string `json:"max_tokens"`        // the first one present counts
	Messages  string   `json:"messages"`          // their number is counted
	Tools     []string `json:"tools"`             // likewise
	Images    []Image  `json:"images"`            // likewise
	User      []string `json:"user,omitempty"`    // the end user's name, the first one present counts
	JSON      []string `json:"json,omitempty"`    // the answer's words are JSON if something is at one of these paths, or passes the test that the path's last step is
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
	Calls  []string `json:"calls,omitempty"`  // a tool call, or another block of content, begins or goes on
	Ends   []string `json:"ends,omitempty"`   // in events: the block ends where this is, or passes the test that the path's last step is
	Finish []string `json:"finish,omitempty"` // the choice ends when this is neither null nor "" nor false
	Open   []string `json:"open,omitempty"`   // values there that mean that it goes on
	Again  bool     `json:"again,omitempty"`  // in events: more text may follow on a finish, some servers repeat it in every event
	Strip  []string `json:"strip,omitempty"`  // what an event that the host makes out of another must not repeat; "a.b=[]" leaves an empty list
	Rest   bool     `json:"rest,omitempty"`   // members that no path names are text, too, except those that are known to be none; see rest.go
	Sealed []string `json:"sealed,omitempty"` // what is below these paths is not, whatever Rest says
	Null   bool     `json:"null,omitempty"`   // in events: a choice that goes on has null, not nothing, at Finish

	// Opening is a test of events that only open an answer and say nothing of it yet; Deltas are the objects that
	// do the same while all their members but the role are empty.
	Opening string `json:"opening,omitempty"`
	Deltas  string `json:"deltas,omitempty"`
}

// Text is a path at which text stands.
type Text struct {
	At    string `json:"at"`
	If    string `json:"if,omitempty"`    // test of a member beside it; of several texts at one path the first one that passes counts
	Role  string `json:"role,omitempty"`  // "" is the scope's
	Kind  string `json:"kind,omitempty"`  // plain (""), reasoning, tool_args, tool_result, refusal, name
	Form  string `json:"form,omitempty"`  // text (""), json: JSON inside a string, tree: all strings below, schema: the prose of a JSON Schema
	Aside bool   `json:"aside,omitempty"` // not what rules call the prompt: definitions, names, settings
	Whole bool   `json:"whole,omitempty"` // in an event: complete in itself, not a piece of a channel
	Mold  string `json:"mold,omitempty"`  // event in which such text goes out later, if its own cannot come twice: $block is the block's number, $text the text
}

// Scope tells what holds for all text below its path.
type Scope struct {
	At        string `json:"at"`
	Role      string `json:"role,omitempty"`      // member that names the role
	Choice    string `json:"choice,omitempty"`    // member that numbers the choice; "#" is the place in the array, also used when the member is missing
	Call      string `json:"call,omitempty"`      // likewise for the tool call
	Reasoning string `json:"reasoning,omitempty"` // member that is true, or test that passes, when plain text is reasoning

	// Block is the member that numbers the block of content to which an event belongs, and Parts are those
	// that number a part of it, each kind of part on its own. Text of each block and part is a channel.
	Block string   `json:"block,omitempty"`
	Parts []string `json:"parts,omitempty"`
}

// Counts tells where token counts stand. Those of Prompt and of Completion are added up; of the other
// lists the first one present counts.
type Counts struct {
	At         []string `json:"at"` // objects that hold the counts, the first one that is an object
	Prompt     []string `json:"prompt"`
	Completion []string `json:"completion"`
	Total      []string `json:"total,omitempty"`
	Cached     []string `json:"cached,omitempty"`
	Written    []string `json:"written,omitempty"`
	Reasoning  []string `json:"reasoning,omitempty"`
	Asked      string   `json:"asked,omitempty"`    // member of requests, of two steps, that is true where streams tell counts; "" where they always do
	Alone      string   `json:"alone,omitempty"`    // member of events that is an empty list where an event tells nothing but counts
	Disjoint   bool     `json:"disjoint,omitempty"` // Prompt lacks Cached and Written
	Apart      bool     `json:"apart,omitempty"`    // Completion lacks Reasoning, unless prompt and completion already make up the total
}

// Errors tells how errors are read and written. In Body and Event, $message, $type, $code, $param,
// $native, $status and $exchange stand for JSON values.
type Errors struct {
	At      []string    `json:"at"`                // objects or texts that are the error
	Self    string      `json:"self,omitempty"`    // test that tells a document that is an error itself
	Native  string      `json:"native,omitempty"`  // member of it with the name that Kinds list
	Retry   string      `json:"retry,omitempty"`   // path below it of a delay like "17.5s"
	Kinds   []ErrorKind `json:"kinds,omitempty"`   // read: of that name the one with HTTP's status, else the first; written: the first of that status
	Reasons []Reason    `json:"reasons,omitempty"` // finer names, which beat Kinds: the first one that is found counts
	Phrases []Phrase    `json:"phrases,omitempty"` // what messages tell that names do not; they beat both
	Blocked []string    `json:"blocked,omitempty"` // paths in answers and events, some with a test: where one holds, the provider's content policy has ended the answer
	Within  []string    `json:"within,omitempty"`  // paths below it of further texts in which Phrases are looked for
	Body    string      `json:"body"`
	Event   string      `json:"event,omitempty"`      // "" is Body; $sequence is the event's number
	Name    string      `json:"event_name,omitempty"` // name of the event
}

// Reason is a path below an error at which a finer name of it may stand. What a kind leaves open, Status 0
// and empty words, stays as it was; a status beats HTTP's.
type Reason struct {
	At    string      `json:"at"`
	Kinds []ErrorKind `json:"kinds"` // "*" in a name stands for any text
}

// Phrase is a message by which an error is known, for want of a name.
type Phrase struct {
	Code   string `json:"code"`             // the neutral code
	Prefix string `json:"prefix,omitempty"` // how the message begins; clients of the dialect expect it of any error with that code
	Like   string `json:"like,omitempty"`   // instead: what the message is like, only when it is read; "*" stands for any text
}

// ErrorKind relates a dialect's name of an error to the neutral one.
type ErrorKind struct {
	Native string `json:"native"`
	Status int    `json:"status"`
	Type   string `json:"type"`
	Code   string `json:"code,omitempty"`
	Wire   int    `json:"wire,omitempty"` // status on the wire, if it is none that other dialects know
}
