package document

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// indexSmallObjects makes objects of any size have an index.
func indexSmallObjects(t testing.TB) {
	before := manyMembers
	manyMembers = 1
	t.Cleanup(func() { manyMembers = before })
}

// walk finds the last member of that name, one after another.
func walk(a *Arena, obj Node, key string) (last Node) {
	for c := a.First(obj); c != 0; c = a.Next(c) {
		if a.KeyIs(c, key) {
			last = c
		}
	}
	return last
}

// TestManyMembers edits objects with hundreds of members, some of the same name, and searches them meanwhile.
func TestManyMembers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	key := func() string { return fmt.Sprintf("name\n%d", random.IntN(400)) }
	for range 20 {
		var a Arena
		text := []byte(`{"name\u000a1":0,"name\n1":1`)
		for i := range 100 {
			text = fmt.Appendf(text, `,%s:%d`, AppendQuoted(nil, key()), i)
		}
		obj, err := a.Parse(append(text, '}'))
		if err != nil {
			t.Fatal(err)
		}
		other := a.Copy(obj)
		for range 500 {
			k := key()
			switch op := random.IntN(12); op {
			case 0:
				if n := a.Get(obj, k); n != 0 {
					err = a.Delete(n)
				}
			case 1:
				if n := a.Get(obj, k); n != 0 {
					err = a.Replace(n, a.NewInt(1))
				}
			case 2:
				if n := a.Get(obj, k); n != 0 {
					err = a.Set(obj, key(), n) // under another name
				}
			case 3:
				obj, other = other, obj
			default:
				err = a.Set(obj, k, a.NewInt(int64(op)))
			}
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				k = key()
				if got, want := a.Get(obj, k), walk(&a, obj, k); got != want {
					t.Fatalf("Get(%q) = %d, want %d", k, got, want)
				}
			}
		}
	}
}

// TestPasses: filling a large object and reading it goes past a few members for each name, not past all.
func TestPasses(t *testing.T) {
	var a Arena
	obj := a.NewObject()
	const members = 10_000
	passed := 0
	for i := range members {
		key := fmt.Sprint(i)
		passed += a.Passes(obj)
		if err := a.Set(obj, key, a.NewInt(int64(i))); err != nil {
			t.Fatal(err)
		}
		passed += a.Passes(obj)
		if got, _ := a.Int(a.Get(obj, key)); got != int64(i) {
			t.Fatalf("member %d is %d", i, got)
		}
	}
	if most := 20 * members; passed > most {
		t.Errorf("passed %d members to set and get %d, want at most %d", passed, members, most)
	}
	if a.Passes(a.NewArray()) != 0 || a.Passes(0) != 0 {
		t.Error("an array and no value have members to pass")
	}
}
