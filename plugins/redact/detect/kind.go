package detect

// Type is a kind of entity.
type Type uint8

// Family groups types; a configuration can name a family in place of its types.
type Family string

// Families of types.
const (
	Identity Family = "identity" // numbers of persons and organisations, documents
	Contact  Family = "contact"  // how to reach a person
	Finance  Family = "finance"  // cards, accounts, wallets
	Network  Family = "network"  // addresses of machines
	Personal Family = "personal" // names, places, dates of a person
	Health   Family = "health"   // numbers and codes of patients
	Secret   Family = "secret"   // what opens something: keys, passwords, tokens
)

// Kind describes a type.
type Kind struct {
	// Name in configuration, attributes and messages: snake case, with the country first: "cn_uscc".
	Name string
	// Family that it belongs to.
	Family Family
	// Prefix of its placeholders: "EMAIL" gives <EMAIL_7Q2K>. Default: Name in capitals.
	Prefix string
	// Irreversible: by default the original is not kept for the answer.
	Irreversible bool
	// Off: only looked for when the configuration names it.
	Off bool
	// Recognised: no detector finds it, see recognised.go.
	Recognised bool
}

// The types that have been there from the start. Others are variables beside their detectors.
const (
	Email        Type = iota // e-mail address
	Phone                    // telephone number
	PaymentCard              // payment card number (PAN)
	CNResidentID             // resident identity number of the PRC, GB 11643-1999
	APIKey                   // API key or access token of a known vendor
	firstTypes
)

var kinds = []Kind{
	Email:        {Name: "email", Family: Contact, Prefix: "EMAIL"},
	Phone:        {Name: "phone", Family: Contact, Prefix: "PHONE"},
	PaymentCard:  {Name: "payment_card", Family: Finance, Prefix: "PAYMENT_CARD"},
	CNResidentID: {Name: "cn_resident_id", Family: Identity, Prefix: "CN_RESIDENT_ID"},
	APIKey:       {Name: "api_key", Family: Secret, Prefix: "API_KEY"},
}

// define adds a type: var USSSN = define(Kind{Name: "us_ssn", Family: Identity}).
func define(k Kind) Type {
	if k.Prefix == "" {
		b := []byte(k.Name)
		for i, c := range b {
			if class[c]&isLower != 0 {
				b[i] = c - 0x20
			}
		}
		k.Prefix = string(b)
	}
	if len(kinds) == 256 {
		panic("detect: more than 256 types")
	}
	kinds = append(kinds, k)
	return Type(len(kinds) - 1)
}

// NumTypes is the number of types; they are numbered from 0.
func NumTypes() int { return len(kinds) }

// Kind describes the type.
func (t Type) Kind() *Kind { return &kinds[t] }

// Secret tells whether the type belongs to the family of secrets.
func (t Type) Secret() bool { return kinds[t].Family == Secret }

// String is the type's name in configuration, attributes and messages.
func (t Type) String() string {
	if int(t) < len(kinds) {
		return kinds[t].Name
	}
	return "unknown"
}

// ParseType is the inverse of String.
func ParseType(name string) (Type, bool) {
	for i := range kinds {
		if kinds[i].Name == name {
			return Type(i), true
		}
	}
	return 0, false
}

// Set is a set of types, one bit each.
type Set [4]uint64

// All holds every type.
func All() (s Set) {
	for i := range kinds {
		s = s.With(Type(i))
	}
	return s
}

// Default holds the types that are looked for when the configuration names none.
func Default() (s Set) {
	for i := range kinds {
		if !kinds[i].Off {
			s = s.With(Type(i))
		}
	}
	return s
}

// Of holds the types of a family.
func Of(f Family) (s Set) {
	for i := range kinds {
		if kinds[i].Family == f {
			s = s.With(Type(i))
		}
	}
	return s
}

// With is the set with t in it.
func (s Set) With(t Type) Set {
	s[t>>6] |= 1 << (t & 63)
	return s
}

// Union is the set of both.
func (s Set) Union(o Set) Set {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}

// Without is the set without what is in o.
func (s Set) Without(o Set) Set {
	for i := range s {
		s[i] &^= o[i]
	}
	return s
}

// Has tells whether t is in the set.
func (s Set) Has(t Type) bool { return s[t>>6]>>(t&63)&1 != 0 }

// Empty tells whether nothing is in the set.
func (s Set) Empty() bool { return s == Set{} }
