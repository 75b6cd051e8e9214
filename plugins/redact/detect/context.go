package detect

import "math/bits"

// A number of a plausible form is judged by what names it: the key, column or words before it and the words or unit
// after it. Only what has passed every other check comes here, and the surroundings of a place are read once
// for all detectors.

// verdict is what the surroundings say about a candidate.
type verdict int8

const (
	neutral verdict = iota
	favour          // named as what the detector looks for
	against         // named as an identifier, an amount or a point in time
)

// context is the number of a detector's list of words; detectors with the same list share it. 0 has no words.
type context uint16

const maxContexts = 448

type contexts [maxContexts / 64]uint64

func (c *contexts) has(x context) bool { return c[x>>6]>>(x&63)&1 != 0 }

// term is what a word says.
type term struct {
	names contexts // whose name it is
	flags uint8
}

// Words that say the same to every detector.
const (
	isAgainst uint8 = 1 << iota // names identifiers, amounts and times: what stands right behind is not personal
	isGlue                      // stands between a name and its value without naming anything
	isUnit                      // follows an amount
	isNumber                    // against, but not right behind what names: 企业编号 is the number of an enterprise
)

var (
	contextIDs = map[string]context{"": 0}
	terms      []term                     // terms[0] is empty
	latinFirst [1 << wordBits / 64]uint64 // a bit for the hash of each word of letters: most words are in no list
	wide       = map[uint16][]wideTerm{}
	wideFirst  [1024]uint64 // the first characters of wide terms
)

// wideTerm is a word of a script that is written without spaces.
type wideTerm struct {
	word string
	term uint16
}

// named returns the context of a list of words.
//
//go:noinline
func named(list string) context {
	if id, ok := contextIDs[list]; ok {
		return id
	}
	id := context(len(contextIDs))
	if id >= maxContexts {
		panic("detect: too many lists of words")
	}
	contextIDs[list] = id
	later(func() {
		for w := range wordsOf(list) {
			termOf(w).names[id>>6] |= 1 << (id & 63)
		}
	})
	return id
}

// termOf is the term of a word, made if there is none.
func termOf(w string) *term {
	if len(terms) == 0 {
		terms = make([]term, 1, 1536)
	}
	if w[0] < 0xE0 {
		k := latinTerm(bytesOf(w), 0, len(w))
		if k == 0 {
			k = uint16(len(terms))
			terms = append(terms, term{})
			addLatin(w, k)
		}
		return &terms[k]
	}
	r := runeOf(w)
	for _, x := range wide[r] {
		if x.word == w {
			return &terms[x.term]
		}
	}
	wideFirst[r>>6] |= 1 << (r & 63)
	wide[r] = append(wide[r], wideTerm{w, uint16(len(terms))})
	terms = append(terms, term{})
	return &terms[len(terms)-1]
}

// runeOf is the first character of w, which has three bytes.
func runeOf(w string) uint16 {
	return uint16(w[0])<<12 | uint16(w[1]&0x3f)<<6 | uint16(w[2]&0x3f)
}

// flag gives words a meaning for every detector.
//
//go:noinline
func flag(f uint8, list string) {
	later(func() {
		for w := range wordsOf(list) {
			termOf(w).flags |= f
		}
	})
}

func init() {
	flag(isAgainst, "id ids uid uuid guid pid gid tid oid sn order orders invoice tracking track shipment parcel waybill ticket txn transaction trx trace "+
		"ref reference receipt serial sku isbn issn ean upc gtin asin doi imei imsi iccid cve rfc iso version build commit sha hash digest etag nonce seed "+
		"timestamp ts time lifetime ttl duration timeout interval epoch date mtime ctime atime created updated expires exp iat nbf size bytes length offset count total amount price sum balance "+
		"port pointer addr row index idx seq sequence batch job run session request req span contract case bug issue pr "+
		"订单 运单 流水 单号 编号 合同 工号 学号 序列 发票 交易 快递 物流 票号 案号 批次 型号 间戳 金额 总数 价格 "+
		"訂單 運單 編號 合約 序號 發票 條碼 条码 形码 版本 工单 标识 索引 大小 长度 数量 主键 会员 商品 户号 货号")
	flag(isNumber, "编号 編號 番号 序号 id ids")
	flag(isGlue, "编号 編號 番号 番號 "+ // against alone, but the number of what is named right before
		"is are was no nr num number numbers the a an of my his her their our your to value code as equals at on for new old")
	flag(isAgainst, "pedido pedidos factura facturas bestellung bestellnummer bestellnr rechnung rechnungsnummer auftrag auftragsnummer artikel artikelnummer artikelnr commande facture ordine fattura encomenda fatura "+
		"注文 伝票 주문 송장 请求号")
	flag(isAgainst, "section sections chapter clause paragraph release firmware")
	flag(isUnit, "b kb mb gb tb kib mib gib bytes byte bits bit ms ns us sec secs seconds rows records tokens usd eur cny rmb yuan dollars items lines times hz khz mhz ghz px "+
		"元 美元 万 亿 字节 毫秒 微秒 纳秒 块钱 人民币 条记录 行数据 行代码 次请求 次访问 个字")
}

// How far the surroundings reach, in bytes.
const (
	reachBefore = 64
	reachNear   = 24 // of wide terms against
	reachAfter  = 16
	maxTail     = 24 // how much of a code stands behind its first chunk
	maxHits     = 24
	maxWord     = 40 // longest word that says something
)

// hit is a term found near a place; at is where it ends, so that the nearest is known.
type hit struct {
	at   int
	term uint16
}

// surroundings are the terms before a place and after an end, read when they are first asked for.
type surroundings struct {
	start, end int // -1: not read
	hits       [maxHits]hit
	n          int
	number     int    // where that term begins if it is one for any number, or -1
	against    int    // where the term against ends that names the value itself, or -1
	after      [8]hit // at is where it begins
	afters     int
	unit       bool     // the first of them, right behind the end, is one
	names      contexts // what named collected
	collected  int      // the end that it did so for, or -1
	nameless   bool     // it found none
}

// sense says what stands around text[start:end] on its line. The nearest word that says something decides;
// words against count only when they name the value itself, so that "order shipped to 138…" stays a phone.
func (s *Scanner) sense(start, end int, ctx context) verdict {
	a := &s.near
	if a.start != start {
		a.start, a.end = start, -1
		s.readBefore()
	}
	best := -1
	for i := range a.hits[:a.n] {
		if h := &a.hits[i]; h.at > best && terms[h.term].names.has(ctx) {
			best = h.at
		}
	}
	if best >= 0 && (best >= a.against || a.number >= 0 && best >= a.number-1) {
		return favour
	}
	if a.against >= 0 {
		return against
	}
	if c := s.columnNames(start); c != nil {
		if c.has(ctx) {
			return favour
		}
		if s.columnAgainst(start) {
			return against
		}
	}
	s.readAfter(end)
	for _, h := range a.after[:a.afters] {
		if h.at >= end+reachAfter {
			break
		}
		if terms[h.term].names.has(ctx) {
			return favour
		}
	}
	if a.unit {
		return against
	}
	return neutral
}

// named tells whether sense can favour the context: whether the words before start, the column or the words in reach of any
// end behind hi name it. They are collected once for all detectors, so that a number that nothing names costs each a bit test.
func (s *Scanner) named(start, hi int, ctx context) bool {
	a := &s.near
	if a.start == start && a.collected == hi {
		return a.names.has(ctx)
	}
	if a.start != start {
		a.start, a.end = start, -1
		s.readBefore()
	}
	a.names = contexts{}
	for _, h := range a.hits[:a.n] {
		a.names.add(&terms[h.term].names)
	}
	if c := s.columnNames(start); c != nil {
		a.names.add(c)
	}
	s.readAfter(hi)
	for _, h := range a.after[:a.afters] {
		a.names.add(&terms[h.term].names)
	}
	a.collected, a.nameless = hi, a.names == contexts{}
	return a.names.has(ctx)
}

func (c *contexts) add(o *contexts) {
	for i := range c {
		c[i] |= o[i]
	}
}

// readBefore reads the words before the place.
func (s *Scanner) readBefore() {
	a, t := &s.near, s.text
	p := a.start
	a.n, a.against, a.number, a.collected = 0, -1, -1, -1
	low := max(0, p-reachBefore)
	s.work += p - low
	seen, nonASCII := false, false
	blank := -1          // the first before the key
	letters := uint64(0) // a bit for each byte of a letter, from p backward
	for i, block := p-1, p; i >= low; i-- {
		if i < block && i-7 >= low {
			// Eight bytes at a time, where none of them stops anything.
			if x := load64(t, i-7); stopping(x, seen) == 0 {
				y := x | 0x20*ones
				letter := (y + 0x1f*ones) &^ (y + 0x05*ones) & highs
				letters |= letter >> 7 * 0x8040201008040201 >> 56 << (p - 1 - i)
				i -= 7
				continue
			}
			block = i - 7
		}
		k := stops[t[i]]
		if k == 0 {
			continue
		}
		switch {
		case k == stopsLetter:
			letters |= 1 << (p - 1 - i)
		case k == stopsLine:
			if p-i > 2 && !asked(t, i) || tabular(t, i) {
				low = i + 1
				letters &= 1<<(p-low) - 1
			}
		case k == stopsKey:
			if seen && t[i] == '=' && blank > i {
				low = blank + 1 // a=b c=d: what stands here belongs to another key
			}
			seen = true
		case k == stopsBlank:
			if seen {
				blank = i
			}
		case k == stopsMember && seen:
			low = i + 1 // what stands here belongs to another key
		case k == stopsASCII:
			nonASCII = true
		}
	}
	if p > 0 && t[p-1] == '#' {
		a.against, a.number = p, -1
	}
	if letters != 0 {
		s.latinBefore(low, p, letters)
	}
	if nonASCII {
		s.wideBefore(low, p)
	}
}

// stopping is 0 if none of the ASCII bytes of x, of which seen says whether an operator stands behind them, stops a look backward.
func stopping(x uint64, seen bool) uint64 {
	m := x | zeros(x^'\n'*ones) | zeros(x^':'*ones) | zeros(x^'='*ones)
	if seen {
		m |= zeros(x^' '*ones) | zeros(x^','*ones) | zeros(x^';'*ones) | zeros(x^'&'*ones) | zeros(x^'{'*ones) | zeros(x^'}'*ones)
	}
	return m & highs
}

// zeros is 0 if no byte of x is.
func zeros(x uint64) uint64 { return (x - ones) &^ x & highs }

// asked tells whether the line that ends at p is a question: what stands on the next one is an answer.
func asked(t []byte, p int) bool {
	return p > 0 && t[p-1] == '?' || p >= 3 && has(t[p-3:], "？")
}

// tabular tells whether the line that ends at p is a row of a table: its last cell does not name what stands first on the next one.
func tabular(t []byte, p int) bool {
	for i := p - 1; i > 0 && p-i < 32 && t[i] != '\n'; i-- {
		if t[i] == '\t' || t[i] == '|' || t[i] == ',' && class[t[i-1]]&isAlnum != 0 && t[i+1] != ' ' {
			return true
		}
	}
	return false
}

// What a byte before a place says about how far its words reach.
const (
	stopsLine   uint8 = iota + 1 // the line begins behind it
	stopsKey                     // an operator: the words before it are a key
	stopsMember                  // before a key: it begins behind it
	stopsASCII                   // words of another script may stand here
	stopsBlank                   // a space
	stopsLetter                  // a letter, or a byte of one of two bytes
)

var stops = func() (s [256]uint8) {
	s['\n'], s[':'], s['='], s[' '] = stopsLine, stopsKey, stopsKey, stopsBlank
	for _, b := range ",;{}&" {
		s[b] = stopsMember
	}
	for b := 0x80; b < 256; b++ {
		s[b] = stopsLetter
		if b >= 0xE0 {
			s[b] = stopsASCII
		}
	}
	for b := range 128 {
		if class[b]&isAlpha != 0 {
			s[b] = stopsLetter
		}
	}
	return s
}()

// latinBefore walks back over the words and parts of names before p; letters has a bit for each byte of a letter, from p
// backward.
func (s *Scanner) latinBefore(low, p int, letters uint64) {
	a, t := &s.near, s.text
	// The letters of the words, last word last, so that words that follow each other stand joined.
	var buf [reachBefore + 8]byte
	top := len(buf)
	var begin, stop, at [3]int // of the last words read: in buf, and where they end in the text
	read := 0
	word := false // a word passed that is not glue
	for i := p; i > low; {
		m := letters >> (p - i)
		if m == 0 {
			break
		}
		if i -= bits.TrailingZeros64(m); i <= low {
			break
		}
		if !letterBefore(t, i) {
			i--
			continue
		}
		e := i
		from := top
		whole := false
		if i >= 8 {
			// A short word of lower case, perhaps with a capital, is one part.
			x := load64(t, i-8)
			y := x&lows | 0x20*ones
			letter := (y + 0x1f*ones) &^ (y + 0x05*ones) &^ x & highs
			if r := bits.LeadingZeros64(^letter&highs) >> 3; r > 0 && r < 8 && r <= i-low && byte(x>>(56-r<<3)) < 0x80 {
				if x >>= 64 - r<<3; ^x&(0x20*ones&^0xff)&(1<<(r<<3)-1) == 0 {
					whole = true
					i -= r
					top -= r
					for k := top; k < from; k++ {
						buf[k] = byte(x) | 0x20
						x >>= 8
					}
				}
			}
		}
		for !whole && i > low && letterBefore(t, i) {
			c := t[i-1]
			if c >= 0x80 && i-2 < low { // a letter that begins before low
				i = low
				word, read, top = true, 0, from
				break
			}
			if c >= 0x80 {
				i -= 2
				x, y := foldTwo(t[i], c)
				top -= 2
				buf[top], buf[top+1] = x, y
				continue
			}
			i--
			top--
			buf[top] = lower(c)
			// A capital starts a part of a camel name, unless capitals go on, as in ID.
			if class[c]&isUpper != 0 && (i+1 == e || class[t[i+1]]&isLower != 0) && i > low && class[t[i-1]]&isLower != 0 {
				break
			}
		}
		if top == from {
			continue
		}
		if i > 0 && t[i-1] == '\\' && from-top > 1 && (buf[top] == 'n' || buf[top] == 'r' || buf[top] == 't') {
			top++ // the letter of an escape
		}
		if from-top > maxWord || i == low && low > 0 && letterBefore(t, low) { // too long, or the end of a longer word
			word = true
			read = 0
			continue
		}
		// Shift the last words.
		begin[2], stop[2], at[2] = begin[1], stop[1], at[1]
		begin[1], stop[1], at[1] = begin[0], stop[0], at[0]
		begin[0], stop[0], at[0] = top, from, e
		read++
		glue := false
		for k := range min(read, 3) {
			// Words 0 to k, joined; they have to stand close in the text.
			if k > 0 && at[k]-at[k-1] > stop[k]-begin[k]+3 {
				break
			}
			if stop[k]-top > maxWord {
				break
			}
			x := latinTerm(buf[:], top, stop[k])
			if x == 0 {
				continue
			}
			if a.n < maxHits {
				a.hits[a.n] = hit{at[k], x}
				a.n++
			}
			f := terms[x].flags
			if f&isAgainst != 0 && !word && a.against < at[k] {
				a.against, a.number = at[k], -1
				if f&isNumber != 0 {
					a.number = i
				}
			}
			glue = glue || k == 0 && f&isGlue != 0
		}
		word = word || !glue
	}
}

// latinTerm is the term of the word b[lo:hi], or 0.
func latinTerm(b []byte, lo, hi int) uint16 {
	h := wordHash(b, lo, hi)
	if latinFirst[h>>6]>>(h&63)&1 == 0 {
		return 0
	}
	// A map of the language takes several times as long in a sandbox.
	for i := int(h) & (latinSlots - 1); ; i = (i + 1) & (latinSlots - 1) {
		k := latinTable[i]
		if k == 0 {
			return 0
		}
		if w := &latinWords[k]; w.word == string(b[lo:hi]) {
			return w.term
		}
	}
}

const latinSlots = 8192

// latinTable has the places of words in latinWords by their hash, or the next free slot behind it.
var (
	latinTable [latinSlots]uint16
	latinWords = make([]wideTerm, 1)
)

func addLatin(w string, term uint16) {
	h := hashOf(w)
	latinFirst[h>>6] |= 1 << (h & 63)
	i := int(h) & (latinSlots - 1)
	for latinTable[i] != 0 {
		i = (i + 1) & (latinSlots - 1)
	}
	if len(latinWords) == latinSlots/2 {
		panic("detect: too many words")
	}
	latinTable[i] = uint16(len(latinWords))
	latinWords = append(latinWords, wideTerm{w, term})
}

// letterBefore tells whether the character that ends at i is a letter of Latin, Greek, Cyrillic and the like.
func letterBefore(t []byte, i int) bool {
	c := t[i-1]
	if c < 0x80 {
		return class[c]&isAlpha != 0
	}
	return i >= 2 && (letterOfTwo(t[i-2], c) || semitic(t[i-2], c))
}

// semitic tells whether the bytes are a letter of Hebrew or Arabic, rather than punctuation or a digit.
func semitic(a, b byte) bool {
	return a >= 0xD7 && a <= 0xDB && !(a == 0xD8 && b < 0xA0) && !(a == 0xD9 && b >= 0xA0 && b <= 0xAD)
}

// foldTwo is the lower case of a letter of two bytes, as far as Latin-1 and basic Greek and Cyrillic go.
func foldTwo(a, b byte) (byte, byte) {
	switch {
	case a == 0xC3 && b >= 0x80 && b <= 0x9E:
		return a, b + 0x20
	case a == 0xD0 && b >= 0x90 && b <= 0x9F:
		return a, b + 0x20
	case a == 0xD0 && b >= 0xA0 && b <= 0xAF:
		return 0xD1, b - 0x20
	case a == 0xCE && b >= 0x91 && b <= 0x9F:
		return a, b + 0x20
	case a == 0xCE && b >= 0xA0 && b <= 0xA9:
		return 0xCF, b - 0x20
	}
	return a, b
}

// namedAt tells whether a word that names something ends at p.
func (a *surroundings) namedAt(p int) bool {
	for _, h := range a.hits[:a.n] {
		if h.at == p && terms[h.term].names != (contexts{}) {
			return true
		}
	}
	return false
}

// wideBefore finds the terms of other scripts in text[low:p].
func (s *Scanner) wideBefore(low, p int) {
	a, t := &s.near, s.text
	for i := low; i+3 <= p; i++ {
		if t[i] < 0xE0 || t[i] > 0xEF {
			continue
		}
		r := uint16(t[i])<<12 | uint16(t[i+1]&0x3f)<<6 | uint16(t[i+2]&0x3f)
		if wideFirst[r>>6]>>(r&63)&1 == 0 {
			continue
		}
		for _, x := range wide[r] {
			e := i + len(x.word)
			if e > p || string(t[i:e]) != x.word {
				continue
			}
			if a.n < maxHits {
				a.hits[a.n] = hit{e, x.term}
				a.n++
			} else {
				a.hits[maxHits-1] = hit{e, x.term}
			}
			if terms[x.term].flags&isAgainst != 0 && p-i <= reachNear && e > a.against && !(terms[x.term].flags&isGlue != 0 && a.namedAt(i)) {
				a.against, a.number = e, -1
				if terms[x.term].flags&isNumber != 0 {
					a.number = i
				}
			}
		}
	}
}

// readAfter reads the words that begin behind end, as far as any detector looks.
func (s *Scanner) readAfter(end int) {
	a, t := &s.near, s.text
	if a.end == end {
		return
	}
	a.end, a.afters, a.unit = end, 0, false
	high := min(len(t), end+reachAfter+maxTail)
	s.work += high - end
	first := true
	var buf [maxWord]byte
	for i := end; i < high && a.afters < len(a.after); {
		passed := uint8(0)
		for i < high && behindKind[t[i]] <= behindOther {
			passed |= behindKind[t[i]]
			i++
		}
		first = first && passed == behindBlank
		if i == high {
			return
		}
		switch c := t[i]; behindKind[c] {
		case behindEnd:
			return
		case behindLetter:
			n, from := 0, i
			for i < len(t) && class[t[i]]&isAlpha != 0 {
				if n == len(buf) {
					return
				}
				buf[n] = lower(t[i])
				n++
				i++
			}
			if x := latinTerm(buf[:], 0, n); x != 0 {
				a.follow(from, x, first)
			}
			first = false
		default:
			if i+3 > len(t) {
				return
			}
			r := uint16(c)<<12 | uint16(t[i+1]&0x3f)<<6 | uint16(t[i+2]&0x3f)
			if wideFirst[r>>6]>>(r&63)&1 != 0 {
				for _, x := range wide[r] {
					if e := i + len(x.word); e <= len(t) && string(t[i:e]) == x.word && a.afters < len(a.after) {
						a.follow(i, x.term, first)
					}
				}
			}
			first = first && c == wideLead
			i += 3
		}
	}
}

// follow notes a term that begins at p behind the end.
func (a *surroundings) follow(p int, x uint16, first bool) {
	a.after[a.afters] = hit{p, x}
	a.afters++
	a.unit = a.unit || first && p < a.end+reachAfter && terms[x].flags&isUnit != 0
}

// What a byte behind an end says.
const (
	behindBlank  uint8 = iota // a unit may stand behind it
	behindOther               // no unit stands behind it
	behindEnd                 // nothing behind it belongs to the end
	behindLetter              // a word
	behindWide                // perhaps a word of another script
)

var behindKind = func() (k [256]uint8) {
	for b := range 256 {
		switch {
		case class[b]&isAlpha != 0:
			k[b] = behindLetter
		case b >= 0xE0 && b <= 0xEF:
			k[b] = behindWide
		default:
			k[b] = behindOther
		}
	}
	k[' '], k['('] = behindBlank, behindBlank
	for _, b := range "\n,;\"}" {
		k[b] = behindEnd
	}
	return k
}()

// favours tells whether a word before p names the context, whatever else stands there.
func (s *Scanner) favours(p int, ctx context) bool {
	if s.near.start != p {
		s.near.start, s.near.end = p, -1
		s.readBefore()
	}
	for i := range s.near.hits[:s.near.n] {
		if terms[s.near.hits[i].term].names.has(ctx) {
			return true
		}
	}
	return false
}

// nearest tells whether no word that names something stands nearer to the place than one of the context.
func (s *Scanner) nearest(ctx context) bool {
	own, other := -1, -1
	for _, h := range s.near.hits[:s.near.n] {
		if terms[h.term].names.has(ctx) {
			own = max(own, h.at)
		} else if terms[h.term].names != (contexts{}) {
			other = max(other, h.at)
		}
	}
	return own >= other
}

// lastIndex is bytes.LastIndex for short text.
func lastIndex(b []byte, w string) int {
	for i := len(b) - len(w); i >= 0; i-- {
		if b[i] == w[0] && string(b[i:i+len(w)]) == w {
			return i
		}
	}
	return -1
}
