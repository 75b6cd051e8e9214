package redact

// Recognisers have a model for each language. Which one a text is for is told by its script; between languages of one
// script the first that the configuration lists is taken.

type script uint8

const (
	latin script = iota // and every script that has no name here
	han
	kana
	hangul
	cyrillic
	arabic
	scripts
)

// scriptOf is the script that a language is written in.
func scriptOf(language string) script {
	switch language[:min(2, len(language))] {
	case "zh":
		return han
	case "ja":
		return kana
	case "ko":
		return hangul
	case "ru", "uk", "be", "bg", "mk", "sr", "kk":
		return cyrillic
	case "ar", "fa", "ur":
		return arabic
	}
	return latin
}

// measured is how much of a text is read to tell its script.
const measured = 4 << 10

// scriptIn is the script that most of a text is written in. Japanese is told from Chinese by its kana: one in ten of the
// characters is enough. An ideograph weighs as much as the letters of half a word.
func scriptIn(text []byte) script {
	var n [scripts]int
	for i := 0; i < min(len(text), measured); {
		c := text[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			n[latin]++
			i++
		case c < 0xC3:
			i++
		case c < 0xE0:
			switch {
			case c < 0xD0:
				n[latin]++
			case c < 0xD5:
				n[cyrillic]++
			case c >= 0xD8 && c < 0xDE:
				n[arabic]++
			}
			i += 2
		case c < 0xF0:
			if i+3 > len(text) {
				return best(&n)
			}
			switch r := uint16(c)<<12 | uint16(text[i+1]&0x3f)<<6 | uint16(text[i+2]&0x3f); {
			case r >= 0x3041 && r < 0x3100:
				n[kana]++
			case r >= 0x3400 && r < 0xA000:
				n[han]++
			case r >= 0xAC00 && r < 0xD7B0:
				n[hangul]++
			}
			i += 3
		default:
			i += 4
		}
	}
	return best(&n)
}

func best(n *[scripts]int) script {
	if 10*n[kana] >= n[kana]+n[han] && n[kana] > 0 {
		n[kana], n[han] = n[kana]+n[han], 0
	}
	const weight = 3
	n[han], n[kana], n[hangul] = weight*n[han], weight*n[kana], weight*n[hangul]
	most := latin
	for s := range scripts {
		if n[s] > n[most] {
			most = s
		}
	}
	return most
}

// languageOf chooses one of the languages for a text.
func (r *recogniser) languageOf(text []byte) uint8 {
	if len(r.languages) < 2 {
		return 0
	}
	in := scriptIn(text)
	for i, l := range r.languages {
		if scriptOf(l) == in {
			return uint8(i)
		}
	}
	return 0
}
