package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// A session is a vault that outlives its exchange: the placeholders of all its turns, as one document in the key-value
// store. A turn loads it into State, where everything else looks, adds what it replaces, and puts it back before the request goes on,
// if nobody else has put it back meanwhile; answers never touch the store.
//
// A client of Responses that sends only what is new names the answer that it goes on from. Such a vault is stored under
// every answer's id as soon as the id is known, each a document of its own: two turns may go on from one answer.

// What session configures.
type session struct {
	headers  []string
	members  [][]string // paths
	previous bool       // previous_response_id
	ttl      longmen.Duration
	most     int    // placeholders
	scope    string // of what the configuration says about what may be restored
}

// sessionSchema is the option's part of the schema.
const sessionSchema = `{"type":"object","additionalProperties":false,"description":"Keeps what placeholders stand for over the turns of a session, in the key-value store, so that answers may name placeholders of earlier turns that the request does not repeat. Wants the grant kv. A session is one caller's: what names it is read together with the caller's key, or without keys the caller's address. The first header or member that is there names it; a request without has no session.","properties":{
"header":{"type":"array","uniqueItems":true,"items":{"type":"string","minLength":1},"description":"Headers that name the session, such as X-Session-Id."},
"member":{"type":"array","uniqueItems":true,"items":{"type":"string","minLength":1},"description":"Members of the request that name it, with dots between levels, such as metadata.session_id, prompt_cache_key or conversation; of an object its id. Whoever shares the value and the caller's key shares the session."},
"previous_response":{"type":"boolean","default":false,"description":"Also keeps what an answer of the Responses API was given, by the answer's id, for a request that goes on from it with previous_response_id. Costs a call for each event of a stream."},
"ttl":{"type":"string","pattern":"^[1-9][0-9]{0,8}(s|m|h|d)$","default":"1h","description":"How long a session is kept after its last request: a number and s, m, h or d, from 1m to 30d."},
"max":{"type":"integer","minimum":1,"maximum":10000,"default":1000,"description":"Placeholders of a session; beyond it, and beyond 256 KiB of originals, the oldest are forgotten."}}}`

// Defaults and bounds of session.
const (
	defaultTTL  = longmen.Hour
	minTTL      = longmen.Minute
	maxTTL      = 30 * 24 * longmen.Hour
	defaultMost = 1000
	// maxVault bounds a vault in the store: the bytes of placeholders and originals.
	maxVault = 256 << 10
	// maxSession is the longest value that names a session, in bytes.
	maxSession = 1024
)

// Members of State beside the placeholders, which begin with a bracket.
const (
	sessionKey  = "~session"  // name of the session's vault in the store
	previousKey = "~previous" // name of the vault of the answer that the turn goes on from
	followedKey = "~followed" // the answer of this exchange may be gone on from
)

// readSession reads the configuration; nil without one.
func readSession(c longmen.Value) (*session, error) {
	if !c.Exists() {
		return nil, nil
	}
	s := &session{ttl: defaultTTL, most: defaultMost, previous: c.Get("previous_response").Bool()}
	for v := c.Get("header").First(); v.Exists(); v = v.Next() {
		s.headers = append(s.headers, v.String())
	}
	for v := c.Get("member").First(); v.Exists(); v = v.Next() {
		path := split(v.String())
		if path == nil {
			return nil, errors.New("reading session: a member is no path, expected one such as metadata.session_id")
		}
		s.members = append(s.members, path)
	}
	if v := c.Get("ttl"); v.Exists() {
		var ok bool
		if s.ttl, ok = longmen.ParseDuration(v.String()); !ok || s.ttl < minTTL || s.ttl > maxTTL {
			return nil, errors.New("reading session: ttl is out of bounds, expected a duration from 1m to 30d")
		}
	}
	if v := c.Get("max"); v.Exists() {
		s.most = int(v.Int())
	}
	switch {
	case len(s.headers) == 0 && len(s.members) == 0 && !s.previous:
		return nil, errors.New("reading session: nothing names the session, expected header, member or previous_response")
	case !settings.restore:
		return nil, errors.New("reading session: nothing is restored in answers, expected a type with mode placeholder that is not irreversible, and restore")
	case !longmen.HasKV():
		return nil, errors.New("session wants the key-value store, expected grant kv in the plugin's block, or grant kv <store> to share sessions between gateways")
	}
	scope := "scope\x00"
	for i := range detect.NumTypes() {
		if t := detect.Type(i); settings.irreversible.Has(t) {
			scope += t.String() + " "
		}
	}
	sum := longmen.MAC(settings.key, scope)
	s.scope = string(sum[:])
	return s, nil
}

// split takes a path apart at its dots; nil if a part is empty.
func split(path string) (parts []string) {
	from := 0
	for i := 0; i <= len(path); i++ {
		if i < len(path) && path[i] != '.' {
			continue
		}
		if i == from {
			return nil
		}
		parts = append(parts, path[from:i])
		from = i + 1
	}
	return parts
}

// errSession refuses a name that is none.
func errSession() error {
	return longmen.Reject(400, "invalid_session", "", "what names the session is longer than 1024 bytes")
}

// find notes which vaults the request belongs to. Only the request hook sees its document.
func (s *session) find(doc longmen.Value) error {
	state := longmen.State()
	value, ok := s.value(doc)
	if !ok {
		return errSession()
	}
	if value != "" {
		state.SetString(sessionKey, s.name("session", value))
	}
	if !s.previous || !longmen.Attr(abi.AttrDialect).Is("openai.responses") {
		return nil
	}
	id, ok := bounded(doc.Get("previous_response_id"))
	if !ok {
		return errSession()
	}
	if id != "" {
		state.SetString(previousKey, s.name("response", id))
	}
	if store := doc.Get("store"); store.Kind() != longmen.KindBool || store.Bool() {
		state.Set(followedKey, longmen.NewBool(true))
	}
	return nil
}

// value is what names the session: the first header that is there, else the first member. It is false when that is too long.
func (s *session) value(doc longmen.Value) (string, bool) {
	for _, name := range s.headers {
		if v, _ := longmen.Header(name); v != "" {
			return v, len(v) <= maxSession
		}
	}
	for _, path := range s.members {
		v := doc
		for _, part := range path {
			v = v.Get(part)
		}
		if v.Kind() == longmen.KindObject { // Responses' conversation
			v = v.Get("id")
		}
		if text, ok := bounded(v); text != "" || !ok {
			return text, ok
		}
	}
	return "", true
}

// bounded is a string's text, "" for other values; false when it is longer than a name may be.
func bounded(v longmen.Value) (string, bool) {
	if v.Kind() != longmen.KindString {
		return "", true
	}
	if v.Len() > maxSession {
		return "", false
	}
	return v.String(), true
}

// name is where a vault is in the store: nobody else's values, and no other caller, can spell the same. A configuration that
// lets other types be restored has other vaults.
func (s *session) name(kind, value string) string {
	of, caller := "key", longmen.Attr(abi.AttrKeyID).String()
	if caller == "" {
		of, caller = "address", longmen.Attr(abi.AttrClientIP).String()
	}
	sum := longmen.MAC(settings.key, "vault\x00"+kind+"\x00"+s.scope+"\x00"+of+"\x00"+caller+"\x00"+value)
	return string(longmen.AppendHex(make([]byte, 0, 2*len(sum)), sum[:]))
}
