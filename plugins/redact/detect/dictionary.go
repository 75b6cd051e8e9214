package detect

// dictionary finds literal words, all of them in one pass (Aho and Corasick, 1975). Nodes are numbers into slices
// of plain values: a list of ten thousand words takes about two megabytes, and nothing for the garbage collector to follow.
type dictionary struct {
	child, sibling []int32 // first child, next sibling; 0 is none
	label          []byte
	fail           []int32 // where to go on when no child fits
	out            []int32 // the nearest node on the fail path, or itself, at which a word ends; 0 is none
	word           []entry // of the node, if a word ends there
	root           [256]int32
	found          []Span
}

type entry struct {
	size  int32 // 0: no word ends here
	typ   Type
	exact bool
	text  string // of an exact word
}

func newDictionary() *dictionary {
	return &dictionary{child: make([]int32, 1), sibling: make([]int32, 1), label: make([]byte, 1), fail: make([]int32, 1), out: make([]int32, 1), word: make([]entry, 1)}
}

func (d *dictionary) next(n int32, c byte) int32 {
	if n == 0 {
		return d.root[c]
	}
	for k := d.child[n]; k != 0; k = d.sibling[k] {
		if d.label[k] == c {
			return k
		}
	}
	return 0
}

func (d *dictionary) add(w string, typ Type, exact bool) {
	n := int32(0)
	for i := range len(w) {
		c := lower(w[i])
		k := d.next(n, c)
		if k == 0 {
			k = int32(len(d.label))
			d.child, d.sibling, d.label = append(d.child, 0), append(d.sibling, d.child[n]), append(d.label, c)
			d.fail, d.out, d.word = append(d.fail, 0), append(d.out, 0), append(d.word, entry{})
			if n == 0 {
				d.root[c], d.sibling[k] = k, 0
			} else {
				d.child[n] = k
			}
		}
		n = k
	}
	d.word[n] = entry{size: int32(len(w)), typ: typ, exact: exact}
	if exact {
		d.word[n].text = w
	}
}

// link sets where to go on, breadth first.
func (d *dictionary) link() {
	var queue []int32
	for _, k := range d.root {
		if k != 0 {
			queue = append(queue, k)
		}
	}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		if d.word[n].size > 0 {
			d.out[n] = n
		} else {
			d.out[n] = d.out[d.fail[n]]
		}
		for k := d.child[n]; k != 0; k = d.sibling[k] {
			f := d.fail[n]
			for f != 0 && d.next(f, d.label[k]) == 0 {
				f = d.fail[f]
			}
			d.fail[k] = d.next(f, d.label[k])
			queue = append(queue, k)
		}
	}
}

// scan finds the words in t: whole words where they begin or end with a letter or digit.
func (d *dictionary) scan(t []byte) []Span {
	d.found = d.found[:0]
	n := int32(0)
	for i, c := range t {
		c = lower(c)
		k := d.next(n, c)
		for k == 0 && n != 0 {
			n = d.fail[n]
			k = d.next(n, c)
		}
		n = k
		// Of words that end here the longest comes first; shorter ones are part of it.
		for o := d.out[n]; o != 0; o = d.out[d.fail[o]] {
			w := &d.word[o]
			lo, hi := i+1-int(w.size), i+1
			if lo > 0 && class[t[lo]]&isAlnum != 0 && class[t[lo-1]]&isName != 0 && !escapeBefore(t, lo) ||
				hi < len(t) && class[t[hi-1]]&isAlnum != 0 && class[t[hi]]&isName != 0 || w.exact && string(t[lo:hi]) != w.text {
				continue
			}
			d.found = append(d.found, Span{lo, hi, w.typ, rankSure})
			break
		}
	}
	return d.found
}

// mergeWords adds the dictionary's spans to those of the scan, in order.
func (s *Scanner) mergeWords(words []Span) {
	if len(words) == 0 {
		return
	}
	// Both are in the order of their ends; overlaps are settled as they meet.
	scanned := append(s.other[:0], s.spans...)
	s.other = scanned
	s.spans = s.spans[:0]
	for len(words)+len(scanned) > 0 {
		var n Span
		if len(scanned) == 0 || len(words) > 0 && words[0].End <= scanned[0].End {
			n, words = words[0], words[1:]
		} else {
			n, scanned = scanned[0], scanned[1:]
		}
		s.emit(n.Start, n.End, n.Type, n.rank)
	}
}
