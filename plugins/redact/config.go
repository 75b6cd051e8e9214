package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// schema is the configuration. Its descriptions are the documentation that the gateway shows.
const schema = `{
"$schema":"https://json-schema.org/draft/2020-12/schema",
"type":"object","additionalProperties":false,
"properties":{
"detect":{"type":"array","uniqueItems":true,"minItems":1,"items":{"enum":["email","phone","payment_card","cn_resident_id","api_key"]},
 "default":["email","phone","payment_card","cn_resident_id","api_key"],
 "description":"Types that are looked for. Default: all."},
"mode":{"enum":["placeholder","mask","drop","block","detect"],"default":"placeholder",
 "description":"What happens to what is found: placeholder replaces it by a name such as <EMAIL_7Q2K>; mask by asterisks that leave the last four characters, or the domain of an e-mail address; drop removes it; block refuses the request; detect only counts."},
"modes":{"type":"object","additionalProperties":false,"description":"Modes of single types, where they differ from mode.",
 "properties":{
 "email":{"enum":["placeholder","mask","drop","block","detect"]},
 "phone":{"enum":["placeholder","mask","drop","block","detect"]},
 "payment_card":{"enum":["placeholder","mask","drop","block","detect"]},
 "cn_resident_id":{"enum":["placeholder","mask","drop","block","detect"]},
 "api_key":{"enum":["placeholder","mask","drop","block","detect"]}}},
"restore":{"type":"boolean","default":true,
 "description":"Whether answers get the originals back in place of placeholders. Without it no original is kept."},
"irreversible":{"type":"array","uniqueItems":true,"items":{"enum":["email","phone","payment_card","cn_resident_id","api_key"]},"default":[],
 "description":"Types whose placeholders are never turned back: their originals are not kept for the answer. Default: none, because an answer goes to whom the request came from, and code or a command with a placeholder in it is broken."},
"key":{"type":"string","minLength":16,
 "description":"Secret that placeholders are derived from. Gateways with the same key make the same placeholders. Default: a secret of this gateway and plugin name."}
}}`

// mode is what happens to the entities of a type.
type mode uint8

const (
	modePlaceholder mode = iota
	modeMask
	modeDrop
	modeBlock
	modeDetect
)

var modeNames = [...]string{"placeholder", "mask", "drop", "block", "detect"}

// settings is what configure made of the configuration: an instance serves one.
var settings struct {
	scanner      *detect.Scanner
	modes        [detect.NumTypes]mode
	irreversible detect.Set
	restore      bool
	key          string // of placeholders; "" is the plugin's own secret, which stays in the host
}

func configure(c longmen.Value) error {
	types, err := typesOf(c.Get("detect"))
	if err != nil {
		return err
	}
	if types == 0 {
		types = detect.All
	}
	general, err := parseMode(c.Get("mode"), modePlaceholder)
	if err != nil {
		return err
	}
	reversible := false
	if settings.irreversible, err = typesOf(c.Get("irreversible")); err != nil {
		return err
	}
	single := c.Get("modes")
	for i := range settings.modes {
		t := detect.Type(i)
		if settings.modes[i], err = parseMode(single.Get(t.String()), general); err != nil {
			return err
		}
		if types.Has(t) && settings.modes[i] == modePlaceholder && !settings.irreversible.Has(t) {
			reversible = true
		}
	}
	settings.restore = reversible && (!c.Get("restore").Exists() || c.Get("restore").Bool())
	settings.key = c.Get("key").String()
	settings.scanner = detect.New(types)
	if settings.restore {
		longmen.Watch(longmen.PhaseAnswer, "<") // every placeholder begins with it
	} else {
		longmen.Watch(longmen.PhaseAnswer, "")
	}
	return nil
}

// typesOf reads a list of types; the schema has checked it in a gateway, but not in a test.
func typesOf(list longmen.Value) (detect.Set, error) {
	var set detect.Set
	for v := list.First(); v.Exists(); v = v.Next() {
		t, ok := detect.ParseType(v.String())
		if !ok {
			return 0, errors.New("reading types: a name is unknown, expected email, phone, payment_card, cn_resident_id or api_key")
		}
		set = set.With(t)
	}
	return set, nil
}

func parseMode(v longmen.Value, otherwise mode) (mode, error) {
	if !v.Exists() {
		return otherwise, nil
	}
	for i, name := range modeNames {
		if v.Is(name) {
			return mode(i), nil
		}
	}
	return 0, errors.New("reading mode: expected placeholder, mask, drop, block or detect")
}
