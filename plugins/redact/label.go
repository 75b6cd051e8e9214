package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// labels are what services call types that have another name here: Presidio's entities, OntoNotes (spaCy), CoNLL-2003 and the OpenAI
// privacy filter. Labels are compared in lower case with underscores.
var labels = []struct {
	name string
	typ  detect.Type
}{
	{"per", detect.Person}, {"name", detect.Person}, {"person_name", detect.Person}, {"full_name", detect.Person}, {"first_name", detect.Person}, {"last_name", detect.Person},
	{"loc", detect.Location}, {"gpe", detect.Location}, {"fac", detect.Location}, {"city", detect.Location}, {"country", detect.Location},
	{"org", detect.Organization}, {"organisation", detect.Organization}, {"company", detect.Organization},
	{"nrp", detect.Affiliation}, {"norp", detect.Affiliation}, {"nationality", detect.Affiliation}, {"religion", detect.Affiliation},
	{"date_time", detect.Date}, {"time", detect.Date},
	{"street_address", detect.Address},
	{"email_address", detect.Email}, {"phone_number", detect.Phone},
	{"credit_card", detect.PaymentCard}, {"credit_card_number", detect.PaymentCard}, {"iban_code", detect.IBAN}, {"crypto", detect.CryptoAddress},
	{"secret", detect.Password},
}

// maxLabel bounds what is read of a label; services use few letters.
const maxLabel = 64

// label is an entry of the configuration's types: what a service calls so is of that type, or left alone.
type label struct {
	name string
	typ  detect.Type
	off  bool
}

// maxLabels bounds the configuration's types.
const maxLabels = 128

// readLabels reads the configuration's types.
func readLabels(c longmen.Value) ([]label, error) {
	var list []label
	for m := c.First(); m.Exists(); m = m.Next() {
		if len(list) == maxLabels {
			return nil, errors.New("reading ner types: too many, expected at most 128")
		}
		l := label{name: plainLabel(m.Key()), off: m.Is("off")}
		if !l.off {
			var ok bool
			if l.typ, ok = detect.ParseType(m.String()); !ok {
				return nil, errors.New("reading ner types: " + m.Key() + " is of no type that there is, expected a type such as person, or off")
			}
		}
		list = append(list, l)
	}
	return list, nil
}

// typeOf is the type of what a service calls so, false if the configuration leaves it alone. What nobody knows is an
// entity: the Caddyfile asks the service for it.
func (r *recogniser) typeOf(name string) (detect.Type, bool) {
	name = plainLabel(name)
	for i := range r.labels {
		if l := &r.labels[i]; l.name == name {
			return l.typ, !l.off
		}
	}
	for _, prefix := range [...]string{"", "b_", "i_", "private_"} { // B-PER and I-PER: the first word of a name and the others
		if len(name) <= len(prefix) || name[:len(prefix)] != prefix {
			continue
		}
		rest := name[len(prefix):]
		if t, ok := detect.ParseType(rest); ok {
			return t, true
		}
		for i := range labels {
			if labels[i].name == rest {
				return labels[i].typ, true
			}
		}
	}
	return detect.Entity, true
}

// plainLabel is a label in lower case with underscores.
func plainLabel(name string) string {
	b := []byte(name[:min(len(name), maxLabel)])
	for i, c := range b {
		switch {
		case c >= 'A' && c <= 'Z':
			b[i] = c + 0x20
		case c == '-' || c == ' ' || c == '.':
			b[i] = '_'
		}
	}
	return string(b)
}
