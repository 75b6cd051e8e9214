package pool

import (
	"hash/fnv"
	"math"
)

// Draw numbers what is drawn among: an ID is the same number in every gateway, so that all stick to the same one.
func Draw(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return mix(h.Sum64())
}

// Lot is the lot that the one of a number from Draw draws for an affinity, always the same one. Of several the least wins, each as
// often as its weight says.
func Lot(affinity, drawn uint64, weight float64) float64 {
	return -math.Log(chance(affinity, drawn)) / weight
}

// chance is a number between 0 and 1, both excluded, as if by chance.
func chance(affinity, drawn uint64) float64 {
	return (float64(mix(affinity^drawn)>>11) + 0.5) / (1 << 53)
}

// mix makes every bit depend on every other, as the end of MurmurHash3 does.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
