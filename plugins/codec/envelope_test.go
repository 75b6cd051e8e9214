package codec

import (
	"encoding/base64"
	"testing"
)

func TestEnvelope(t *testing.T) {
	sealed := Seal(SealedGoogle, "CiQB+/=")
	tests := []struct {
		name, kind, text, want string
		ok                     bool
	}{
		{"opened", SealedGoogle, sealed, "CiQB+/=", true},
		{"of another kind", SealedAnthropic, sealed, "", false},
		{"a kind that begins alike", "goog", sealed, "", false},
		{"a provider's own value", SealedGoogle, "CiQB", "", false},
		{"empty value", SealedHub, Seal(SealedHub, ""), "", true},
		{"cut off", SealedHub, "longmen.v1.hub", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := Open(test.kind, test.text); got != test.want || ok != test.ok {
				t.Errorf("Open(%q, %q) = %q, %v, want %q, %v", test.kind, test.text, got, ok, test.want, test.ok)
			}
		})
	}
}

func TestBase64(t *testing.T) {
	text := "any text \x00\xff of several lengths"
	for i := range len(text) {
		encoded := string(AppendBase64(nil, []byte(text[:i])))
		if want := base64.StdEncoding.EncodeToString([]byte(text[:i])); encoded != want {
			t.Fatalf("AppendBase64(%q) = %s, want %s", text[:i], encoded, want)
		}
		for _, spelling := range []string{encoded, base64.RawStdEncoding.EncodeToString([]byte(text[:i])), base64.URLEncoding.EncodeToString([]byte(text[:i]))} {
			if got, ok := DecodeBase64(nil, []byte(spelling)); string(got) != text[:i] || !ok {
				t.Errorf("DecodeBase64(%s) = %q, %v, want %q", spelling, got, ok, text[:i])
			}
		}
	}
	for _, bad := range []string{"A", "AAAAA", "A*==", "AB==C", "AAA=====", "AB"} {
		if got, ok := DecodeBase64(nil, []byte(bad)); ok {
			t.Errorf("DecodeBase64(%q) = %q, want a refusal", bad, got)
		}
	}
}
