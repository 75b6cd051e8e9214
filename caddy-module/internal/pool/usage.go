package pool

import (
	"math"
	"time"
)

// stale is when what a provider said of its limits counts no more: they are mostly of a minute.
const stale = int64(time.Minute)

// say notes the share of its limits that the provider says is used.
func (s *state) say(used float64, now int64) {
	s.said.Store(uint64(math.Float32bits(float32(used)))<<32 | uint64(uint32(now/second)))
}

// left is the share of its limits that is left, as far as is known. What the provider said counts less with every second.
func (m *member) left(now int64) float64 {
	used := 0.0
	if said := m.said.Load(); said != 0 {
		age := int64(uint32(now/second)-uint32(said)) * second
		used = float64(math.Float32frombits(uint32(said>>32))) * float64(max(stale-age, 0)) / float64(stale)
	}
	if m.RPM > 0 {
		used = max(used, float64(m.requests.used(now))/float64(m.RPM))
	}
	if m.TPM > 0 {
		used = max(used, float64(m.tokens.used(now))/float64(m.TPM))
	}
	return max(1-used, 0)
}
