package document

import "testing"

// TestBorrow: a borrowed arena is empty, whatever was in it before.
func TestBorrow(t *testing.T) {
	a := Borrow()
	root, err := a.Parse([]byte(`{"secret":"value"}`))
	if err != nil || a.Len(root) != 1 {
		t.Fatal(a.Len(root), err)
	}
	Return(a)
	b := Borrow()
	defer Return(b)
	if root, err := b.Parse([]byte(`[]`)); err != nil || b.Len(root) != 0 {
		t.Errorf("length %d, %v", b.Len(root), err)
	}
}
