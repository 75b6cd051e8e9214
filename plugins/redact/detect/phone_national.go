package detect

// National forms of telephone numbers, in which no country code says what they are (ITU-T E.123 and the habits of
// countries). The grouping of a country with a trunk zero is enough; any other number needs a word that names a phone.

// grouping is a way in which national numbers are written.
type grouping struct {
	sizes  string // of the groups
	second string // digits that may follow the trunk prefix
	dash   bool   // only with hyphens
}

// Trunk zero first; the countries are examples.
var groupings = [...]grouping{
	{"22222", "123456789", false}, // France
	{"4222", "1234579", false},    // Belgium
	{"4322", "2345", false},       // Turkey
	{"3322", "1234567", false},    // Switzerland, Sweden
	{"344", "123456789", false},   // Korea, Japan, United Kingdom
	{"334", "123456789", false},   // Korea, South Africa, Thailand, Israel, the Emirates
	{"244", "23456789", false},    // Seoul, Tokyo, Australia, the Netherlands
	{"234", "23", true},           // Seoul
	{"424", "123456789", true},    // Japan
	{"433", "234789", false},      // Australia, Taiwan, Vietnam
	{"434", "123789", false},      // United Kingdom, the Philippines, Nigeria
	{"444", "8", false},           // Indonesia
	{"443", "18", true},           // Germany, Indonesia
	{"56", "17", false},           // United Kingdom
	{"533", "17", false},          // United Kingdom
	{"28", "6", false},            // the Netherlands
	{"47", "1", false},            // Germany, mobile
	{"48", "1", false},            // Germany, mobile
}

func init() {
	subscriber = named(phoneNouns)
	numberRules = append(numberRules, numberRule{Phone, 1<<18 - 2, 0, rankLikely, &cardinal.phone, matchNational})
}

// subscriber is the context of numbers that are short and bare.
var subscriber context

func matchNational(s *Scanner, n *number) (start, end int, ok bool) {
	if n.sep[0] == sepDash || n.sep[0] == sepDot || n.more || n.cut || n.groups == 4 && n.sep[1] == sepDot && n.digits[0] != 0 { // an address of a machine
		return 0, 0, false
	}
	t := s.text
	d := n.digits[:n.count[n.groups]]
	start, end = n.begin[0], n.end[n.groups-1]
	last := n.groups - 1
	if n.size(0) == 4 && d[0] == 0 && d[1] == 8 && d[2] == 0 && (d[3] == 0 || d[3] == 8) && last > 0 {
		return 0, 0, false // a hotline that is free of charge
	}
	if len(d) > 8 && d[0] == 0 && d[1] == 0 {
		return n.exitCode(s, d)
	}
	if len(d) < 7 || len(d) > 12 || len(d) == 10 && (tollFree(d) || (d[0] == 4 || d[0] == 8) && d[1] == 0 && d[2] == 0) || n.shapeOf("324") && n.sep[1] == sepDash || !phoneEnd(t, end) || counted(d) || n.inDump(t, last) {
		return 0, 0, false
	}
	if last > 0 && n.paren >= 0 && n.sep[1] == sepClose { // (02) 9876 5432
		start = n.paren
	}
	if last > 0 && d[0] == 0 && n.grouped() {
		v := s.sense(start, end, cardinal.phone)
		return start, end, v == favour || v == neutral && n.sep[0] != sepSpace && !drawn(n)
	}
	if start == n.paren && n.shapeOf("244") && n.sep[2] == sepDash && d[0] != 0 && d[1] != 0 && d[2] >= 2 && d[2] <= 5 { // (11) 3123-4567
		return start, end, s.sense(start, end, cardinal.phone) != against
	}
	// São Paulo's (11) 91234-5678; Russia's 8 912 345-67-89.
	if start == n.paren && n.shapeOf("254") && d[2] == 9 || n.shapeOf("13322") && (d[0] == 8 || d[0] == 7) && d[1] >= 3 {
		return start, end, s.sense(start, end, cardinal.phone) != against
	}
	// Named by a word.
	switch {
	case last == 0:
		if !(d[0] == 0 && d[1] != 0 && len(d) >= 9 && len(d) <= 12 || d[0] >= 2 && len(d) >= 8 && len(d) <= 10 || len(d) == 11 && (d[0] == 8 && d[1] == 9 || d[0] != 0 && d[1] != 0 && d[2] == 9) || s.dialledAbroad(d)) || start > 0 && t[start-1] == '-' {
			return 0, 0, false
		}
		if len(d) < 10 && d[0] != 0 { // calls are of functions, too
			return start, end, s.sense(start, end, subscriber) == favour
		}
	case len(d) == 7 && (!n.shapeOf("34") || n.sep[1] != sepDash || start > 1 && t[start-1] == ' ' && t[start-2] == ')'), d[0] == 1 && !n.shapeOf("244") && !n.shapeOf("254"):
		return 0, 0, false
	default:
		for i := range n.groups {
			if n.size(i) == 1 && i > 0 {
				return 0, 0, false
			}
		}
		if n.shapeOf("3333") {
			return 0, 0, false
		}
		if n.shapeOf("44") && d[0] <= 2 && d[4] <= 2 && n.sep[1] == sepDash || n.size(0) == 4 && n.size(1) == 2 && n.sep[1] == sepDash { // years, a date
			return 0, 0, false
		}
	}
	v := s.sense(start, end, cardinal.phone)
	return start, end, v == favour || v == neutral && (s.listed(start, len(d)) || d[0] == 0 && d[1] != 0 && len(d) > 8 && s.favours(start, cardinal.trunk) || last == 0 && s.nativeMobile(start, end, d))
}

// dialledAbroad tells whether the digits are a number with its country code, of which the plus sign is left out.
func (s *Scanner) dialledAbroad(d []uint8) bool {
	code, least, most := callingCode(d)
	k := len(d) - code
	return code > 0 && len(d) > 10 && k >= least && k <= most && d[0] > 1
}

// drawn tells whether the groups are rising pairs up to 60: the numbers of a lottery.
func drawn(n *number) bool {
	if !n.shapeOf("22222") {
		return false
	}
	last := 0
	for i := range n.groups {
		x := value(n.digits[n.count[i]:n.count[i+1]])
		if x <= last || x > 60 {
			return false
		}
		last = x
	}
	return true
}

// listed tells whether the number of so many digits at start goes on a list: another phone of about that size stands shortly before it.
func (s *Scanner) listed(start, digits int) bool {
	for k := len(s.spans); k > 0 && start-s.spans[k-1].End <= reachList; k-- {
		before := &s.spans[k-1]
		if before.Type == Email {
			continue
		}
		if before.Type != Phone {
			return false
		}
		n := digitsIn(s.text[before.Start:before.End])
		return (before.rank >= rankNamed || n < before.End-before.Start) && // not bare and unnamed itself
			n >= digits-2 && n <= digits+3
	}
	return false
}

const reachList = 64

// exitCode reads a number that is dialled with 00 before the country code: 0044 20 7946 0958.
func (n *number) exitCode(s *Scanner, d []uint8) (start, end int, ok bool) {
	start, end = n.begin[0], n.end[n.groups-1]
	code, least, most := callingCode(d[2:])
	if k := len(d) - 2 - code; code == 0 || k < least || k > most || d[2] == 0 || k > 0 && d[2+code] == 0 && code > 0 && !(d[2] == 3 && d[3] == 9) || !phoneEnd(s.text, end) || n.size(0) == 2 && n.size(1) > 3 {
		return 0, 0, false
	}
	v := s.sense(start, end, cardinal.phone)
	split := n.size(0) == 2+code || n.size(0) == 2 && n.size(1) == code && n.size(2) != 2 // elsewhere than behind the code: a row of hexadecimal
	return start, end, v == favour || v == neutral && n.groups > 2 && split
}

// counted tells whether the digits are those of a sample or a size in bytes: all the same, one after the other, 01 02 03, a power of two.
func counted(d []uint8) bool {
	if n := len(d); n > 7 && d[0] != 0 && value(d[n-6:]) == 0 {
		return true // millions
	}
	same, up, pairs, value := true, true, true, uint64(0)
	for i, x := range d {
		same = same && (i == 0 || x == d[1])
		up = up && (i == 0 || x == (d[i-1]+1)%10)
		pairs = pairs && (i%2 == 0 && x == 0 || i%2 == 1 && int(x) == (i+1)/2)
		value = value*10 + uint64(x)
	}
	return same || up && len(d) > 8 || pairs || value&(value-1) == 0 || value&(value+1) == 0
}

// inDump tells whether a pair of hexadecimal digits stands before or behind a row of pairs.
func (n *number) inDump(t []byte, last int) bool {
	p, e := n.begin[0], n.end[last]
	if last < 3 || n.size(1) != 2 {
		return false
	}
	return p >= 3 && t[p-1] == ' ' && class[t[p-2]]&class[t[p-3]]&isHex != 0 && (p == 3 || class[t[p-4]]&isAlnum == 0) ||
		e+2 < len(t) && t[e] == ' ' && class[t[e+1]]&class[t[e+2]]&isHex != 0 && (e+3 == len(t) || class[t[e+3]]&isAlnum == 0)
}

// shapeOf tells whether the groups have these sizes.
func (n *number) shapeOf(sizes string) bool {
	if n.groups != len(sizes) {
		return false
	}
	for i := range len(sizes) {
		if n.size(i) != int(sizes[i]-'0') {
			return false
		}
	}
	return true
}

// grouped tells whether a number with a trunk zero is written as somewhere in the world.
func (n *number) grouped() bool {
	for i := range groupings {
		g := &groupings[i]
		if !n.shapeOf(g.sizes) || !oneOf('0'+n.digits[1], g.second) {
			continue
		}
		dash := true
		for k := 1; k < n.groups; k++ {
			dash = dash && (n.sep[k] == sepDash || n.sep[k] == sepClose && k == 1)
			if n.sep[k] == sepOpen || n.sep[k] == sepClose && (k > 1 || n.paren < 0) {
				return false
			}
		}
		return dash || !g.dash
	}
	return false
}
