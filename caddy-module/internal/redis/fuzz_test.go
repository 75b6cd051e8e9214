package redis

import "testing"

// FuzzUnseal reads values as a server might give them: what was not sealed for its name is refused, and nothing panics.
func FuzzUnseal(f *testing.F) {
	s, err := newSealer(firstSecret)
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := s.seal("name", []byte("value"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:headLen])
	f.Add([]byte{sealVersion})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stored []byte) {
		value, err := unseal([]*sealer{s}, "name", stored)
		// The fuzzer's processes each seal the seed for themselves.
		if err == nil && string(value) != "value" || err != nil && (err != errSealed || value != nil) {
			t.Errorf("%x: %q, %v", stored, value, err)
		}
	})
}
