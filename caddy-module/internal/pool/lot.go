package pool

import "math"

// Draw numbers what is drawn among: ID is the same in every gateway.
func Draw(id string) uint64 { return hash(id) }

// Lot is the lot that the one of a number from Draw draws for an affinity, always the same one. Of several the least wins, each as
// often as its weight says.
func Lot(affinity, drawn uint64, weight float64) float64 {
	return -math.Log(chance(affinity, drawn)) / weight
}

// chance is a number between 0 and 1, both excluded, as if by chance.
func chance(affinity, drawn uint64) float64 {
	return (float64(mix(affinity^drawn)>>11) + 0.5) / (1 << 53)
}
