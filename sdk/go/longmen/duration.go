package longmen

// ParseDuration reads a whole number and a unit: 90s, 10m, 1h or 30d. It is false for anything else, for zero and for
// more than nine digits.
func ParseDuration(s string) (Duration, bool) {
	if len(s) < 2 || len(s) > 10 {
		return 0, false
	}
	var n Duration
	for _, c := range []byte(s[:len(s)-1]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + Duration(c-'0')
	}
	switch s[len(s)-1] {
	case 's':
		n *= Second
	case 'm':
		n *= Minute
	case 'h':
		n *= Hour
	case 'd':
		n *= 24 * Hour
	default:
		return 0, false
	}
	return n, n > 0
}
