package route

import (
	"unicode/utf8"
	"unsafe"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// measure is what one pass over the texts of a request tells about them.
type measure struct {
	chars int
	ascii int // ASCII characters
	wide  int // Chinese, Japanese and Korean characters
	// letters by script, for language
	latin, han, kana, hangul, cyrillic, arabic int
}

// add counts one text; it is the yield of Values.Texts.
func (m *measure) add(text []byte) bool {
	for i := 0; i < len(text); {
		// Runs of ASCII are most of most prompts: counted without decoding.
		start := i
		for i < len(text) && text[i] < utf8.RuneSelf {
			if c := text[i] | 0x20; 'a' <= c && c <= 'z' {
				m.latin++
			}
			i++
		}
		m.ascii += i - start
		m.chars += i - start
		if i == len(text) {
			break
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		m.chars++
		m.script(r)
	}
	return true
}

// script counts a character that is not ASCII. Ranges instead of unicode tables: this runs for every
// character of a Chinese prompt, and the result is a guess anyway.
func (m *measure) script(r rune) {
	switch {
	case r < 0x80:
	case r < 0x0250:
		m.latin++
	case 0x0400 <= r && r < 0x0530:
		m.cyrillic++
	case 0x0600 <= r && r < 0x0780, 0xFB50 <= r && r < 0xFE00, 0xFE70 <= r && r < 0xFEFF:
		m.arabic++
	case 0x3041 <= r && r < 0x3100, 0x31F0 <= r && r < 0x3200, 0xFF66 <= r && r < 0xFFA0:
		m.kana++
		m.wide++
	case 0x1100 <= r && r < 0x1200, 0x3130 <= r && r < 0x3190, 0xAC00 <= r && r < 0xD7B0:
		m.hangul++
		m.wide++
	case 0x3400 <= r && r < 0xA000, 0xF900 <= r && r < 0xFB00, 0x20000 <= r && r < 0x32000:
		m.han++
		m.wide++
	case 0x3000 <= r && r < 0x3041, 0xFF00 <= r && r < 0xFFF0:
		m.wide++
	}
}

// tokens estimates what a tokenizer would count: a token per four ASCII characters, per two
// characters of other alphabets, per Chinese, Japanese or Korean character; each rounded up.
// Real tokenizers differ by some 20 %, so a rule should leave that much room.
func (m *measure) tokens() int {
	other := m.chars - m.ascii - m.wide
	return (m.ascii+3)/4 + (other+1)/2 + m.wide
}

// Tokens estimates the tokens of a request's prompt as the variable prompt.tokens does.
func Tokens(d *dialect.Dialect, a *document.Arena, root document.Node) int {
	var m measure
	d.Texts(a, root, m.add)
	return m.tokens()
}

// language guesses the language by the script that most letters have. Japanese is told from Chinese by
// its kana: one in ten of the Han and kana characters is enough. An ideograph weighs as much as
// four Latin letters, about as many as it stands for.
func (m *measure) language() string {
	best, name := 0, "other"
	for _, c := range [...]struct {
		weight int
		name   string
	}{
		{m.latin, "en"},
		{4 * (m.han + m.kana), "zh"},
		{2 * m.hangul, "ko"},
		{m.cyrillic, "ru"},
		{m.arabic, "ar"},
	} {
		if c.weight > best {
			best, name = c.weight, c.name
		}
	}
	if name == "zh" && m.kana*10 >= m.han+m.kana {
		return "ja"
	}
	return name
}

// view is text as a string for the time of a search, without a copy.
func view(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }
