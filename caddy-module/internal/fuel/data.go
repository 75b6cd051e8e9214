package fuel

import (
	"cmp"
	"slices"
)

// Data is what a part of a module's memory begins with.
type Data struct {
	At    uint64 // where it stands in the memory
	Bytes []byte
}

// segment is a data segment.
type segment struct {
	Data
	flags  byte
	offset []byte // the expression; none of a passive segment
}

// writeData copies data segments, whose sizes a decoder would trust, or takes them out.
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
		s.Bytes = r.bytes(r.u32())
		if r.err != nil {
			return out
		}
	}
	if m.apart && m.separable(segments) {
		for i := range segments {
			m.data = append(m.data, segments[i].Data)
		}
		return out
	}
	out = appendU32(out, uint32(len(segments)))
	for i := range segments {
		s := &segments[i]
		out = append(out, s.flags)
		out = append(out, s.offset...)
		out = appendU32(out, uint32(len(s.Bytes)))
		out = append(out, s.Bytes...)
	}
	return out
}

// separable tells whether nothing can tell that the memory begins with the segments, rather than that they are put there: no
// instruction names one, all of them lie in the memory that there is from the start, and no two of them meet. It sorts them by their places.
func (m *module) separable(segments []segment) bool {
	if m.section[sectionDataCount].present { // instructions that name segments need it
		return false
	}
	for i := range segments {
		s := &segments[i]
		var constant bool
		if s.At, constant = constI32(s.offset); !constant {
			return false
		}
	}
	sorted := slices.Clone(segments)
	slices.SortStableFunc(sorted, func(a, b segment) int { return cmp.Compare(a.At, b.At) })
	end := uint64(0)
	for i := range sorted {
		s := &sorted[i]
		if s.At < end {
			return false
		}
		end = s.At + uint64(len(s.Bytes))
	}
	if end > uint64(m.pages)<<16 {
		return false
	}
	copy(segments, sorted)
	return true
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
