package wasm

import (
	"bytes"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fuel"
)

// TestImage: memories begin with the same bytes and share no writes, mapped or copied.
func TestImage(t *testing.T) {
	data := []fuel.Data{{At: 5, Bytes: []byte("begin")}, {At: 9000, Bytes: []byte(strings.Repeat("x", 10_000))}}
	want := make([]byte, 2*pageSize)
	lay(data, want)
	images := map[string]*image{"as the system has it": newImage(data), "copied": {end: 19_000, data: data}}
	for name, i := range images {
		t.Run(name, func(t *testing.T) {
			memory := func() []byte {
				b := reserve(2 * pageSize)
				t.Cleanup(func() { release(b) })
				if !i.begin(b) {
					t.Fatal("the system refuses")
				}
				return b
			}
			first, second := memory(), memory()
			for k := range first {
				first[k]++
			}
			if !bytes.Equal(second, want) || !bytes.Equal(memory(), want) {
				t.Error("a memory begins with other bytes, or with what another one wrote")
			}
			short := reserve(4096)
			defer release(short)
			if !i.begin(short) || !bytes.Equal(short, make([]byte, 4096)) {
				t.Error("a memory that ends before the image does not stay as it is")
			}
			i.close()
			if !bytes.Equal(second, want) {
				t.Error("a memory changed when the image was let go")
			}
		})
	}
	var none *image
	if b := make([]byte, 10); newImage(nil) != nil || !none.begin(b) {
		t.Error("no data make an image")
	}
	none.close()
}
