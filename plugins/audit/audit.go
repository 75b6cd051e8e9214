// Package audit is the plugin that writes one structured record per exchange: who asked, which route,
// provider and model served it, tokens, timing, outcome, and what other plugins counted. The gateway
// calls its hooks; package firstparty links it.
//
// Bodies are recorded only when the configuration says so, and as they stand at the plugin's place in
// the route: `use pii audit` shows the request after pii has edited it, and the answer before pii has
// restored it, because answers pass the plugins in reverse order. `use audit pii` would record what pii
// is there to keep out of records.
package audit

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{
		Name:    "audit",
		Version: "1.0.0",
		Purpose: "writes one structured record per exchange to the log or to a file",
		Grants:  []string{abi.GrantRecord},
		Schema:  schema,

		Configure: configure,
		Request:   request,
		Response:  response,
		Event:     event,
		End:       end,
	})
}

const schema = `{
	"type": "object",
	"properties": {
		"sink": {"type": "string", "minLength": 1, "default": "log",
			"description": "where records go: the name of a sink that the plugin is granted"},
		"fields": {"type": "array", "minItems": 1, "uniqueItems": true,
			"items": {"enum": ["id", "time", "route", "provider", "model", "upstream_model", "dialect", "upstream_dialect", "stream", "status", "outcome",
				"error", "usage", "timing", "attempts", "key", "user", "client_ip", "attributes", "tags", "warnings"]},
			"description": "what of the record is written, in this order; default all of it"},
		"bodies": {"type": "boolean", "default": false,
			"description": "record the request and the answer too, as they stand at the plugin's place in the route"},
		"max_body": {"type": "integer", "minimum": 1, "maximum": 196608, "default": 65536,
			"description": "bytes of JSON kept of the request and of the answer each"}
	},
	"additionalProperties": false
}`

// What the configuration says; one instance has one.
var (
	sink    string
	fields  []string // empty: all
	bodies  bool
	maxBody int
)

func configure(config longmen.Value) error {
	sink = config.Get("sink").String()
	bodies = config.Get("bodies").Bool()
	maxBody = int(config.Get("max_body").Int())
	fields = nil
	for f := config.Get("fields").First(); f.Exists(); f = f.Next() {
		fields = append(fields, f.String())
	}
	if !bodies {
		longmen.Skip(abi.HookRequest)
		longmen.Skip(abi.HookResponse)
		longmen.Skip(abi.HookEvent)
	}
	return nil
}

func end(record longmen.Value) error {
	if len(fields) == 0 && !bodies {
		return longmen.Record(sink, record)
	}
	out := record
	if len(fields) > 0 {
		out = longmen.NewObject()
		for _, f := range fields {
			if v := record.Get(f); v.Exists() {
				out.Set(f, v)
			}
		}
	} else {
		out = record.Copy() // the record itself is read-only
	}
	if bodies {
		addBodies(out)
	}
	return longmen.Record(sink, out)
}
