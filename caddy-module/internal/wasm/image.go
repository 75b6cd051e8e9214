package wasm

import "github.com/longmen-gateway/longmen/caddy-module/internal/fuel"

// image is what the memory of a module's instances begins with. Where the system can map it, all instances share the pages that
// they do not write to, and those that nobody looks at take no memory: of a Go guest, nearly all of 2 MiB of tables for stack traces.
type image struct {
	end    uint64
	data   []fuel.Data // where the system cannot; shares its bytes with nothing
	mapped mapping
}

// newImage keeps data, nil if there are none.
func newImage(data []fuel.Data) *image {
	if len(data) == 0 {
		return nil
	}
	last := &data[len(data)-1] // they are in the order of their places
	i := &image{end: last.At + uint64(len(last.Bytes))}
	if m, ok := newMapping(i.end, func(b []byte) { lay(data, b) }); ok {
		i.mapped = m
		return i
	}
	for _, d := range data {
		i.data = append(i.data, fuel.Data{At: d.At, Bytes: append([]byte{}, d.Bytes...)})
	}
	return i
}

// lay copies data to their places.
func lay(data []fuel.Data, b []byte) {
	for _, d := range data {
		copy(b[d.At:], d.Bytes)
	}
}

// begin makes the zeroed memory b, which begins with a page, begin with the image. A memory that ends before it is none that an
// instance takes, and stays as it is. It is false if the system refuses.
func (i *image) begin(b []byte) bool {
	switch {
	case i == nil || i.end > uint64(len(b)):
		return true
	case i.data == nil:
		return i.mapped.place(b)
	}
	lay(i.data, b)
	return true
}

// close lets go of the image. Memories that begin with it stay as they are.
func (i *image) close() {
	if i != nil {
		i.mapped.close()
	}
}
