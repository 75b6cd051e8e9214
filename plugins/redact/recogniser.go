package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// nerSchema describes the configuration's ner.
const nerSchema = `{"type":"object","additionalProperties":false,
 "description":"How the service that grant ner names is used to find persons, places and the like. Needs that grant; with the grant alone the defaults hold.",
 "properties":{
 "on_error":{"enum":["block","allow"],"default":"block",
  "description":"What happens to a request with texts that the service did not look at, because it failed, took too long, or they are too long: block refuses it, allow passes it on, warns the client and counts the texts in ner.unsearched. What detectors find is replaced all the same."},
 "types":{"type":"object","additionalProperties":{"type":"string"},"default":{},
  "description":"What is meant by the labels of the service, such as PERSON: a type, or off to leave it alone. The usual labels are known; what is not is an entity."},
 "min_score":{"type":["number","object"],"minimum":0,"maximum":1,"additionalProperties":{"type":"number","minimum":0,"maximum":1},
  "description":"What is found with a lower score is left alone: a number, or numbers by type. The grant's min_score comes before. Default: 0."},
 "language":{"type":"array","maxItems":8,"uniqueItems":true,"items":{"type":"string","pattern":"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$"},
  "description":"Languages that the service knows. Of several the one whose script a text is written in is asked for, the first if none is. Default: the grant's language."},
 "ignore":{"type":"array","maxItems":1000,"items":{"type":"string","minLength":1,"maxLength":200},"default":[],
  "description":"Names that are left alone, in any case of the letters a to z: one's own company, products, what the service takes for names."},
 "roles":{"type":"array","minItems":1,"uniqueItems":true,"items":{"enum":["system","user","assistant","tool"]},
  "description":"Whose texts are shown to the service. Default: everybody's."},
 "answers":{"type":"boolean","default":false,
  "description":"Whether what the model itself writes is shown to the service as well, in answers that are not streamed. Needs answers."}}}`

// recogniser is how the service that finds names is asked, and what is taken from it.
type recogniser struct {
	types       detect.Set // taken in requests
	answerTypes detect.Set // taken in answers, empty if it is not asked
	labels      []label
	allow       bool
	minScore    []float64 // by type; nil for none
	languages   []string
	ignored     map[string]bool // in small letters
	roles       [maxRole + 1]bool
}

// maxRole is the last role that there is.
const maxRole = longmen.RoleTool

var roleNames = [maxRole + 1]string{longmen.RoleSystem: "system", longmen.RoleUser: "user", longmen.RoleAssistant: "assistant", longmen.RoleTool: "tool"}

var errGrant = errors.New(`configuring ner: no service is granted, expected "grant ner <url>" in the plugin's block`)

// newRecogniser reads the configuration's ner; nil if there is no service. types are those that are looked for.
func newRecogniser(c longmen.Value, types detect.Set) (*recogniser, error) {
	if !longmen.HasNER() {
		return nil, ungranted(c)
	}
	n := c.Get("ner")
	r := &recogniser{allow: n.Get("on_error").Is("allow")}
	var err error
	if r.labels, err = readLabels(n.Get("types")); err != nil {
		return nil, err
	}
	r.types = types
	for _, l := range r.labels {
		if l.typ.IsCustom() && !l.off {
			r.types = r.types.With(l.typ)
		}
	}
	if !r.useful() {
		return nil, errors.New("configuring ner: none of what a service finds is looked for, expected types such as person and location in detect, or no grant ner")
	}
	if err := r.readMinScore(n.Get("min_score")); err != nil {
		return nil, err
	}
	r.languages = texts(n.Get("language"))
	r.ignored = make(map[string]bool)
	for _, name := range texts(n.Get("ignore")) {
		r.ignored[string(small(nil, []byte(name)))] = true
	}
	roles := texts(n.Get("roles"))
	for role, name := range roleNames {
		r.roles[role] = len(roles) == 0 || name == "" // nobody knows whose it is
		for _, wanted := range roles {
			r.roles[role] = r.roles[role] || wanted == name
		}
	}
	if !n.Get("answers").Bool() {
		return r, refuse(c.Get("answers_detect"), ": expected answers true in ner, since no detector finds it")
	}
	if a := c.Get("answers"); !a.Exists() || a.Is("off") {
		return nil, errors.New("configuring ner: answers are shown to the service and nothing is done about them, expected answers detect, mask, drop or block beside ner")
	}
	if r.answerTypes, err = typesOf(c.Get("answers_detect")); r.answerTypes.Empty() {
		r.answerTypes = r.types
	}
	return r, err
}

// asks tells whether texts of a role are shown to the service in requests.
func (r *recogniser) asks(role longmen.Role) bool { return int(role) >= len(r.roles) || r.roles[role] }

// ungranted refuses what only a service could find.
func ungranted(c longmen.Value) error {
	if c.Get("ner").Exists() {
		return errGrant
	}
	const reason = `: only a recogniser of names finds it, expected "grant ner <url>" in the plugin's block`
	for _, list := range [...]string{"detect", "answers_detect"} {
		if err := refuse(c.Get(list), reason); err != nil {
			return err
		}
	}
	for m := c.Get("modes").First(); m.Exists(); m = m.Next() {
		if t, ok := detect.ParseType(m.Key()); ok && t.Kind().Recognised {
			return errors.New("configuring " + t.String() + reason)
		}
	}
	return nil
}

// refuse is an error if a list names a type that only a recogniser finds. Families may be named: they have others, too.
func refuse(list longmen.Value, reason string) error {
	for v := list.First(); v.Exists(); v = v.Next() {
		if t, ok := detect.ParseType(v.String()); ok && t.Kind().Recognised {
			return errors.New("configuring " + t.String() + reason)
		}
	}
	return nil
}

// useful tells whether anything of what a service finds is looked for.
func (r *recogniser) useful() bool {
	for i := range detect.NumTypes() {
		if t := detect.Type(i); t.Kind().Recognised && r.types.Has(t) {
			return true
		}
	}
	for _, l := range r.labels {
		if !l.off && r.types.Has(l.typ) {
			return true
		}
	}
	return false
}

func (r *recogniser) readMinScore(v longmen.Value) error {
	if !v.Exists() {
		return nil
	}
	r.minScore = make([]float64, detect.NumTypes())
	if v.Kind() == longmen.KindNumber {
		for i := range r.minScore {
			r.minScore[i] = v.Float()
		}
		return nil
	}
	for m := v.First(); m.Exists(); m = m.Next() {
		t, ok := detect.ParseType(m.Key())
		if !ok {
			return errors.New("reading ner min_score: " + m.Key() + " is no type, expected one such as person")
		}
		r.minScore[t] = m.Float()
	}
	return nil
}
