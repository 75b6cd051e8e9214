package longmen

import "testing"

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]Duration{
		"90s": 90_000, "1m": 60_000, "1h": 3_600_000, "2d": 172_800_000, "h": 0, "": 0, "0s": 0, "1x": 0, "-1s": 0, "1.5h": 0, "9999999999s": 0,
	} {
		if got, ok := ParseDuration(in); ok && got != want || ok != (want > 0) {
			t.Errorf("%q: got %d, %v, want %d", in, got, ok, want)
		}
	}
}
