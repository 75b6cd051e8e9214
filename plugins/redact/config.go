package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// schema is the configuration. Its descriptions are the documentation that the gateway shows. Wherever types are named,
// a family may be named in place of its types.
var schema = func() string {
	var types, modes []byte
	for i := range detect.NumTypes() {
		name := detect.Type(i).String()
		if i > 0 {
			types, modes = append(types, ','), append(modes, ',')
		}
		types = append(append(append(types, '"'), name...), '"')
		modes = append(append(append(modes, '"'), name...), `":{"$ref":"#/$defs/mode"}`...)
	}
	for _, f := range families {
		types = append(append(append(types, `,"`...), f...), '"')
		modes = append(append(append(modes, `,"`...), f...), `":{"$ref":"#/$defs/mode"}`...)
	}
	return `{
"$schema":"https://json-schema.org/draft/2020-12/schema",
"type":"object","additionalProperties":false,
"$defs":{
"type":{"enum":[` + string(types) + `]},
"mode":{"enum":["placeholder","mask","drop","block","detect"]}},
"properties":{
"detect":{"type":"array","uniqueItems":true,"minItems":1,"items":{"$ref":"#/$defs/type"},
 "description":"Types, or families of types, that are looked for. Default: all but those that are off unless named."},
"except":{"type":"array","uniqueItems":true,"items":{"$ref":"#/$defs/type"},"default":[],
 "description":"Types or families that are not looked for."},
"mode":{"$ref":"#/$defs/mode","default":"placeholder",
 "description":"What happens to what is found: placeholder replaces it by a name such as <EMAIL_7Q2K>; mask by asterisks that leave the last four characters, or the domain of an e-mail address; drop removes it; block refuses the request; detect only counts."},
"modes":{"type":"object","additionalProperties":false,"description":"Modes of single types or families, where they differ from mode. A type's own goes before its family's.",
 "properties":{` + string(modes) + `}},
"restore":{"type":"boolean","default":true,
 "description":"Whether answers get the originals back in place of placeholders. Without it no original is kept."},
"irreversible":{"type":"array","uniqueItems":true,"items":{"$ref":"#/$defs/type"},"default":[],
 "description":"Types whose placeholders are never turned back: their originals are not kept for the answer. Default: none, because an answer goes to whom the request came from, and code or a command with a placeholder in it is broken."},
"key":{"type":"string","minLength":16,
 "description":"Secret that placeholders are derived from. Gateways with the same key make the same placeholders. Default: a secret of this gateway and plugin name."}
}}`
}()

var families = [...]detect.Family{detect.Identity, detect.Contact, detect.Finance, detect.Network, detect.Personal, detect.Health, detect.Secret}

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
	modes        []mode // by type
	irreversible detect.Set
	restore      bool
	key          string // of placeholders; "" is the plugin's own secret, which stays in the host
}

func configure(c longmen.Value) error {
	types, err := typesOf(c.Get("detect"))
	if err != nil {
		return err
	}
	if types.Empty() {
		types = detect.Default()
	}
	except, err := typesOf(c.Get("except"))
	if err != nil {
		return err
	}
	types = types.Without(except)
	general, err := parseMode(c.Get("mode"), modePlaceholder)
	if err != nil {
		return err
	}
	reversible := false
	if settings.irreversible, err = typesOf(c.Get("irreversible")); err != nil {
		return err
	}
	single := c.Get("modes")
	settings.modes = make([]mode, detect.NumTypes())
	for i := range settings.modes {
		t := detect.Type(i)
		if t.Kind().Irreversible {
			settings.irreversible = settings.irreversible.With(t)
		}
		family, err := parseMode(single.Get(string(t.Kind().Family)), general)
		if err != nil {
			return err
		}
		if settings.modes[i], err = parseMode(single.Get(t.String()), family); err != nil {
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

// typesOf reads a list of types and families; the schema has checked it in a gateway, but not in a test.
func typesOf(list longmen.Value) (detect.Set, error) {
	var set detect.Set
next:
	for v := list.First(); v.Exists(); v = v.Next() {
		for _, f := range families {
			if v.Is(string(f)) {
				set = set.Union(detect.Of(f))
				continue next
			}
		}
		t, ok := detect.ParseType(v.String())
		if !ok {
			return set, errors.New("reading types: a name is unknown, expected a type such as email, phone or api_key, or a family such as secret")
		}
		set = set.With(t)
		if t == detect.APIKey { // what api_key meant before these had types of their own
			set = set.With(detect.JWT).With(detect.PrivateKey)
		}
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
