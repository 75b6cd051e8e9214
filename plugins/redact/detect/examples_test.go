package detect

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The examples of a type stand in testdata/types/NAME.txt, one on a line; blank lines and lines from # on are comments.
//
//   - text with {{the entity}}      exactly this is found, with the type of the file; {{other_type:value}} names another
//   - text                          nothing at all is found
//     ~ text                          nothing of this type is found (another type may be)
//     = value | english words | 中文  the value is found in every frame, behind these words; without words it is found bare
//
// In all of them \n, \t and \\ are escapes, and ⟨hex:32⟩ is a random string, so that no text in the repository looks like a leaked
// key to others: classes are hex, HEX, digit, alnum, lower, upper, ALNUM (capitals and digits), url (base64url), base64.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/types/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files of examples, error %v", len(files), err)
	}
	have := map[string]bool{}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".txt")
		have[name] = true
		t.Run(name, func(t *testing.T) {
			typ, ok := ParseType(name)
			if !ok {
				t.Fatalf("no type is named %s", name)
			}
			s := New(Default().With(typ)) // others that are off may well be in the counter-examples
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(uint64(len(name)), 9))
			plus, minus := 0, 0
			for i, line := range strings.Split(string(b), "\n") {
				if line == "" || line[0] == '#' {
					continue
				}
				if len(line) < 3 || line[1] != ' ' {
					t.Fatalf("line %d: %q, expected a mark, a space and a text", i+1, line)
				}
				text := unescape(random(r, line[2:]))
				switch line[0] {
				case '+':
					plus++
					plain, want := marked(t, text, typ)
					expect(t, s, i+1, plain, want)
				case '-':
					minus++
					expect(t, s, i+1, text, nil)
				case '~':
					minus++
					for _, sp := range s.Scan([]byte(text)) {
						if sp.Type == typ {
							t.Errorf("line %d: %q: found %q", i+1, text, text[sp.Start:sp.End])
						}
					}
				case '=':
					plus++
					embed(t, s, i+1, text, typ)
				default:
					t.Fatalf("line %d: mark %q, expected one of + - ~ =", i+1, line[0])
				}
			}
			if plus == 0 || minus == 0 {
				t.Errorf("%d examples and %d counter-examples, expected some of both", plus, minus)
			}
		})
	}
	for i := range Type(NumTypes()) {
		if i >= firstTypes && !i.IsCustom() && !i.Kind().Recognised && !have[i.String()] {
			t.Errorf("type %s has no examples: testdata/types/%s.txt is missing", i, i)
		}
	}
}

type wanted struct {
	typ   Type
	value string
	start int
}

// marked takes the marks out of an example.
func marked(t *testing.T, text string, typ Type) (string, []wanted) {
	t.Helper()
	var plain strings.Builder
	var want []wanted
	for {
		before, rest, ok := strings.Cut(text, "{{")
		plain.WriteString(before)
		if !ok {
			return plain.String(), want
		}
		// The last of several closing braces ends the mark.
		end := strings.Index(rest, "}}")
		if end < 0 {
			t.Fatalf("%q: a mark is open", text)
		}
		value := rest[:end]
		text = rest[end+2:]
		w := wanted{typ, value, plain.Len()}
		if name, v, ok := strings.Cut(value, ":"); ok {
			if other, ok := ParseType(name); ok {
				w.typ, w.value = other, v
			}
		}
		plain.WriteString(w.value)
		want = append(want, w)
	}
}

func expect(t *testing.T, s *Scanner, line int, text string, want []wanted) {
	t.Helper()
	var got []wanted
	for _, sp := range s.Scan([]byte(text)) {
		got = append(got, wanted{sp.Type, text[sp.Start:sp.End], sp.Start})
	}
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = got[i] == want[i]
	}
	if !same {
		t.Errorf("line %d: %q:\n\tgot  %s\n\twant %s", line, text, list(got), list(want))
	}
}

func list(ws []wanted) string {
	var b strings.Builder
	for _, w := range ws {
		b.WriteString(w.typ.String() + " " + strconv.Quote(w.value) + " at " + strconv.Itoa(w.start) + "; ")
	}
	if b.Len() == 0 {
		return "nothing"
	}
	return b.String()
}

// embeddings are places of a value. %k stands for its English words, %s for them in snake case, %z for the Chinese ones.
var embeddings = []string{
	"%k: {{%v}}",
	"The %k is {{%v}}, please check.",
	`{"id":7,"%s":"{{%v}}","note":"ok"}`,
	`{"arguments":"{\"%s\":\"{{%v}}\",\"n\":1}"}`,
	"客户的%z是{{%v}}，请尽快核对。",
	"%z：{{%v}}；谢谢",
	"（%z：{{%v}}）",
	"name,%s,city\nAda,{{%v}},Leeds\nBob,{{%v}},York\n",
	"2024-05-06T07:08:09Z INFO worker %s={{%v}} done\n",
	"\t%s := \"{{%v}}\" // set\n",
	"%s: \"{{%v}}\"\n",
	"<%s>{{%v}}</%s>",
	`line\n%k {{%v}}\nnext`,
	"| %k | {{%v}} |",
}

func embed(t *testing.T, s *Scanner, line int, text string, typ Type) {
	t.Helper()
	parts := strings.Split(text, " | ")
	value := strings.TrimSpace(parts[0])
	english, chinese := "value", "内容"
	if len(parts) > 1 {
		english = strings.TrimSpace(parts[1])
		chinese = english
	}
	if len(parts) > 2 {
		chinese = strings.TrimSpace(parts[2])
	}
	for _, e := range embeddings {
		e = strings.NewReplacer("%k", english, "%s", strings.ReplaceAll(english, " ", "_"), "%z", chinese, "%v", value).Replace(e)
		plain, want := marked(t, e, typ)
		expect(t, s, line, plain, want)
	}
	if len(parts) == 1 {
		expect(t, s, line, value, []wanted{{typ, value, 0}})
	}
}

func unescape(s string) string {
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(s)
}

// random fills in ⟨class:n⟩.
func random(r *rand.Rand, s string) string {
	alphabets := map[string]string{
		"hex": "0123456789abcdef", "HEX": "0123456789ABCDEF", "digit": "0123456789", "lower": "abcdefghijklmnopqrstuvwxyz", "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	}
	alphabets["ALNUM"] = alphabets["upper"] + alphabets["digit"]
	alphabets["alnum"] = alphabets["ALNUM"] + alphabets["lower"]
	alphabets["url"] = alphabets["alnum"] + "-_"
	alphabets["base64"] = alphabets["alnum"] + "+/"
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "⟨")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		spec, after, _ := strings.Cut(rest, "⟩")
		name, count, _ := strings.Cut(spec, ":")
		n, err := strconv.Atoi(count)
		a := alphabets[name]
		if err != nil || a == "" {
			panic("examples: unknown " + spec)
		}
		for {
			v := make([]byte, n)
			for i := range v {
				v[i] = a[r.IntN(len(a))]
			}
			// Ends are letters or digits, and what is long is varied, as it is in what vendors issue.
			if n > 1 && (class[v[0]]&isAlnum == 0 || class[v[n-1]]&isAlnum == 0) || n >= 20 && name != "digit" && !varied(v) {
				continue
			}
			b.Write(v)
			break
		}
		s = after
	}
}
