package pool

import "math"

// faded is when what a provider said of its limits counts no more, in seconds: they are mostly of a minute.
const faded = 60

// say notes the share of its limits that the provider says is used.
func (s *state) say(used float64, now int64) {
	s.said.Store(uint64(math.Float32bits(float32(used)))<<32 | uint64(uint32(now/second)))
}

// spent is the share of its limits that is used, as far as is known; above 1 when more was taken than was to be. What the provider said
// counts less with every second. now is in Unix seconds: who looks at many members divides once.
func (m *member) spent(now int64) float64 {
	used := 0.0
	if said := m.said.Load(); said != 0 {
		if age := max(int32(uint32(now)-uint32(said)), 0); age < faded {
			used = float64(math.Float32frombits(uint32(said>>32))) * (1.0 / faded) * float64(faded-age)
		}
	}
	if m.RPM > 0 {
		if u := float64(m.requests.used(now)) * m.perRequest; u > used {
			used = u
		}
	}
	if m.TPM > 0 {
		if u := float64(m.tokens.used(now)) * m.perToken; u > used {
			used = u
		}
	}
	return used
}
