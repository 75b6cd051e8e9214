package pool

// Choice is what Take chooses by.
type Choice struct {
	Now      int64  // Unix nanoseconds
	Tokens   int64  // what the request will take, as far as can be said; counted against TPM at once
	Model    string // whose rate limit the request counts against, where each model of a member has its own; "" where they have one together
	Affinity uint64 // a hash of what sticky sticks to; 0 for nothing: then sticky is round_robin
	Tried    *Tried // members not to choose; nil for none
	Force    bool   // also members that only the pool itself leaves alone: when there is nobody else, one that may be well again is better than none
}

// Tried is a set of members, by their numbers. The zero value is empty. Up to 256 members it allocates nothing. It is not safe for
// concurrent use.
type Tried struct {
	few  [4]uint64
	more []uint64 // from 256
}

const few = 256

// Add adds a member.
func (t *Tried) Add(member int) {
	if member < few {
		t.few[member/64] |= 1 << (member % 64)
		return
	}
	for member -= few; len(t.more) <= member/64; {
		t.more = append(t.more, 0)
	}
	t.more[member/64] |= 1 << (member % 64)
}

// Has tells whether a member is in the set, which may be nil.
func (t *Tried) Has(member int) bool {
	if t == nil {
		return false
	}
	if member < few {
		return t.few[member/64]&(1<<(member%64)) != 0
	}
	member -= few
	return member/64 < len(t.more) && t.more[member/64]&(1<<(member%64)) != 0
}

// Clear empties the set.
func (t *Tried) Clear() { *t = Tried{} }
