package dialect

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDescriptorsAreData writes each table as JSON and reads it back: nothing of it is code.
func TestDescriptorsAreData(t *testing.T) {
	for _, d := range All() {
		b, err := json.Marshal(d.Descriptor())
		if err != nil {
			t.Fatal(err)
		}
		var desc Descriptor
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&desc); err != nil {
			t.Fatal(err)
		}
		again, err := Compile(&desc)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d.Descriptor(), again.Descriptor()); diff != "" {
			t.Errorf("%s differs (-built in +read back):\n%s", d.Name, diff)
		}
	}
}
