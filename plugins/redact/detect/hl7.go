package detect

// HL7 version 2 gives each datum of a patient its place in a line: in the segment PID the date of birth is field 7, the address field 11 and
// the social security number field 19.
func init() {
	on("pid", func(s *Scanner, start, end int) int {
		t := s.text
		if end >= len(t) || t[end] != '|' || start > 0 && t[start-1] != '\n' && t[start-1] != '\r' && t[start-1] != 'r' && t[start-1] != 'n' {
			return 0
		}
		const most = 1024
		lo := end + 1
		for field := 1; field < 20 && lo < len(t) && lo-end < most; field++ {
			hi := lo
			for hi < len(t) && hi-lo < most && t[hi] != '|' && t[hi] != '\n' && t[hi] != '\r' && t[hi] != '\\' {
				hi++
			}
			switch v := t[lo:hi]; {
			case field == 7 && len(v) >= 8 && digitsIn(v[:8]) == 8 && birthYear(number2(v, 0)*100+number2(v, 2), number2(v, 4), number2(v, 6)):
				s.emit(lo, hi, DateOfBirth, rankNamed)
			case field == 11 && digitsIn(v) > 2 && Index(v, '^', 0) > 0:
				s.emit(lo, hi, Address, rankNamed)
			case field == 19 && len(v) == 9 && digitsIn(v) == 9 && validSSN(v):
				s.emit(lo, hi, USSSN, rankNamed)
			}
			s.work += hi - lo
			if hi >= len(t) || t[hi] != '|' {
				break
			}
			lo = hi + 1
		}
		return 0
	})
}
