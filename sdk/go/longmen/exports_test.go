package longmen

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The directives of the wasm build cannot name constants. Here they are held against the exports of
// ABI.md, which sdk/abi's test holds against the constants.
func TestExports(t *testing.T) {
	manual, err := os.ReadFile("../../abi/ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("exports_wasip1.go")
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^### (longmen_v1_\w+)$`).FindAllStringSubmatch(string(manual), -1) {
		want[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^//go:wasmexport (\w+)$`).FindAllStringSubmatch(string(source), -1) {
		if !want[m[1]] {
			t.Errorf("%s is exported but not in the manual", m[1])
		}
		delete(want, m[1])
	}
	for name := range want {
		t.Errorf("%s is not exported", name)
	}
}

// example reads the bytes of a picture: lines of an offset, pairs of hex digits, and a comment that
// stands three or more spaces behind them.
func example(t *testing.T, title string) []byte {
	t.Helper()
	manual, err := os.ReadFile("../../abi/ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(manual), "\n    "+title+"\n")
	if !ok {
		t.Fatalf("ABI.md has no picture %q", title)
	}
	line := regexp.MustCompile(`^    +(\d+)  ((?:[0-9a-f]{2} {1,2})*[0-9a-f]{2})(?:   |$)`)
	var b []byte
	for l := range strings.Lines(rest) {
		m := line.FindStringSubmatch(strings.TrimRight(l, "\n"))
		if m == nil {
			break
		}
		if at := len(b); m[1] != itoa(at) {
			t.Fatalf("%s: a line says offset %s, the bytes before it end at %d", title, m[1], at)
		}
		for _, digits := range strings.Fields(m[2]) {
			b = append(b, unhex(digits[0])<<4|unhex(digits[1]))
		}
	}
	return b
}

func unhex(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// The numbered example of ABI.md is what the SDK reads and writes.
func TestTextExample(t *testing.T) {
	var text Text
	call := example(t, "call 41 bytes")
	if len(call) != 41 {
		t.Fatalf("the picture of the call has %d bytes", len(call))
	}
	text.decode(call)
	if len(text.Segments) != 1 || text.Phase != PhaseAnswer {
		t.Fatalf("got phase %d and %d segments", text.Phase, len(text.Segments))
	}
	s := text.Segments[0]
	if s.Role != RoleAssistant || s.Kind != TextPlain || s.Channel != 7 || s.Final || !s.Streamed || s.Path != "" || string(s.Text) != "a loud lo" {
		t.Errorf("got segment %+v", s)
	}
	text.Replace(0, 2, 4, "LOUD")
	text.Hold(0, 2)
	if got, want := string(text.encode()), string(example(t, "reply 40 bytes")); got != want {
		t.Errorf("got  % x\nwant % x", got, want)
	}
}
