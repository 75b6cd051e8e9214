package detect

// Payment card number: ISO/IEC 7812. The issuer's prefix decides which lengths exist, the last digit is
// by Luhn, and groups are as printed: fours, 4-6-5 (American Express), 4-6-4 (Diners Club), 6-13 (UnionPay).
// One in ten random numbers passes Luhn, so lengths that article numbers (EAN-13) and 64-bit integers share
// count only when grouped or named as a card, and none counts where the text calls it an order or the like.

// issuers are ranges of the first six digits with the lengths that exist, one bit each.
var issuers = [...]struct {
	first, last int
	lengths     uint32
}{
	{220000, 220499, 1<<16 | 1<<17 | 1<<18 | 1<<19}, // Mir
	{222100, 272099, 1 << 16},                       // Mastercard
	{300000, 305999, 1<<14 | 1<<16},                 // Diners Club
	{309500, 309599, 1<<14 | 1<<16},                 // Diners Club
	{340000, 349999, 1 << 15},                       // American Express
	{352800, 358999, 1<<16 | 1<<19},                 // JCB
	{360000, 369999, 1<<14 | 1<<16},                 // Diners Club
	{370000, 379999, 1 << 15},                       // American Express
	{380000, 399999, 1<<14 | 1<<16},                 // Diners Club
	{400000, 499999, 1<<13 | 1<<16 | 1<<19},         // Visa
	{500000, 509999, 1<<16 | 1<<19},                 // Maestro, Verve, Elo
	{510000, 559999, 1 << 16},                       // Mastercard
	{560000, 589999, 1<<16 | 1<<19},                 // Maestro
	{601100, 601199, 1<<16 | 1<<19},                 // Discover
	{620000, 629999, 1<<16 | 1<<17 | 1<<18 | 1<<19}, // UnionPay
	{630400, 630499, 1<<16 | 1<<19},                 // Maestro
	{637000, 639999, 1 << 16},                       // InstaPayment, Maestro
	{644000, 659999, 1<<16 | 1<<19},                 // Discover, RuPay
	{670000, 679999, 1<<16 | 1<<18 | 1<<19},         // Maestro
	{810000, 817199, 1<<16 | 1<<17 | 1<<18 | 1<<19}, // UnionPay
	{955880, 955889, 1 << 19},                       // ICBC debit cards older than UnionPay
	{979200, 979289, 1 << 16},                       // Troy
}

func matchPaymentCard(s *Scanner, n *number) (start, end int, ok bool) {
	t := s.text
	last := -1
	switch k := n.size(0); {
	case k >= 13:
		last = 0
	case k == 6:
		if n.shape(0, 6, 13) {
			last = 1
		}
	case n.shape(0, 4, 6, 5), n.shape(0, 4, 6, 4):
		last = 2
	case n.shape(0, 4, 4, 4, 4):
		last = 3
		// A fifth group of one to three digits belongs to a number of 17 to 19.
		if n.groups > 4 && n.size(4) < 4 && n.same(0, 4) && n.alone(t, 4) && n.card(4) {
			last = 4
		}
	}
	if last < 0 || !n.card(last) || !n.alone(t, last) {
		return 0, 0, false
	}
	if last == 3 && (inHexRow(t, n.begin[0], n.end[last]) || n.sep[1] == sepDot && n.begin[0] > 0 && t[n.begin[0]-1] == '.') {
		return 0, 0, false
	}
	if last == 0 {
		switch s.sense(n.begin[0], n.end[0], cardinal.card) {
		case against:
			return 0, 0, false
		case neutral:
			// Random integers of 64 bits have 19 digits; only in China are cards of more than 16 common.
			if k := n.size(0); k < 15 || k > 16 && !(n.digits[0] == 6 && n.digits[1] == 2 || n.digits[0] == 9) {
				return 0, 0, false
			}
		}
		if p := n.begin[0]; p >= 2 && t[p-1] == '-' && t[p-2] < 0x80 { // glued to a word, or negative
			return 0, 0, false
		}
	}
	return n.begin[0], n.end[last], true
}

// inHexRow tells whether four or five hexadecimal digits with a letter, and a blank, stand before or behind the groups [p,e): a row of a dump.
func inHexRow(t []byte, p, e int) bool {
	if p > 4 && t[p-1] == ' ' {
		i := p - 1
		for i > 0 && p-i < 8 && class[t[i-1]]&isName != 0 {
			i--
		}
		if hexGroup(t[i : p-1]) {
			return true
		}
	}
	if e+4 < len(t) && t[e] == ' ' {
		i := e + 1
		for i < len(t) && i-e < 8 && class[t[i]]&isName != 0 {
			i++
		}
		return hexGroup(t[e+1 : i])
	}
	return false
}

// hexGroup tells whether v is four or five hexadecimal digits, of which one at least is a letter and one is none.
func hexGroup(v []byte) bool {
	letters, digits := 0, 0
	for _, c := range v {
		if class[c]&isHex == 0 {
			return false
		}
		if class[c]&isDigit != 0 {
			digits++
		} else {
			letters++
		}
	}
	return len(v) > 3 && len(v) < 6 && letters > 0 && digits > 0
}

// card tells whether the digits of groups 0 to last are those of an issuer and pass Luhn.
func (n *number) card(last int) bool {
	if sep := n.sep[1]; last > 0 && (sep == sepOpen || sep == sepClose) {
		return false
	}
	d := n.digits[:n.count[last+1]]
	if len(d) < 13 || len(d) > 19 {
		return false
	}
	iin := 0
	for _, v := range d[:6] {
		iin = iin*10 + int(v)
	}
	for i := range issuers {
		if r := &issuers[i]; iin <= r.last {
			return iin >= r.first && r.lengths>>len(d)&1 != 0 && luhn(d)
		}
	}
	return false
}

// luhn is ISO/IEC 7812-1 annex B.
func luhn(d []uint8) bool {
	sum := 0
	for i, v := range d {
		x := int(v)
		if (len(d)-i)%2 == 0 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0
}
