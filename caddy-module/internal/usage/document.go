package usage

import (
	"sort"
	"strconv"
	"time"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// Document puts the record into a as the document that end hooks are handed. Its members are part of
// the plugin API, see "record" in ABI.md.
func (r *Record) Document(a *document.Arena) (document.Node, error) {
	return a.NewJSON(r.AppendJSON(nil))
}

// AppendJSON appends the record as one JSON object. Absent parts are left out, so that a line in a
// log stays short.
func (r *Record) AppendJSON(b []byte) []byte {
	o := object{b: append(b, '{')}
	o.text("id", r.ID)
	o.text("time", r.Time.UTC().Format("2006-01-02T15:04:05.000Z"))
	o.text("route", r.Route)
	o.text("provider", r.Provider)
	o.text("model", r.Model)
	o.text("upstream_model", r.UpstreamModel)
	o.text("dialect", r.Dialect)
	o.text("upstream_dialect", r.UpstreamDialect)
	o.key("stream")
	o.b = strconv.AppendBool(o.b, r.Stream)
	o.number("status", int64(r.Status))
	o.text("outcome", string(r.Outcome))
	if r.ErrorType != "" || r.ErrorCode != "" {
		o.open("error", '{')
		o.text("type", r.ErrorType)
		o.text("code", r.ErrorCode)
		o.close('}')
	}
	o.open("usage", '{')
	o.number("prompt", r.Tokens.Prompt)
	o.number("completion", r.Tokens.Completion)
	o.number("total", r.Tokens.Total)
	o.number("cached", r.Tokens.Cached)
	o.number("reasoning", r.Tokens.Reasoning)
	o.close('}')
	o.open("timing", '{')
	o.milliseconds("first_event_ms", r.FirstEvent)
	o.milliseconds("upstream_ms", r.Upstream)
	o.milliseconds("total_ms", r.Total)
	o.close('}')
	if len(r.Attempts) > 0 {
		o.open("attempts", '[')
		for _, t := range r.Attempts {
			o.element('{')
			o.text("provider", t.Provider)
			o.text("model", t.Model)
			o.number("status", int64(t.Status))
			o.text("error", t.Error)
			o.close('}')
		}
		o.close(']')
	}
	if r.KeyID != "" {
		o.open("key", '{')
		o.text("id", r.KeyID)
		o.text("name", r.KeyName)
		if len(r.Labels) > 0 {
			names := make([]string, 0, len(r.Labels))
			for name := range r.Labels {
				names = append(names, name)
			}
			sort.Strings(names)
			o.open("labels", '{')
			for _, name := range names {
				o.text(name, r.Labels[name])
			}
			o.close('}')
		}
		o.close('}')
	}
	o.text("user", r.User)
	o.text("client_ip", r.ClientIP)
	if len(r.Attributes) > 0 {
		o.open("attributes", '{')
		for _, at := range r.Attributes {
			o.scalar(at.Name, at.Value)
		}
		o.close('}')
	}
	o.tags(r.Tags)
	if len(r.Warnings) > 0 {
		o.open("warnings", '[')
		for _, w := range r.Warnings {
			o.comma()
			o.b = document.AppendQuoted(o.b, w)
		}
		o.close(']')
	}
	return append(o.b, '}')
}

// object writes JSON members in order.
type object struct{ b []byte }

func (o *object) comma() {
	if c := o.b[len(o.b)-1]; c != '{' && c != '[' {
		o.b = append(o.b, ',')
	}
}

func (o *object) key(name string) {
	o.comma()
	o.b = append(document.AppendQuoted(o.b, name), ':')
}

func (o *object) open(name string, c byte) {
	o.key(name)
	o.b = append(o.b, c)
}

func (o *object) element(c byte) {
	o.comma()
	o.b = append(o.b, c)
}

func (o *object) close(c byte) { o.b = append(o.b, c) }

func (o *object) text(name, value string) {
	if value != "" {
		o.key(name)
		o.b = document.AppendQuoted(o.b, value)
	}
}

func (o *object) number(name string, n int64) {
	o.key(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

func (o *object) milliseconds(name string, d time.Duration) {
	o.key(name)
	o.b = strconv.AppendFloat(o.b, float64(d.Microseconds())/1000, 'f', -1, 64)
}

func (o *object) scalar(name string, v any) {
	o.key(name)
	switch v := v.(type) {
	case int64:
		o.b = strconv.AppendInt(o.b, v, 10)
	case float64:
		o.b = strconv.AppendFloat(o.b, v, 'g', -1, 64)
	case bool:
		o.b = strconv.AppendBool(o.b, v)
	case string:
		o.b = document.AppendQuoted(o.b, v)
	default:
		o.b = append(o.b, "null"...)
	}
}

// tags groups tags by plugin; a plugin's tags stand together because each plugin's are appended at once.
func (o *object) tags(tags []Tag) {
	if len(tags) == 0 {
		return
	}
	o.open("tags", '{')
	for i, t := range tags {
		if i == 0 || tags[i-1].Plugin != t.Plugin {
			if i > 0 {
				o.close('}')
			}
			o.open(t.Plugin, '{')
		}
		o.text(t.Name, t.Value)
	}
	o.close('}')
	o.close('}')
}
