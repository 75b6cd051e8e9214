package usage

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// BenchmarkDocument is what every exchange with an end hook costs before the hook runs.
func BenchmarkDocument(b *testing.B) {
	r := whole()
	var a document.Arena
	b.ReportAllocs()
	for b.Loop() {
		a.Reset()
		if _, err := r.Document(&a); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	r := whole()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = r.AppendJSON(buf[:0])
	}
}
