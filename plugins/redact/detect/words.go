package detect

import "math/bits"

// letters handles the run of letters at i: a word, or the start of a token. Parts of camel names are words, too.
func (s *Scanner) letters(i int) int {
	t := s.text
	n := len(t)
	j, part := i, i
	var last uint8
	next := 0
	for j < n {
		k := class[t[j]]
		if k&isAlpha == 0 {
			break
		}
		if k&isUpper != 0 && last&isLower != 0 {
			if m := wordHash(t, part, j); wordBloom[m>>6]>>(m&63)&1 != 0 {
				next = max(next, s.word(m, part, j))
			}
			part = j
		}
		last = k
		j++
	}
	if m := wordHash(t, part, j); wordBloom[m>>6]>>(m&63)&1 != 0 {
		next = max(next, s.word(m, part, j))
	}
	if next > j {
		return next
	}
	if j == n {
		if j-i >= minWord || j-i == 8 || j-i == 11 {
			return s.token(i, j)
		}
		return j
	}
	c := t[j]
	switch {
	case class[c]&isToken != 0, j-i >= minWord:
		return s.token(i, j)
	case c == '.' && j-i <= 8 || class[c]&isBase64 != 0 || c == '~':
		return s.token(i, j)
	}
	// A code whose first group is letters: AB 12 34 56 C.
	if j-i <= s.heads && joins[c] != 0 && j+1 < n && (c >= 0x80 || class[t[j+1]]&isDigit != 0) {
		return s.code(i, j)
	}
	return j
}

const (
	wordFactor = 0x9E3779B97F4A7C15
	wordBits   = 16
	slotBits   = 11
)

// slot is the place of a word in wordSlots.
func slot(hash uint64) uint64 { return hash >> (wordBits - slotBits) }

// wordHash is the hash of the first eight letters of a word, in lower case.
func wordHash(t []byte, lo, hi int) uint64 {
	var y uint64
	if k := hi - lo; lo+8 <= len(t) {
		y = load64(t, lo) | 0x20*ones
		if k < 8 {
			y &= 1<<(k<<3) - 1
		}
	} else {
		for i := min(hi, lo+8) - 1; i >= lo; i-- {
			y = y<<8 | uint64(t[i]|0x20)
		}
	}
	return y * wordFactor >> (64 - wordBits)
}

// wordEnds has the bytes that may stand behind a word that is nothing more: no digit, hyphen, dot or slash, with which tokens
// and codes go on.
var wordEnds = func() (e [256]bool) {
	for b := range 256 {
		e[b] = class[b]&(isToken|isBase64|isLocal) == 0 && b != '~'
	}
	return e
}()

// wordBloom has a bit for the hash of each trigger word, so that most words are passed without a call.
var wordBloom [1 << wordBits / 64]uint64

// trigger is a word that starts a look at what follows it: the name of a password, of a person, of a date. It is called
// with the word's place and returns where the scan goes on, or 0 for the end of the word.
type trigger func(s *Scanner, start, end int) int

var (
	wordTriggers []wordTrigger
	wordSlots    [1 << slotBits]uint16 // by slot: 1 + the first of wordTriggers, 0 for none
	wideTriggers = map[uint16][]wideTrigger{}
	triggerFirst [1024]uint64
	// The lists of wideTriggers by their first characters, and how many begin before each word of triggerFirst: a map is slower in the sandbox.
	wideLists  [][]wideTrigger
	wideBefore [1024]uint16
)

// indexTriggers makes wideLists, when all triggers are there.
func indexTriggers() {
	for i, bit := range triggerFirst {
		wideBefore[i] = uint16(len(wideLists))
		for ; bit != 0; bit &= bit - 1 {
			wideLists = append(wideLists, wideTriggers[uint16(i<<6+bits.TrailingZeros64(bit))])
		}
	}
}

type wordTrigger struct {
	word  string
	calls []trigger
	next  uint16 // 1 + another of the same slot, 0 for none
}

type wideTrigger struct {
	word string
	call trigger
}

// on registers a trigger for words, lower case: Latin letters or characters of three bytes.
//
//go:noinline
func on(list string, call trigger) {
	later(func() { enlist(list, call) })
}

// enlist is on when tables are made.
func enlist(list string, call trigger) {
	for w := range wordsOf(list) {
		if w[0] < 0x80 {
			m := wordHash([]byte(w), 0, len(w))
			wordBloom[m>>6] |= 1 << (m & 63)
			k := wordSlots[slot(m)]
			for k != 0 && wordTriggers[k-1].word != w {
				k = wordTriggers[k-1].next
			}
			if k == 0 {
				wordTriggers = append(wordTriggers, wordTrigger{word: w, next: wordSlots[slot(m)]})
				k = uint16(len(wordTriggers))
				wordSlots[slot(m)] = k
			}
			wordTriggers[k-1].calls = append(wordTriggers[k-1].calls, call)
			continue
		}
		r := runeOf(w)
		triggerFirst[r>>6] |= 1 << (r & 63)
		if len(w) > 3 {
			m := pairHash(r, runeOf(w[3:]))
			pairBloom[m>>6] |= 1 << (m & 63)
		}
		// Longer words first.
		list := append(wideTriggers[r], wideTrigger{w, call})
		for i := len(list) - 1; i > 0 && len(list[i].word) > len(list[i-1].word); i-- {
			list[i], list[i-1] = list[i-1], list[i]
		}
		wideTriggers[r] = list
	}
}

// onTwo registers a trigger for words that begin with a character of two bytes, as written.
//
//go:noinline
func onTwo(list string, call trigger) {
	later(func() {
		for w := range wordsOf(list) {
			k := uint16(w[0]&0x1f)<<6 | uint16(w[1]&0x3f)
			twoFirst[k>>6] |= 1 << (k & 63)
			wideTriggers[k] = append(wideTriggers[k], wideTrigger{w, call})
		}
	})
}

// twoFirst has a bit for each first character of such words.
var twoFirst [32]uint64

// twoTrigger calls the triggers of the character k of two bytes at i.
func (s *Scanner) twoTrigger(i int, k uint16) int {
	next := i + 2
	for _, w := range wideTriggers[k] {
		if e := i + len(w.word); e <= len(s.text) && string(s.text[i:e]) == w.word {
			next = max(next, w.call(s, i, e))
		}
	}
	return next
}

// word calls the triggers of the word at [start,end), if it is one. Its hash is m.
func (s *Scanner) word(m uint64, start, end int) int {
	next := 0
look:
	for k := wordSlots[slot(m)]; k != 0; {
		w := &wordTriggers[k-1]
		k = w.next
		if len(w.word) != end-start {
			continue
		}
		for i := range len(w.word) {
			if s.text[start+i]|0x20 != w.word[i] {
				continue look
			}
		}
		for _, call := range w.calls {
			next = max(next, call(s, start, end))
		}
	}
	return next
}

// pairBloom has a bit for the first two characters of each trigger, so that most that begin like one are passed without a
// look into the map.
var pairBloom [1 << pairBits / 64]uint64

const pairBits = 14

func pairHash(a, b uint16) uint32 {
	return (uint32(a)*16777619 ^ uint32(b)) * 16777619 >> (32 - pairBits)
}

// wideTrigger calls the triggers of the characters at i, of which the first is r. Those of one character go before a
// letter, a digit, a blank, a colon or what parts cells.
func (s *Scanner) wideTrigger(i int, r uint16) int {
	t := s.text
	if i+6 > len(t) {
		return 0
	}
	if c := t[i+3]; c >= 0xE0 && c != wideLead {
		m := pairHash(r, uint16(c)<<12|uint16(t[i+4]&0x3f)<<6|uint16(t[i+5]&0x3f))
		if pairBloom[m>>6]>>(m&63)&1 == 0 {
			return 0
		}
	} else if c != wideLead && class[c]&isAlnum == 0 && c != ' ' && c != ':' && c != ',' && c != '|' && c != '\t' {
		return 0
	}
	next := 0
	for _, w := range wideLists[int(wideBefore[r>>6])+bits.OnesCount64(triggerFirst[r>>6]&(1<<(r&63)-1))] {
		e := i + len(w.word)
		if e <= len(t) && t[e-1] == w.word[len(w.word)-1] && string(t[i:e]) == w.word {
			s.work += len(w.word)
			next = max(next, w.call(s, i, e))
		}
	}
	return next
}
