// Command guest is the Go guest that the tests of package fuel rewrite and run: a reactor whose
// exports do the work that plugins do.
package main

import (
	"encoding/json"
	"regexp"
	"strings"
)

func main() {}

var (
	text   = []byte(strings.Repeat("the quick brown fox jumps over the lazy dog, 4111 1111 1111 1111 and a@b.example; ", 800))[:64<<10]
	chat   = `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("lorem ipsum dolor ", 200) + `"}],"temperature":0.5,"n":[1,2,3.5e3,null,true]}`
	mail   = regexp.MustCompile(`[a-z0-9._]+@[a-z0-9.]+\.[a-z]{2,}`)
	haymow = strings.Repeat("nothing to see here, but some.one@example.org is; ", 82)
)

// scan counts digits in 64 KiB, byte by byte.
//
//go:wasmexport scan
func scan() int64 {
	n := int64(0)
	for _, c := range text {
		if c >= '0' && c <= '9' {
			n++
		} else if c == '@' {
			n += 1000
		}
	}
	return n
}

// parse decodes a chat request of 4 KB and encodes it again.
//
//go:wasmexport parse
func parse() int64 {
	var v map[string]any
	if err := json.Unmarshal([]byte(chat), &v); err != nil {
		return -1
	}
	b, err := json.Marshal(v)
	if err != nil {
		return -2
	}
	return hash(b)
}

// match finds addresses in 4 KB.
//
//go:wasmexport match
func match() int64 {
	n := int64(0)
	for _, at := range mail.FindAllStringIndex(haymow, -1) {
		n = n*31 + int64(at[0]) + int64(at[1])
	}
	return n
}

// grow allocates, so that memory grows and the garbage collector runs.
//
//go:wasmexport grow
func grow() int64 {
	n := int64(0)
	for i := range 64 {
		b := make([]byte, 64<<10)
		copy(b[i:], text)
		n += hash(b[:4096])
	}
	return n
}

// maps ranges over a map and sorts nothing: growth, hashing, closures and interface calls.
//
//go:wasmexport maps
func maps() int64 {
	m := map[string]func(int) int{}
	for i := range 300 {
		m[strings.Repeat("k", i%17)+string(rune('a'+i%26))] = func(x int) int { return x*i + 1 }
	}
	n := int64(0)
	for k, f := range m {
		n += int64(len(k) * f(3))
	}
	return n
}

// panics traps.
//
//go:wasmexport panics
func panics() int64 {
	var a []int
	return int64(a[len(text)])
}

// recovers unwinds the stack of Go.
//
//go:wasmexport recovers
func recovers() (n int64) {
	defer func() {
		if recover() != nil {
			n += 42
		}
	}()
	return panics()
}

func hash(b []byte) int64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return int64(h)
}
