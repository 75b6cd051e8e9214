// Package answers is the plugin that answers a repeated request from the key-value store: the same
// document, byte for byte, for the same model, dialect, route and caller. The gateway calls its hooks;
// package firstparty links it.
//
// The request counts as it stands at the plugin's place in the route. Behind redact, `use pii answers`,
// the store holds placeholders, and the caller reads values again, because answers from here pass the
// plugins before.
//
// Only complete answers are stored: a whole answer with status 200 and every choice finished, or a
// stream that finished and ended cleanly. Errors, aborts and cut streams store nothing. Answers are
// moved by handle; their bytes never enter the plugin's memory.
package answers

import (
	"errors"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{
		Name:    "answers",
		Version: "1.0.0",
		Purpose: "answers exact repetitions of a request from the key-value store, streams included",
		Grants:  []string{abi.GrantKV},
		Metrics: []string{hits, misses, stores},
		Schema:  schema,

		Configure: configure,
		Request:   request,
		Response:  response,
		Event:     event,
	})
}

const schema = `{
	"type": "object",
	"properties": {
		"ttl": {"type": "string", "pattern": "^[1-9][0-9]{0,8}(s|m|h|d)$", "default": "1h",
			"description": "how long an answer is kept: a number and s, m, h or d"},
		"max_bytes": {"type": "integer", "minimum": 1, "maximum": 393216, "default": 262144,
			"description": "longer answers are not stored; bytes of JSON"},
		"scope": {"enum": ["key", "global"], "default": "key",
			"description": "who shares answers: callers with the same key (without keys: the same address), or everybody"}
	},
	"additionalProperties": false
}`

// Counters.
const (
	hits   = "answers_hits_total"
	misses = "answers_misses_total"
	stores = "answers_stores_total"
)

// What the configuration says; one instance has one.
var (
	ttl      longmen.Duration
	maxBytes int
	global   bool
)

func configure(config longmen.Value) error {
	var ok bool
	if ttl, ok = longmen.ParseDuration(config.Get("ttl").String()); !ok {
		return errors.New("ttl is no duration, expected a number and s, m, h or d, such as 90s or 1h")
	}
	maxBytes = int(config.Get("max_bytes").Int())
	global = config.Get("scope").Is("global")
	return nil
}

// header tells the client whether its answer came from the store.
const header = "x-longmen-cache"

// stateKey is the member of the state that names the place of this exchange's answer. Without it
// nothing is stored.
const stateKey = "key"

func request(doc longmen.Value) error {
	noStore, noCache := cacheControl()
	if noStore {
		return nil
	}
	key, ok := keyOf(doc)
	if !ok {
		return nil
	}
	if !noCache {
		if v := longmen.KVGet(key); v.Exists() {
			answer(v)
			return nil
		}
	}
	longmen.Metric(misses, 1)
	longmen.Tag("cache", "miss")
	longmen.State().SetString(stateKey, key)
	return nil
}

// answer plays a stored value: an array is a stream, anything else a whole answer.
func answer(v longmen.Value) {
	if v.Kind() == longmen.KindArray {
		longmen.RespondEvents(200, v)
	} else {
		longmen.Respond(200, v)
	}
	longmen.SetHeader(header, "hit")
	longmen.Metric(hits, 1)
	longmen.Tag("cache", "hit")
}

func response(doc longmen.Value) error {
	key := longmen.State().Get(stateKey)
	if !key.Exists() {
		return nil
	}
	longmen.SetHeader(header, "miss")
	if status := longmen.Attr(abi.AttrStatus); status.Exists() && status.Int() != 200 {
		return nil
	}
	if whole(doc) && doc.Size() <= maxBytes {
		store(key, doc)
	}
	return nil
}

// store keeps an answer. That a store is full or away is no reason to fail an answered request.
func store(key, v longmen.Value) {
	if err := longmen.KVSet(key.String(), v, ttl); err != nil {
		longmen.Log(longmen.LevelWarn, "storing an answer: "+err.Error())
		return
	}
	longmen.Metric(stores, 1)
}
