package detect

// Coordinates of stations, airports, towns and earthquakes are nobody's place.

var (
	publicThings = words("station stations stop stops stopid platform airport airports iata icao wmo elev elevation altitude population timezone depth mag magnitude epicenter epicentre quake earthquake " +
		"peak summit mount mountain volcano lake river island bay cape buoy observatory telescope museum landmark monument bridge harbour harbor lighthouse waypoint " +
		"bahnhof haltestelle flughafen stadt gare arrêt aéroport estación aeropuerto stazione fermata")
	towns          = words("city cities town towns village capital country countries ville ciudad città stadt") // unless names stand beside them
	personalThings = words("i me my we our us he she his her user users customer driver rider courier device tracker vehicle employee patient member person home house phone email mobile client caller passenger suspect victim live here")
)

const reachPublic = 160

// publicPlace tells whether the heading of the table that p stands in, or else the text before p, speaks of public places and of no person.
func (s *Scanner) publicPlace(p int) bool {
	t := s.text
	lo, hi := max(0, p-reachPublic), p
	for hi < len(t) && hi-p < 48 && t[hi] != '\n' {
		hi++
	}
	if s.columnNames(p) != nil && !(p >= s.insert.start && p < s.insert.end) {
		b := &s.table
		lo, hi = b.starts[0], b.starts[0]
		for hi < len(t) && t[hi] != '\n' && hi-lo < 512 {
			hi++
		}
	}
	s.work += hi - lo
	public, town, name := false, false, false
	for i := lo; i < hi; {
		if class[t[i]]&isAlpha == 0 && t[i] < 0xC3 {
			i++
			continue
		}
		var b [12]byte
		n, from := 0, i
		for i < hi && (class[t[i]]&isAlpha != 0 && (i == from || class[t[i]]&isLower != 0 || class[t[i-1]]&isUpper != 0) || t[i] >= 0x80) {
			if n < len(b) {
				b[n] = lower(t[i])
			}
			n++
			i++
		}
		if n > len(b) || i < len(t) && class[t[i]]&isDigit != 0 {
			continue
		}
		if w := string(b[:n]); personalThings.has(w) {
			return false
		} else {
			public = public || publicThings.has(w)
			town = town || towns.has(w)
			name = name || w == "name"
		}
	}
	return public || town && !name
}

// placeBefore tells whether the word before p says that something is at a place.
func placeBefore(t []byte, p int) bool {
	for _, w := range [...]string{" at ", " near ", " to ", " from ", " at (", "@ ", " bei ", " in "} {
		if p >= len(w) && string(t[p-len(w):p]) == w {
			return true
		}
	}
	return false
}
