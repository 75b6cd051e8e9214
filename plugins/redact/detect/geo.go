package detect

// GeoCoordinate is a place by latitude and longitude: ISO 6709 in its human forms.
var GeoCoordinate = define(Kind{Name: "geo_coordinate", Family: Personal})

// Pairs of decimals are as often sizes and matrices as places: a word has to name them, or letters of the
// hemispheres. Fewer than four decimals name a town, not an address.
var geoContext struct{ pair, axis context }

func init() {
	const axis = "lat lats lng lon latitude longitude breitengrad längengrad latitud longitud latitudine longitudine 纬度 经度 北纬 南纬 东经 西经 緯度 経度 經度 위도 경도"
	geoContext.axis = named(axis)
	geoContext.pair = named(axis + " nearest closest nearby proche cercana cercano vicino nähe navigate directions coordinates coordinate coords coord gps geo geolocation location located mypositionis positionis currentposition lastposition knownposition myposition latlng latlon lnglat map maps ll pin place standort koordinaten coordenadas ubicación coordonnées coordinate posizione " +
		"坐标 經緯 经纬 位置 定位 地图 导航 座標 位置情報 地図 좌표 위치")
}

const (
	leastDecimals = 4
	reachAxis     = 16 // bytes between the name of an axis and its number
)

// angle is one number of a coordinate.
type angle struct {
	start, end int
	whole      int
	decimals   int
	minutes    bool
	fine       bool // to seconds, or parts of a minute
	side       byte // N S E W, or 0
}

// coordinate handles the digits [p,e) before a decimal point and four digits, or before a degree sign.
func (s *Scanner) coordinate(p, e int) int {
	t := s.text
	if !numberStart(t, p) || !s.types.Has(GeoCoordinate) {
		return e
	}
	a, ok := s.angle(p)
	if !ok {
		return e
	}
	if a.side == 0 {
		a.side = sideBefore(t, &a)
	}
	next := a.end
	for next < len(t) && next < a.end+4 && (t[next] == ' ' || t[next] == ',' || t[next] == ';' || t[next] == '/') {
		next++
	}
	if next+2 < len(t) && t[next] == wideLead && t[next+1] == 0xBC && t[next+2] == 0x8C { // ，
		next += 3
	}
	if next > a.end && next < len(t) {
		q := next
		if t[q] == '-' || t[q] == '+' {
			q++
		} else {
			q = s.sideAhead(q)
		}
		if b, ok := s.angle(q); ok {
			if b.side == 0 {
				b.side = sideBefore(t, &b)
			}
			if placeable(&a, &b) && (a.exact() && b.exact()) {
				if a.side != 0 && b.side != 0 && !s.publicPlace(a.start) {
					s.placed = true
					s.emit(a.start, b.end, GeoCoordinate, rankNamed)
					return b.end
				}
				if (s.sense(a.start, b.end, geoContext.pair) == favour || s.placed && placeBefore(t, a.start)) && !s.publicPlace(a.start) {
					s.placed = true
					s.emit(a.start, b.end, GeoCoordinate, rankNamed)
					return b.end
				}
				return e
			}
		}
	}
	if a.exact() && a.whole <= 180 && (!a.minutes || s.partnered(&a)) && (a.side != 0 && a.fine || s.nearby(a.start, geoContext.axis, reachAxis)) && !s.publicPlace(a.start) {
		s.placed = true
		s.emit(a.start, a.end, GeoCoordinate, rankNamed)
		return a.end
	}
	return e
}

// partnered tells whether the other angle of a place stands near one with minutes: alone it is half a globe's circle, as in a text on geography.
func (s *Scanner) partnered(a *angle) bool {
	t := s.text
	if k := len(s.spans); k > 0 && s.spans[k-1].Type == GeoCoordinate && a.start-s.spans[k-1].End < reachPartner {
		return true
	}
	for i := a.end; i < min(len(t), a.end+reachPartner); i++ {
		s.work++
		if class[t[i]]&isDigit == 0 || class[t[i-1]]&isName != 0 {
			continue
		}
		if b, ok := s.angle(i); ok {
			if b.side == 0 {
				b.side = sideBefore(t, &b)
			}
			return b.exact() && placeable(a, &b)
		}
	}
	return false
}

const reachPartner = 40

// exact tells whether the angle says more than which town it is: whole minutes of arc are two kilometres.
func (a *angle) exact() bool { return a.fine || !a.minutes && a.decimals >= leastDecimals }

// placeable tells whether one of the two can be a latitude and the other a longitude.
func placeable(a, b *angle) bool {
	if a.side != 0 && b.side != 0 && (a.side == 'N' || a.side == 'S') == (b.side == 'N' || b.side == 'S') {
		return false
	}
	return a.whole+b.whole > 0 && (a.whole <= 90 && b.whole <= 180 || a.whole <= 180 && b.whole <= 90) // near 0, 0 are weights and no places
}

// angle reads the number at p: decimals, or degrees with minutes and seconds, and the letter of a hemisphere.
func (s *Scanner) angle(p int) (a angle, ok bool) {
	t := s.text
	i := p
	for i < len(t) && i-p < 4 && class[t[i]]&isDigit != 0 {
		a.whole = a.whole*10 + int(t[i]-'0')
		i++
	}
	if i == p || i-p > 3 || a.whole > 180 {
		return a, false
	}
	a.start = p
	if p > 0 && (t[p-1] == '-' || t[p-1] == '+') && (p == 1 || class[t[p-2]]&isName == 0) {
		a.start--
	}
	i, a.decimals = decimals(t, i)
	if n := mark(t, i, "\xc2\xb0", "\xc2\xba", "度"); n > 0 {
		i = spaces(t, i+n)
		if k := digitsAt(t, i, 2); k > i {
			k, d := decimals(t, k)
			a.fine = d > 0
			if n := mark(t, k, "'", "′", "’", "分", `\'`); n > 0 {
				a.minutes = true
				i = k + n
				if k := digitsAt(t, spaces(t, i), 2); k > spaces(t, i) {
					k, _ = decimals(t, k)
					if n := mark(t, k, `\"`, `"`, "″", "”", "''", "秒"); n > 0 {
						i, a.fine = k+n, true
					}
				}
			}
		}
	} else if a.decimals == 0 {
		return a, false
	}
	a.end = i
	for a.end > p && t[a.end-1] == ' ' {
		a.end--
	}
	if k := spaces(t, i); k < len(t) && oneOf(t[k]&^0x20, "NSEW") && (k+1 == len(t) || class[t[k+1]]&isName == 0) {
		a.side, a.end = t[k]&^0x20, k+1
	} else if i < len(t) && class[t[i]]&isName != 0 {
		return a, false
	}
	s.work += a.end - p
	return a, true
}

// decimals reads a point and digits at i.
func decimals(t []byte, i int) (end, n int) {
	if i+1 >= len(t) || t[i] != '.' || class[t[i+1]]&isDigit == 0 {
		return i, 0
	}
	end = digitsAt(t, i+1, 17)
	return end, end - i - 1
}

// digitsAt is the end of up to n digits at i.
func digitsAt(t []byte, i, n int) int {
	j := i
	for j < len(t) && j-i < n && class[t[j]]&isDigit != 0 {
		j++
	}
	return j
}

// mark is the length of the one of these signs that stands at i, or 0.
//
//go:noinline
func mark(t []byte, i int, signs ...string) int {
	for _, m := range signs {
		// Most differ in the last byte, and to compare strings is a call in the sandbox.
		if n := len(m); i+n <= len(t) && t[i+n-1] == m[n-1] && string(t[i:i+n]) == m {
			return n
		}
	}
	return 0
}

// among is mark of a list that has bars between its signs: it takes less code.
//
//go:noinline
func among(t []byte, p int, list string) int {
	for i := 0; i < len(list); {
		j := i
		for j < len(list) && list[j] != '|' {
			j++
		}
		if e := p + j - i; e <= len(t) && t[p] == list[i] && string(t[p:e]) == list[i:j] {
			return j - i
		}
		i = j + 1
	}
	return 0
}

func spaces(t []byte, i int) int {
	for k := 0; k < 2 && i < len(t) && t[i] == ' '; k++ {
		i++
	}
	return i
}

// sideBefore is the hemisphere that stands before an angle, as in N 40° or 北纬31°, and joins it to a letter's angle.
func sideBefore(t []byte, a *angle) byte {
	p := a.start
	for i, w := range [...]string{"北纬", "南纬", "东经", "西经", "北緯", "南緯", "東經", "西經", "東経", "西経"} {
		if p >= len(w) && string(t[p-len(w):p]) == w {
			return "NSEWNSEWEW"[i]
		}
	}
	if p > 0 && t[p-1] == ' ' {
		p--
	}
	if p > 0 && oneOf(t[p-1], "NSEW") && (p == 1 || class[t[p-2]]&isName == 0) {
		a.start = p - 1
		return t[p-1]
	}
	return 0
}

// sideAhead passes the hemisphere before the angle at i.
func (s *Scanner) sideAhead(i int) int {
	t := s.text
	if n := mark(t, i, "北纬", "南纬", "东经", "西经", "北緯", "南緯", "東經", "西經", "東経", "西経"); n > 0 {
		return i + n
	}
	if i < len(t) && oneOf(t[i], "NSEW") {
		return spaces(t, i+1)
	}
	return i
}
