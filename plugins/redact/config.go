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
"mode":{"enum":["placeholder","mask","hash","drop","block","detect"]}},
"properties":{
"detect":{"type":"array","uniqueItems":true,"minItems":1,"items":{"$ref":"#/$defs/type"},
 "description":"Types, or families of types, that are looked for. Default: all but those that are off unless named."},
"except":{"type":"array","uniqueItems":true,"items":{"$ref":"#/$defs/type"},"default":[],
 "description":"Types or families that are not looked for."},
"mode":{"$ref":"#/$defs/mode","default":"placeholder",
 "description":"What happens to what is found: placeholder replaces it by a name such as <EMAIL_7Q2K>; mask by asterisks that leave the last four characters, or the domain of an e-mail address; hash by a keyed hash such as [EMAIL:3f9a1c22d0b14e77] that nothing leads back from; drop removes it; block refuses the request; detect only counts."},
"modes":{"type":"object","additionalProperties":false,"description":"Modes of single types or families, where they differ from mode. A type's own goes before its family's.",
 "properties":{` + string(modes) + `}},
"restore":{"enum":[true,false,"lenient"],"default":true,
 "description":"Whether answers get the originals back in place of placeholders. Without it no original is kept. lenient also knows placeholders that a model has written in other case, with other brackets, without them or escaped; a stream then waits for a word more often."},
"answers":{"enum":["off","detect","mask","drop","block"],"default":"off",
 "description":"What happens to personal data and secrets that the model itself writes: off does not look, detect counts, mask and drop edit, block ends the answer with an error. A stream then waits for the end of a word, and longer for numbers and keys. What placeholders stand for passes."},
"answers_detect":{"type":"array","uniqueItems":true,"items":{"$ref":"#/$defs/type"},
 "description":"Types or families that are looked for in answers. Default: those of detect."},
"unscanned":{"enum":["allow","warn","block"],"default":"allow",
 "description":"What happens to requests with images, audio, files or encrypted reasoning, which cannot be searched: warn counts them and tells the client in x-gateway-warning, block refuses, allow does not look for them."},
"custom":{"type":"object","description":"Detectors of your own, by type name.","default":{},
 "additionalProperties":{"type":"object","additionalProperties":false,"required":["test","test_not"],"properties":{
 "words":{"type":"array","items":{"type":"string","minLength":2},"description":"Words and phrases, found as whole words in any case."},
 "exact":{"type":"boolean","default":false,"description":"Words only in the case they are written in."},
 "patterns":{"type":"array","items":{"type":"string"},"description":"# is a digit, @ a letter, ? either, ~ the same separator everywhere or none, {n} repeats the character before it; letters in either case, digits, space and -./():_ stand for themselves."},
 "context":{"type":"array","items":{"type":"string"},"description":"Words of which one has to stand before what a pattern finds, or name its key or column."},
 "mode":{"$ref":"#/$defs/mode","description":"As in modes."},
 "test":{"type":"array","minItems":1,"items":{"type":"string"},"description":"Texts in which something has to be found. A configuration whose tests fail is refused."},
 "test_not":{"type":"array","minItems":1,"items":{"type":"string"},"description":"Texts in which nothing may be found."}}}},
"ner":` + nerSchema + `,
"irreversible":{"type":"array","uniqueItems":true,"items":{"$ref":"#/$defs/type"},"default":[],
 "description":"Types whose placeholders are never turned back: their originals are not kept for the answer. Default: none, because an answer goes to whom the request came from, and code or a command with a placeholder in it is broken."},
"receipts":{"type":"string","minLength":1,
 "description":"Name of a granted sink to which a receipt of each exchange is written: what was found and done, in counts. Default: none."},
"receipts_required":{"type":"boolean","default":true,
 "description":"Whether requests are refused while their receipt could not be written."},
"session":` + sessionSchema + `,
"key":{"type":"string","minLength":16,"writeOnly":true,
 "description":"Secret that placeholders are derived from. Gateways with the same key make the same placeholders. Default: a secret of this gateway and plugin name."}
}}`
}()

var families = [...]detect.Family{detect.Identity, detect.Contact, detect.Finance, detect.Network, detect.Personal, detect.Health, detect.Secret}

// mode is what happens to the entities of a type.
type mode uint8

const (
	modePlaceholder mode = iota
	modeMask
	modeHash
	modeDrop
	modeBlock
	modeDetect
	modeOff // of answers
)

var modeNames = [...]string{"placeholder", "mask", "hash", "drop", "block", "detect", "off"}

// settings is what configure made of the configuration: an instance serves one.
var settings configuration

type configuration struct {
	scanner      *detect.Scanner
	modes        []mode // by type
	irreversible detect.Set
	restore      bool
	lenient      *lenient // nil: placeholders are restored as they were given
	answers      mode
	unscanned    unscannedMode
	recogniser   *recogniser // nil: nobody is asked for names
	receipts     receipts
	session      *session // nil: a vault ends with its exchange

	answerScanner *detect.Scanner
	key           string // of placeholders; "" is the plugin's own secret, which stays in the host
}

// placeholders finds placeholders in a piece of an answer; see exactPlaceholders.
func (s *configuration) placeholders(text []byte, state longmen.Value, waiting bool) int {
	if s.lenient != nil {
		return s.lenient.placeholders(text, state, waiting)
	}
	return exactPlaceholders(text, state, waiting)
}

func configure(c longmen.Value) error {
	custom, err := readCustom(c.Get("custom"))
	if err != nil {
		return err
	}
	nameTypes()
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
	for i, d := 0, c.Get("custom").First(); d.Exists(); i, d = i+1, d.Next() {
		t := custom[i].Type
		if settings.modes[t], err = parseMode(d.Get("mode"), general); err != nil {
			return err
		}
		reversible = reversible || settings.modes[t] == modePlaceholder && !settings.irreversible.Has(t)
	}
	if settings.recogniser, err = newRecogniser(c, types); err != nil {
		return err
	}
	restore := c.Get("restore")
	settings.lenient = nil
	settings.restore = reversible && (!restore.Exists() || restore.Bool() || restore.Is("lenient"))
	if settings.restore && restore.Is("lenient") {
		settings.lenient = newLenient()
	}
	settings.key = c.Get("key").String()
	if settings.scanner, err = detect.NewCustom(types, custom); err != nil {
		return err
	}
	if err := tryCustom(c.Get("custom"), custom); err != nil {
		return err
	}
	if err := configureAnswers(c, types, custom); err != nil {
		return err
	}
	settings.unscanned = unscannedAllow
	for i, name := range unscannedNames {
		if c.Get("unscanned").Is(name) {
			settings.unscanned = unscannedMode(i)
		}
	}
	if settings.receipts, err = readReceipts(c); err != nil {
		return err
	}
	if settings.session, err = readSession(c.Get("session")); err != nil {
		return err
	}
	if settings.unscanned == unscannedAllow && !settings.receipts.required && settings.session == nil {
		longmen.Skip("request")
	}
	if settings.session == nil || !settings.session.previous {
		longmen.Skip("response")
		longmen.Skip("event")
	}
	return nil
}

// configureAnswers reads what happens to answers, and says which of them the plugin has to see.
func configureAnswers(c longmen.Value, types detect.Set, custom []detect.Custom) error {
	settings.answers, settings.answerScanner = modeOff, nil
	var err error
	if settings.answers, err = parseMode(c.Get("answers"), modeOff); err != nil {
		return err
	}
	switch settings.answers {
	case modePlaceholder, modeHash:
		return errors.New("reading answers: expected off, detect, mask, drop or block")
	case modeOff:
		switch {
		case settings.lenient != nil: // any letter can begin one
		case settings.restore:
			longmen.Watch(longmen.PhaseAnswer, "<") // every placeholder begins with it
		default:
			longmen.Watch(longmen.PhaseAnswer, "")
		}
		return nil
	}
	only, err := typesOf(c.Get("answers_detect"))
	if err != nil {
		return err
	}
	if !only.Empty() {
		types = only
	}
	settings.answerScanner, err = detect.NewCustom(types, custom)
	return err
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
		if !ok || t.IsCustom() {
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
	return 0, errors.New("reading mode: expected placeholder, mask, hash, drop, block or detect")
}
