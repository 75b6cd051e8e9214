package migration

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWord bounds a name, a URL or a key, in bytes.
const maxWord = 4096

// plain tells whether a name can stand in a Caddyfile and in a rule as it is: printable, without what those give a meaning to.
func plain(name string) bool {
	return name != "" && name[0] != '#' && len(name) <= maxWord && utf8.ValidString(name) && name != "import" && !strings.ContainsAny(name, "{}`\"\\ ") &&
		!strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) })
}

// writable tells whether a text can be a word of a Caddyfile at all. {$ would be replaced before the file is read.
func writable(text string) bool {
	return text != "" && len(text) <= maxWord && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl) && !strings.Contains(text, "{$") &&
		(!strings.Contains(text, "`") || !strings.Contains(text, "\\"))
}

// whole tells whether a key will be taken as one: Longmen reads several where commas or spaces are.
func whole(word string) bool { return !strings.ContainsAny(word, ", ") }

// bare is what needs no quotes: words, and placeholders in them. As little as can be is quoted: caddy fmt takes quotes apart that begin the
// first line of a block.
var bare = regexp.MustCompile("^(?:[^\\s\\pC\"`\\\\{}#<]|\\{(?:env\\.|\\$)[A-Za-z0-9_]+\\})(?:[^\\s\\pC\"`\\\\{}]|\\{(?:env\\.|\\$)[A-Za-z0-9_]+\\})*$")

// quote writes a word so that Caddy reads it as one.
func quote(word string) string {
	switch {
	case bare.MatchString(word):
		return word
	case !strings.Contains(word, "`"):
		return "`" + word + "`"
	}
	return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
}

// escape keeps Caddy from taking braces of a text for placeholders.
func escape(text string) string { return strings.NewReplacer("{", `\{`, "}", `\}`).Replace(text) }

// inRule writes a name as a rule's string.
func inRule(name string) string { return strconv.Quote(name) }

// slug is a name of letters, digits, _ and -, for routes and endpoints; with dots for providers.
func slug(name string, dots bool) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '.' && dots:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 80 {
			break
		}
	}
	if out := strings.Trim(b.String(), "-"); out != "" {
		return out
	}
	return "model"
}

// names gives out names, each once.
type names map[string]bool

func (n names) next(want string) string {
	name := want
	for i := 2; n[name]; i++ {
		name = want + "-" + strconv.Itoa(i)
	}
	n[name] = true
	return name
}
