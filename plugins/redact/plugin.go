// Package redact is the plugin that keeps personal data and secrets away from models: it replaces them in
// requests by placeholders and puts the originals back into answers. Package plugins/firstparty links
// it; a Caddyfile names it in a plugin directive.
//
// A placeholder such as <EMAIL_7Q2K> is derived with HMAC from a secret key, the type and the value, so the same value
// has the same placeholder in every message, turn and exchange: prompt caches stay warm, and the model
// can tell one person from another. What it stands for is kept in the exchange's State, in the gateway's memory, and
// only what this exchange replaced, or with a session an earlier turn of it, is ever put back. Text that already contains a placeholder's
// spelling keeps it: a new placeholder is made longer until nobody else has written it.
//
// Two spellings of one value (a number with and without dashes) have placeholders with the same first four
// characters and different ends, because each has to come back exactly as it was written.
//
// Nothing that was found ever reaches a message, a log line, a tag, an attribute or a metric: those
// carry types and counts.
package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// version stands in the manifest and in receipts.
const version = "1"

func init() {
	longmen.Register(longmen.Plugin{
		Name:       "redact",
		Version:    version,
		Purpose:    "replaces personal data and secrets by placeholders and restores them in answers",
		Optional:   []string{"kv", "ner", "record"},
		Attributes: declared(),
		// A prompt of many megabytes that is made to be slow takes a while; ordinary ones take
		// a millisecond per megabyte.
		Limits:    longmen.Limits{CPU: 500 * longmen.Millisecond},
		Schema:    schema,
		Configure: configure,
		Request:   document,
		Response:  response,
		Event:     event,
		Text:      text,
		End:       end,
	})
}

// declared are the attributes for rules: a count by type, and sums.
func declared() map[string]string {
	m := map[string]string{"pii.total": "int", "pii.custom": "int", "secret.total": "int", "answer.total": "int", "answer.secrets": "int",
		"unscanned.total": "int", "ner.unsearched": "int"}
	for _, name := range contentNames {
		m["unscanned."+name] = "int"
	}
	for i := range detect.NumTypes() {
		if t := detect.Type(i); !t.IsCustom() {
			m["pii."+t.String()] = "int"
		}
	}
	return m
}

func text(t *longmen.Text) error {
	restoredNow = 0
	err := edit(t)
	if settings.receipts.on() {
		settings.receipts.note(t, err)
	}
	return err
}

func edit(t *longmen.Text) error {
	if t.Phase == longmen.PhaseRequest {
		return request(t)
	}
	if err := settings.session.late(); err != nil {
		return err
	}
	if settings.answers != modeOff {
		return answer(t)
	}
	if settings.restore {
		restore(t)
	}
	return nil
}
