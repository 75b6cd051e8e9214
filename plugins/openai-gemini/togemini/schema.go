package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxNodes = 10000 // nodes of one schema after its references were expanded
	maxDepth = 64    // of one schema after its references were expanded
)

// schemas converts one JSON Schema in place, into what Gemini takes: JSON Schema without the keywords
// it does not honour (target J), or the OpenAPI subset that older models know (target S).
type schemas struct {
	r        *request
	subset   bool          // target S
	original longmen.Value // a copy from before the first edit; references point into it
	refs     []string      // that are being expanded around the current node
	at       string        // of the whole schema
	nodes    int
	warned   []string // reasons, for the memo
}

// node is the keywords of one schema node; zero when absent.
type node struct {
	ref, kind, enum, constant, items, prefix, properties, required   longmen.Value
	anyOf, oneOf, allOf, additional, description, format             longmen.Value
	minimum, maximum, exclusiveMinimum, exclusiveMaximum, isNullable longmen.Value
}

// target converts schema and places it in dst: under j if the model takes JSON Schema, else under s.
// Parameters without properties are left out, because Gemini refuses them.
func (r *request) target(dst, schema longmen.Value, j, s string, parameters bool, at *codec.Path) error {
	if schema.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a JSON Schema object")
	}
	name := j
	if !r.to.schema {
		name = s
	}
	k := memoKey{sum: schema.Digest(), subset: !r.to.schema}
	m, known := memo[k]
	if known {
		for _, reason := range m.warned {
			if err := r.Warn(at.String(), reason); err != nil {
				return err
			}
		}
		if m.text != "" {
			schema = longmen.NewJSON(m.text)
		}
	} else {
		s := schemas{r: r, subset: k.subset, original: schema.Copy(), at: at.String()}
		if err := s.node(schema, 0, lasting(at)); err != nil {
			return err
		}
		m.warned = s.warned
		m.empty = !schema.Pointer("/properties").First().Exists() && !schema.Get("anyOf").Exists()
		m.keep(k, schema)
	}
	if parameters && m.empty {
		return nil
	}
	dst.Set(name, schema)
	return nil
}

// lost reports what the conversion could not keep.
func (s *schemas) lost(reason string) error {
	s.warned = append(s.warned, reason)
	return s.r.Warn(s.at, reason)
}

// node converts the schema at v where it stands.
func (s *schemas) node(v longmen.Value, depth int, at *codec.Path) error {
	if err := s.count(depth, at); err != nil {
		return err
	}
	var n node
	if err := s.read(&n, v, at); err != nil {
		return err
	}
	if n.ref.Exists() {
		return s.expand(v, n.ref, depth, at)
	}
	if n.allOf.Exists() {
		return s.merge(v, n.allOf, depth, at)
	}
	if err := s.value(&n, v, at); err != nil {
		return err
	}
	k, err := s.kind(&n, v, at)
	if err != nil {
		return err
	}
	if err := s.object(&n, v, k, depth, at); err != nil {
		return err
	}
	if err := s.array(&n, v, k, depth, at); err != nil {
		return err
	}
	return s.branches(&n, v, k, depth, at)
}

func (s *schemas) count(depth int, at *codec.Path) error {
	if s.nodes++; s.nodes > maxNodes || depth > maxDepth {
		return codec.Invalid(at, "the schema is too large when its references are expanded: expected at most 10000 nodes, 64 deep")
	}
	return s.r.step(at)
}

// read finds the keywords that count and deletes the others.
func (s *schemas) read(n *node, v longmen.Value, at *codec.Path) error {
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a JSON Schema object")
	}
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		if m.Kind() == longmen.KindNull && !m.KeyIs("const") { // as some libraries write what is not set
			m.Delete()
			continue
		}
		switch k := codec.Key(m); string(k) {
		case "type":
			n.kind = m
		case "description":
			n.description = m
		case "properties":
			n.properties = m
		case "required":
			n.required = m
		case "items":
			n.items = m
		case "enum":
			n.enum = m
		case "format":
			n.format = m
		case "anyOf":
			n.anyOf = m
		case "oneOf":
			n.oneOf = m
		case "allOf":
			n.allOf = m
		case "$ref":
			n.ref = m
		case "const":
			n.constant = m
		case "additionalProperties":
			n.additional = m
		case "prefixItems":
			n.prefix = m
		case "minimum":
			n.minimum = m
		case "maximum":
			n.maximum = m
		case "exclusiveMinimum":
			n.exclusiveMinimum = m
		case "exclusiveMaximum":
			n.exclusiveMaximum = m
		case "nullable":
			n.isNullable = m
		case "minItems", "maxItems", "propertyOrdering":
		case "minLength", "maxLength", "pattern", "minProperties", "maxProperties":
			if !s.subset {
				m.Delete()
			}
		default: // title as well: it provokes malformed calls
			if err := s.r.step(at); err != nil {
				return err
			}
			m.Delete()
		}
	}
	return nil
}

// name is a member's name, bounded; reading it counts as a step.
func (s *schemas) name(m longmen.Value, at *codec.Path) (string, error) {
	if err := s.r.step(at); err != nil {
		return "", err
	}
	var buffer [maxClientName + 1]byte
	b := m.KeyPrefix(buffer[:])
	if len(b) > maxClientName {
		return "", codec.Invalid(at, "expected property names of at most 512 bytes")
	}
	return string(b), nil
}
