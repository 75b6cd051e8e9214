package usage

import (
	"math"
	"slices"
	"strconv"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// levels is how deep a record nests: the record, its attempts or key, an attempt or the labels.
const levels = 3

// Document puts the record into a as the document that end hooks are handed. Its members are part of
// the plugin API, see "record" in ABI.md. A plugin that passes the record on as a whole pays for no
// parsing of it.
func (r *Record) Document(a *document.Arena) (document.Node, error) {
	return a.NewWritten(levels, r.AppendJSON)
}

// AppendJSON appends the record as one JSON object. Absent parts are left out, so that a line in a
// log stays short.
func (r *Record) AppendJSON(b []byte) []byte {
	o := object{b: append(b, '{')}
	o.text(`"id":`, r.ID)
	o.key(`"time":"`)
	o.b = append(appendTime(o.b, r.Time), '"')
	o.text(`"route":`, r.Route)
	o.text(`"provider":`, r.Provider)
	o.text(`"model":`, r.Model)
	o.text(`"upstream_model":`, r.UpstreamModel)
	o.text(`"dialect":`, r.Dialect)
	o.text(`"upstream_dialect":`, r.UpstreamDialect)
	o.key(`"stream":`)
	o.b = strconv.AppendBool(o.b, r.Stream)
	o.number(`"status":`, int64(r.Status))
	o.text(`"outcome":`, string(r.Outcome))
	if r.ErrorType != "" || r.ErrorCode != "" {
		o.key(`"error":{`)
		o.text(`"type":`, r.ErrorType)
		o.text(`"code":`, r.ErrorCode)
		o.close('}')
	}
	o.key(`"usage":{`)
	o.number(`"prompt":`, r.Tokens.Prompt)
	o.number(`"completion":`, r.Tokens.Completion)
	o.number(`"total":`, r.Tokens.Total)
	o.number(`"cached":`, r.Tokens.Cached)
	o.number(`"reasoning":`, r.Tokens.Reasoning)
	if r.Priced {
		o.key(`"cost_usd":`)
		o.scalar(r.Cost)
	}
	o.close('}')
	o.key(`"timing":{`)
	if r.Queued > 0 {
		o.key(`"queued_ms":`)
		o.b = appendMilliseconds(o.b, r.Queued)
	}
	o.key(`"first_event_ms":`)
	o.b = appendMilliseconds(o.b, r.FirstEvent)
	o.key(`"upstream_ms":`)
	o.b = appendMilliseconds(o.b, r.Upstream)
	o.key(`"total_ms":`)
	o.b = appendMilliseconds(o.b, r.Total)
	o.close('}')
	o.attempts(r.Attempts)
	if r.KeyID != "" {
		o.key(`"key":{`)
		o.text(`"id":`, r.KeyID)
		o.text(`"name":`, r.KeyName)
		o.labels(r.Labels)
		o.close('}')
	}
	o.text(`"user":`, r.User)
	o.text(`"client_ip":`, r.ClientIP)
	if len(r.Attributes) > 0 {
		o.key(`"attributes":{`)
		for _, at := range r.Attributes {
			o.name(at.Name)
			o.scalar(at.Value)
		}
		o.close('}')
	}
	o.tags(r.Tags)
	if len(r.Warnings) > 0 {
		o.key(`"warnings":[`)
		for _, w := range r.Warnings {
			o.comma()
			o.b = document.AppendQuoted(o.b, w)
		}
		o.close(']')
	}
	return append(o.b, '}')
}

// object writes JSON members in order. Keys are given as they are spelled, with quotes and colon.
type object struct{ b []byte }

func (o *object) comma() {
	if c := o.b[len(o.b)-1]; c != '{' && c != '[' {
		o.b = append(o.b, ',')
	}
}

func (o *object) key(spelled string) {
	o.comma()
	o.b = append(o.b, spelled...)
}

// name writes a key that is not the gateway's own.
func (o *object) name(name string) {
	o.comma()
	o.b = append(document.AppendQuoted(o.b, name), ':')
}

func (o *object) close(c byte) { o.b = append(o.b, c) }

func (o *object) text(key, value string) {
	if value != "" {
		o.key(key)
		o.b = document.AppendQuoted(o.b, value)
	}
}

func (o *object) number(key string, n int64) {
	o.key(key)
	o.b = strconv.AppendInt(o.b, n, 10)
}

// scalar writes an attribute's value. JSON has no infinities and no NaN: they become null.
func (o *object) scalar(v any) {
	switch v := v.(type) {
	case int64:
		o.b = strconv.AppendInt(o.b, v, 10)
		return
	case float64:
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			o.b = strconv.AppendFloat(o.b, v, 'g', -1, 64)
			return
		}
	case bool:
		o.b = strconv.AppendBool(o.b, v)
		return
	case string:
		o.b = document.AppendQuoted(o.b, v)
		return
	}
	o.b = append(o.b, "null"...)
}

func (o *object) attempts(all []Attempt) {
	if len(all) == 0 {
		return
	}
	o.key(`"attempts":[`)
	for i := range all {
		t := &all[i]
		o.key("{")
		o.text(`"provider":`, t.Provider)
		o.text(`"endpoint":`, t.Endpoint)
		o.text(`"model":`, t.Model)
		o.number(`"status":`, int64(t.Status))
		if t.Class != failure.None {
			o.text(`"class":`, t.Class.String())
		}
		o.text(`"error":`, t.Error)
		o.close('}')
	}
	o.close(']')
}

func (o *object) labels(all map[string]string) {
	if len(all) == 0 {
		return
	}
	o.key(`"labels":{`)
	var few [8]string
	names := few[:0]
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if all[name] != "" {
			o.name(name)
			o.b = document.AppendQuoted(o.b, all[name])
		}
	}
	o.close('}')
}

// tags groups tags by plugin; a plugin's tags stand together because each plugin's are appended at once.
func (o *object) tags(tags []Tag) {
	if len(tags) == 0 {
		return
	}
	o.key(`"tags":{`)
	for i, t := range tags {
		if i == 0 || tags[i-1].Plugin != t.Plugin {
			if i > 0 {
				o.close('}')
			}
			o.name(t.Plugin)
			o.b = append(o.b, '{')
		}
		if t.Value != "" {
			o.name(t.Name)
			o.b = document.AppendQuoted(o.b, t.Value)
		}
	}
	o.b = append(o.b, "}}"...)
}
