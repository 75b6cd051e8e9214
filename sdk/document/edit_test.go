package document

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// value is the plain model that the arena is compared with.
type value struct {
	kind   abi.Kind
	scalar string // decoded text of a string, JSON of the others
	key    string
	list   []*value
	up     *value
	same   *value // given to Replace: another name of this one
}

func (v *value) ref() *value {
	for v.same != nil {
		v = v.same
	}
	return v
}

func (v *value) within(w *value) bool {
	for ; v != nil; v = v.up {
		if v == w {
			return true
		}
	}
	return false
}

func (v *value) index() int {
	for i, c := range v.up.list {
		if c == v {
			return i
		}
	}
	return -1
}

func (v *value) remove() {
	if v.up != nil {
		i := v.index()
		v.up.list = append(v.up.list[:i:i], v.up.list[i+1:]...)
		v.up, v.key = nil, ""
	}
}

func (v *value) copy() *value {
	twin := &value{kind: v.kind, scalar: v.scalar}
	for _, c := range v.list {
		t := c.copy()
		t.up, t.key = twin, c.key
		twin.list = append(twin.list, t)
	}
	return twin
}

func (v *value) set(key string, w *value) error {
	if v.kind != abi.KindObject {
		return ErrKind
	}
	if v.within(w) {
		return ErrCycle
	}
	var old *value
	for i := len(v.list) - 1; i >= 0; i-- {
		c := v.list[i]
		switch {
		case c.key != key:
		case old == nil:
			old = c
		default:
			c.remove()
		}
	}
	switch {
	case old == w:
	case old == nil:
		w.remove()
		w.up, w.key = v, key
		v.list = append(v.list, w)
	default:
		w.remove()
		w.up, w.key = v, key
		v.list[old.index()] = w
		old.up, old.key = nil, ""
	}
	return nil
}

func (v *value) append(w *value) error {
	if v.kind != abi.KindArray {
		return ErrKind
	}
	if v.within(w) {
		return ErrCycle
	}
	w.remove()
	w.up = v
	v.list = append(v.list, w)
	return nil
}

func (v *value) clear() {
	for _, c := range v.list {
		c.up, c.key = nil, ""
	}
	v.list = nil
}

func (v *value) replace(w *value) error {
	if v == w {
		return nil
	}
	if v.within(w) {
		return ErrCycle
	}
	w.remove()
	v.clear()
	v.kind, v.scalar, v.list = w.kind, w.scalar, w.list
	for _, c := range v.list {
		c.up = v
	}
	*w = value{same: v}
	return nil
}

func modelOf(a *Arena, n Node) *value {
	v := &value{kind: a.Kind(n), key: string(a.Key(n))}
	switch v.kind {
	case abi.KindString:
		v.scalar = a.String(n)
	case abi.KindArray, abi.KindObject:
		for c := a.First(n); c != 0; c = a.Next(c) {
			w := modelOf(a, c)
			w.up = v
			v.list = append(v.list, w)
		}
	default:
		v.scalar = string(a.AppendJSON(nil, n))
	}
	return v
}

func (v *value) diff(w *value) string {
	if v.kind != w.kind || v.scalar != w.scalar || v.key != w.key || len(v.list) != len(w.list) {
		return fmt.Sprintf("kind %d %q key %q with %d children, want kind %d %q key %q with %d",
			v.kind, v.scalar, v.key, len(v.list), w.kind, w.scalar, w.key, len(w.list))
	}
	for i := range v.list {
		if d := v.list[i].diff(w.list[i]); d != "" {
			return fmt.Sprintf("/%d: %s", i, d)
		}
	}
	return ""
}

// program runs random edits on arenas and models side by side.
type program struct {
	t      testing.TB
	arenas [2]Arena
	pairs  []pair
	code   []byte
}

type pair struct {
	arena *Arena
	node  Node
	model *value
}

func (p *program) next() int {
	if len(p.code) == 0 {
		return 0
	}
	c := p.code[0]
	p.code = p.code[1:]
	return int(c)
}

func (p *program) pick() pair {
	return p.pairs[p.next()%len(p.pairs)]
}

// pickWith picks a value of the same arena.
func (p *program) pickWith(a *Arena) pair {
	from := p.next()
	for i := range p.pairs {
		if q := p.pairs[(from+i)%len(p.pairs)]; q.arena == a {
			return q
		}
	}
	p.t.Fatal("arena without values")
	return pair{}
}

func (p *program) push(a *Arena, n Node, v *value) {
	if n == 0 {
		p.t.Fatal("no node")
	}
	p.pairs = append(p.pairs, pair{a, n, v})
}

var (
	programKeys  = []string{"a", "b", "a\"b", "龙", "", "ключ\n", "content"}
	programTexts = []string{"", "plain", "esc\"aped\\\n", "\u2028\u2029", "\x00\x1f", "bad\xff", "龙门", "a long enough text to cross words\n"}
	programDocs  = []string{
		`{"a":1,"b":[1,2,{"a":null}],"a":"dup","content":"x\ty"}`,
		` [ 1 , { "a" : [ ] , "b" : { } } , "\ud83d\ude00" ] `,
		`{"messages": [ {"role": "user", "content": [ {"type":"text"}, 2.50 ] } ], "a\u0022b": true}`,
		`{"data":[ [ 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32 , 33 ] ]}`,
		`{ }`, `[]`, `"s"`, `-0.0`,
	}
)

// same wants equal outcomes of an edit and its model.
func (p *program) same(got, want error) {
	p.t.Helper()
	if got != want {
		p.t.Fatalf("got error %v, want %v", got, want)
	}
}

func (p *program) step() {
	op := p.next() % 19
	if op < 4 || len(p.pairs) == 0 {
		a := &p.arenas[p.next()%2]
		p.create(a, op)
		return
	}
	q := p.pick()
	a, v := q.arena, q.model.ref()
	switch op {
	case 4, 5:
		w := p.pickWith(a)
		key := programKeys[p.next()%len(programKeys)]
		p.same(a.Set(q.node, key, w.node), v.set(key, w.model.ref()))
	case 6, 7:
		w := p.pickWith(a)
		p.same(a.Append(q.node, w.node), v.append(w.model.ref()))
	case 8:
		w := p.pickWith(a)
		p.same(a.Replace(q.node, w.node), v.replace(w.model.ref()))
	case 9:
		text := programTexts[p.next()%len(programTexts)]
		p.same(a.SetString(q.node, []byte(text)), nil)
		v.clear()
		v.kind, v.scalar = abi.KindString, string([]rune(text))
	case 10:
		want := ErrRoot
		if v.up != nil {
			want = nil
			v.remove()
		}
		p.same(a.Delete(q.node), want)
	case 11:
		p.push(a, a.Copy(q.node), v.copy())
	case 12:
		b := &p.arenas[p.next()%2]
		p.push(b, b.CopyFrom(a, q.node), v.copy())
	case 18:
		key := programTexts[p.next()%len(programTexts)]
		want := ErrKind
		if v.up != nil && v.up.kind == abi.KindObject {
			want, v.key = nil, string([]rune(key))
		}
		p.same(a.Rename(q.node, []byte(key)), want)
	case 16, 17:
		start, length := p.next()%12-1, p.next()%12-1
		part, err := a.Slice(q.node, start, length)
		text, want := v.scalar, ErrKind
		if v.kind == abi.KindString {
			want = ErrRange
			if start >= 0 && length >= 0 && start+length <= len(text) && utf8.ValidString(text[:start]) && utf8.ValidString(text[:start+length]) {
				want = nil
			}
		}
		p.same(err, want)
		if err == nil {
			p.push(a, part, &value{kind: abi.KindString, scalar: text[start : start+length]})
		}
	default:
		if n := len(v.list); n > 0 {
			i := p.next() % n
			c := a.Index(q.node, i)
			if v.kind == abi.KindObject && op == 14 {
				key := v.list[i].key
				i = lastOf(v.list, key)
				c = a.Get(q.node, key)
			}
			p.push(a, c, v.list[i])
		} else if a.First(q.node) != 0 || a.Index(q.node, 0) != 0 {
			p.t.Fatal("child of an empty value")
		}
	}
}

func lastOf(list []*value, key string) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].key == key {
			return i
		}
	}
	return -1
}

func (p *program) create(a *Arena, op int) {
	switch choice := p.next(); op {
	case 0:
		src := programDocs[choice%len(programDocs)]
		n := mustParse(p.t, a, src)
		var fresh Arena
		p.push(a, n, modelOf(&fresh, mustParse(p.t, &fresh, src)))
	case 1:
		n, err := a.NewJSON([]byte(programDocs[choice%len(programDocs)]))
		if err != nil {
			p.t.Fatal(err)
		}
		p.push(a, n, modelOf(a, a.Copy(n)))
	case 2:
		if choice%2 == 0 {
			p.push(a, a.NewObject(), &value{kind: abi.KindObject})
		} else {
			p.push(a, a.NewArray(), &value{kind: abi.KindArray})
		}
	default:
		switch choice % 5 {
		case 0:
			p.push(a, a.NewNull(), &value{kind: abi.KindNull, scalar: "null"})
		case 1:
			p.push(a, a.NewBool(true), &value{kind: abi.KindBool, scalar: "true"})
		case 2:
			p.push(a, a.NewInt(int64(-choice)), &value{kind: abi.KindNumber, scalar: fmt.Sprint(-choice)})
		case 3:
			p.push(a, a.NewFloat(float64(choice)+0.5), &value{kind: abi.KindNumber, scalar: fmt.Sprint(float64(choice) + 0.5)})
		default:
			text := programTexts[choice/5%len(programTexts)]
			p.push(a, a.NewString([]byte(text)), &value{kind: abi.KindString, scalar: string([]rune(text))})
		}
	}
}

// verify compares every value that the program knows, its text and its neighbours, with its model.
func (p *program) verify() {
	p.t.Helper()
	for i, q := range p.pairs {
		a, v := q.arena, q.model.ref()
		text := a.AppendJSON(nil, q.node)
		if !json.Valid(text) {
			p.t.Fatalf("value %d is written as invalid JSON: %q", i, text)
		}
		if got := a.Size(q.node); got != len(text) {
			p.t.Fatalf("value %d: Size = %d, want %d", i, got, len(text))
		}
		var fresh Arena
		n, err := fresh.Parse(text)
		if err != nil {
			p.t.Fatal(err)
		}
		read := modelOf(&fresh, n)
		read.key = v.key
		if d := read.diff(v); d != "" {
			p.t.Fatalf("value %d is written as another one: %s\n%s", i, d, text)
		}
		if d := modelOf(a, q.node).diff(v); d != "" {
			p.t.Fatalf("value %d reads as another one: %s", i, d)
		}
		if v.kind == abi.KindString && a.Len(q.node) != len(v.scalar) || v.list != nil && a.Len(q.node) != len(v.list) {
			p.t.Fatalf("value %d: Len = %d", i, a.Len(q.node))
		}
		p.neighbours(q, v)
	}
}

func (p *program) neighbours(q pair, v *value) {
	p.t.Helper()
	a := q.arena
	up := a.Parent(q.node)
	if (up == 0) != (v.up == nil) {
		p.t.Fatalf("parent is %d, want one: %v", up, v.up != nil)
	}
	if up == 0 {
		if a.Next(q.node) != 0 || len(a.Key(q.node)) != 0 {
			p.t.Fatal("a root has a name or a neighbour")
		}
		return
	}
	i := v.index()
	self, _ := a.ref(q.node)
	if got := a.Index(up, i); got != self {
		p.t.Fatalf("Index(parent, %d) = %d, want %d", i, got, self)
	}
	if next := a.Next(q.node); next != a.Index(up, i+1) || (next == 0) != (i+1 == len(v.up.list)) {
		p.t.Fatalf("Next = %d", next)
	}
	if v.up.kind == abi.KindObject {
		if !a.KeyIs(q.node, v.key) {
			p.t.Fatalf("name is %q, want %q", a.Key(q.node), v.key)
		}
		if last := a.Get(up, v.key); last != a.Index(up, lastOf(v.up.list, v.key)) {
			p.t.Fatalf("Get(%q) = %d", v.key, last)
		}
	}
}

func (p *program) run() {
	for len(p.code) > 0 && len(p.pairs) < 200 {
		p.step()
	}
	p.verify()
}

// FuzzEdit runs byte programs of edits against the model.
func FuzzEdit(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		code := make([]byte, 64)
		for i := 0; i < len(code); i += 8 {
			binary.LittleEndian.PutUint64(code[i:], random.Uint64())
		}
		f.Add(code)
	}
	indexSmallObjects(f)
	f.Fuzz(func(t *testing.T, code []byte) {
		if len(code) > 300 {
			return // nesting stays far from MaxDepth
		}
		p := &program{t: t, code: code}
		p.run()
	})
}

// TestRandomEdits verifies after every step, where FuzzEdit verifies once.
func TestRandomEdits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 600 {
		if i == 300 {
			indexSmallObjects(t)
		}
		p := &program{t: t}
		for range 40 {
			p.code = p.code[:0]
			for range 6 {
				p.code = append(p.code, byte(random.Uint32()))
			}
			p.step()
			p.verify()
		}
	}
}

// TestCopiesInPlaceOfEachOther: a copy reads the nodes of what it was made of, which may itself have become
// a copy of the copy.
func TestCopiesInPlaceOfEachOther(t *testing.T) {
	var a Arena
	root, err := a.Parse([]byte(`{"x":{"a":[1]},"y":{"b":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	x, y := a.Get(root, "x"), a.Get(root, "y")
	own := a.Copy(x)
	if err := a.Replace(x, own); err != nil {
		t.Fatal(err)
	}
	if a.Len(x) != 1 || a.Len(a.Get(x, "a")) != 1 {
		t.Errorf("a value replaced by its copy: %s with %d members", a.AppendJSON(nil, x), a.Len(x))
	}
	ofX, ofY := a.Copy(x), a.Copy(y)
	a.Replace(y, ofX)
	a.Replace(x, ofY)
	back := a.Copy(x) // of y's copy
	a.Replace(x, a.Copy(y))
	a.Replace(y, back)
	if got := string(a.AppendJSON(nil, root)); got != `{"x":{"a":[1]},"y":{"b":2}}` || a.Len(a.Get(x, "a")) != 1 || a.Len(y) != 1 {
		t.Errorf("after two exchanges: %s", got)
	}
}
