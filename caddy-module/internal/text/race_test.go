//go:build race

package text

// How much the chop tests cut under the race detector, which makes them twenty times slower. The code
// under test has no goroutines; full cuts run without it.
const (
	cutEvery   = 7
	cutsRounds = 40
)
