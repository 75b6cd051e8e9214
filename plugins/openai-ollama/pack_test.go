package openaiollama

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestReadFloat reads what a server writes for a float32, in the forms that encoders choose.
func TestReadFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	check := func(text string) {
		t.Helper()
		want, err := strconv.ParseFloat(text, 64)
		got, n := readFloat([]byte(text + ","))
		if n != len(text) || err == nil && float32(got) != float32(want) {
			t.Errorf("readFloat(%s) = %v, %d, want %v, %d", text, got, n, want, len(text))
		}
	}
	for range 100_000 {
		f := math.Float32frombits(r.Uint32())
		if f != f || math.IsInf(float64(f), 0) {
			continue
		}
		check(strconv.FormatFloat(float64(f), 'g', -1, 32))
		check(strconv.FormatFloat(float64(r.Float32()*2-1), 'f', -1, 32))
		check(strconv.FormatFloat(r.NormFloat64(), 'g', -1, 64))
	}
	for _, text := range []string{"0", "-0", "1", "-1.5", "0.000000000000000000000000001", "123456789012345678901234567890", "1e-45", "1e-400", "1E+2", "3.4028235e38", "0e999999999999"} {
		check(text)
	}
	for _, bad := range []string{"x", "-", `"1"`, "[1]", "null", "{}"} {
		if f, n := readFloat([]byte(bad)); n != 0 {
			t.Errorf("readFloat(%s) = %v, %d, want none", bad, f, n)
		}
	}
}
