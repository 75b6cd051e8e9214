package fuel

import (
	"cmp"
	"slices"
)

// maxGap is up to how many zeros between two data segments are written out to make one of them: wazero keeps more bytes than
// that for a segment and its offset, and 24 in each instance.
const maxGap = 128

// segment is a data segment.
type segment struct {
	flags  byte
	offset []byte // the expression; none of a passive segment
	at     uint64 // the offset
	b      []byte
}

// writeData copies data segments, whose sizes a decoder would trust, joined if that makes no difference.
func (m *module) writeData(out []byte, r *reader) []byte {
	if !m.section[sectionData].present {
		return out
	}
	segments := make([]segment, r.count("data segments", MaxSegments, 2))
	for i := range segments {
		s := &segments[i]
		flags := r.u32()
		switch flags {
		case 0:
			s.offset = m.writeConst(nil, r)
		case 1:
			s.flags = 1
		case 2:
			memory := r.u32()
			if r.err == nil && memory != 0 {
				r.failf("data segment %d: memory %d of 1", i, memory)
			}
			s.offset = m.writeConst(nil, r)
		default:
			r.failf("data segment %d begins with %d, 0 to 2 expected", i, flags)
		}
		s.b = r.bytes(r.u32())
		if r.err != nil {
			return out
		}
	}
	if order := m.joinable(segments); order != nil {
		return writeJoined(out, segments, order)
	}
	out = appendU32(out, uint32(len(segments)))
	for i := range segments {
		s := &segments[i]
		out = append(out, s.flags)
		out = append(out, s.offset...)
		out = appendU32(out, uint32(len(s.b)))
		out = append(out, s.b...)
	}
	return out
}

// joinable gives data segments in the order of their places, nil if something could tell that they were joined: an instruction that
// names one, or two of them that write to the same place. Otherwise neither their order nor the zeros between them matter. Go's
// linker leaves out every few zeros, which gives a guest of 5 MB 50,000 segments.
func (m *module) joinable(segments []segment) []int32 {
	if m.section[sectionDataCount].present { // instructions that name segments need it
		return nil
	}
	order := make([]int32, len(segments))
	for i := range segments {
		s := &segments[i]
		var constant bool
		if s.at, constant = constI32(s.offset); !constant {
			return nil
		}
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(i, j int32) int { return cmp.Compare(segments[i].at, segments[j].at) })
	for k := 1; k < len(order); k++ {
		if segments[order[k]].at < segments[order[k-1]].end() {
			return nil
		}
	}
	return order
}

func (s *segment) end() uint64 { return s.at + uint64(len(s.b)) }

// writeJoined writes segments in the given order, and those that stand close to each other as one.
func writeJoined(out []byte, segments []segment, order []int32) []byte {
	runs := 0
	for k := range order {
		if k == 0 || segments[order[k]].at-segments[order[k-1]].end() > maxGap {
			runs++
		}
	}
	out = appendU32(out, uint32(runs))
	for k := 0; k < len(order); {
		first := &segments[order[k]]
		last := first
		n := 1
		for ; k+n < len(order); n++ {
			s := &segments[order[k+n]]
			if s.at-last.end() > maxGap {
				break
			}
			last = s
		}
		out = append(append(out, 0), first.offset...)
		out = appendU32(out, uint32(last.end()-first.at))
		at := first.at
		for _, i := range order[k : k+n] {
			for ; at < segments[i].at; at++ {
				out = append(out, 0)
			}
			out = append(out, segments[i].b...)
			at = segments[i].end()
		}
		k += n
	}
	return out
}

// constI32 is the value of a constant expression that is one i32.const.
func constI32(b []byte) (v uint64, ok bool) {
	if len(b) < 3 || b[0] != opI32Const || skipLEB(b, 1, 5) != len(b)-2 {
		return 0, false
	}
	var x uint32
	for i, c := range b[1 : len(b)-1] {
		x |= uint32(c&0x7f) << (7 * i)
		if c&0x40 != 0 && i == len(b)-3 && i < 4 {
			x |= ^uint32(0) << (7 * (i + 1))
		}
	}
	return uint64(x), true
}
