package detect

import "errors"

// Custom is a detector that a configuration describes.
type Custom struct {
	Type     Type
	Words    []string // literal words and phrases
	Exact    bool     // words only in this case
	Patterns []string // see Pattern
	Context  string   // words that have to name what a pattern finds, as Detector.Words
}

// DefineCustom adds the type of a custom detector, or returns the one of that name that a configuration added before.
func DefineCustom(name string) (Type, error) {
	if t, ok := ParseType(name); ok {
		if kinds[t].Family != customFamily {
			return 0, errors.New("defining a detector: its name is that of a built-in type")
		}
		return t, nil
	}
	if len(kinds) == 256 {
		return 0, errors.New("defining a detector: there are too many")
	}
	return define(Kind{Name: name, Family: customFamily, Off: true}), nil
}

const customFamily Family = "custom"

// IsCustom tells whether a configuration defined the type.
func (t Type) IsCustom() bool { return kinds[t].Family == customFamily }

// Pattern reads a custom pattern: # is a digit, @ a letter, ? either, ~ one separator (space, hyphen, dot) everywhere or none, {n}
// repeats the character before it, and letters (in either case), digits and -./():_ and space stand for themselves.
// There is nothing else: every pattern has a fixed length and is compared once where it can begin.
func Pattern(p string) (shape string, err error) {
	var b []byte
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '#':
			b = append(b, '9')
		case c == '@':
			b = append(b, 'A')
		case c == '?':
			b = append(b, 'X')
		case c == '9':
			b = append(b, literalNine)
		case c == '{':
			n, k := 0, i+1
			for k < len(p) && class[p[k]]&isDigit != 0 && n < 100 {
				n = n*10 + int(p[k]-'0')
				k++
			}
			if k == len(p) || p[k] != '}' || n == 0 || n >= maxChunk || len(b) == 0 {
				return "", errors.New("reading a pattern: expected {n} behind a character")
			}
			for last := b[len(b)-1]; n > 1; n-- {
				b = append(b, last)
			}
			i = k
		case class[c]&isAlnum != 0, c == '~', c == '-', c == '.', c == '/', c == '(', c == ')', c == ':', c == '_', c == ' ':
			b = append(b, lower(c))
		default:
			return "", errors.New("reading a pattern: expected only # @ ? ~ {n}, letters, digits, space and -./():_")
		}
	}
	if len(b) < 4 || len(b) >= maxChunk {
		return "", errors.New("reading a pattern: expected 4 to 63 characters")
	}
	if class[b[0]]&isAlnum == 0 && b[0] != literalNine {
		return "", errors.New("reading a pattern: expected a letter or digit at its start")
	}
	letters := 0
	for letters < len(b) && (b[letters] == 'A' || class[b[letters]]&isLower != 0) {
		letters++
	}
	if letters == len(b) {
		return "", errors.New("reading a pattern: expected a digit in it; use words for text")
	}
	return string(b), nil
}

// literalNine stands for the digit 9 in a shape, in which 9 is any digit.
const literalNine = 1

// NewCustom makes a scanner for these types and for custom detectors.
func NewCustom(types Set, custom []Custom) (*Scanner, error) {
	for _, c := range custom {
		types = types.With(c.Type)
	}
	s := New(types)
	for _, c := range custom {
		for _, p := range c.Patterns {
			shape, err := Pattern(p)
			if err != nil {
				return nil, err
			}
			d := &Detector{Type: c.Type, Class: ClassA, Shapes: []string{shape}}
			if c.Context != "" {
				d.Class, d.ctx = ClassB, named(c.Context)
			}
			s.add(d, shape)
		}
		for _, w := range c.Words {
			if len(w) < 2 || len(w) > 200 {
				return nil, errors.New("reading words: expected 2 to 200 bytes each")
			}
			if s.dictionary == nil {
				s.dictionary = newDictionary()
			}
			s.dictionary.add(w, c.Type, c.Exact)
		}
	}
	if s.dictionary != nil {
		s.dictionary.link()
	}
	return s, nil
}
