package longmen

import "testing"

func TestAppendHex(t *testing.T) {
	if got := string(AppendHex([]byte("a:"), []byte{0, 0x0f, 0xf0, 0xab})); got != "a:000ff0ab" {
		t.Errorf("got %s", got)
	}
}
