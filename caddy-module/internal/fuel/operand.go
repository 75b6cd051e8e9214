package fuel

// The operands that need more than a look.

// blockType yields the length of a block's type at pos.
func (c *code) blockType(m *module, pos int) (int, error) {
	if pos >= len(c.b) {
		return 0, c.fail(pos, "%w", errShort)
	}
	if t := c.b[pos]; t == typeEmpty || isValueType(t) {
		return 1, nil
	}
	// Types are signed numbers of 33 bits of which only the non-negative ones remain.
	i, n := uleb32(c.b, pos)
	if n == 0 || c.b[pos+n-1]&0x40 != 0 {
		return 0, c.fail(pos, "malformed block type")
	}
	if int(i) >= len(m.params) {
		return 0, c.fail(pos, "type %d of %d", i, len(m.params))
	}
	return n, nil
}

func (c *code) branchTable(e *event, pos int) (int, error) {
	from := pos
	count, n := uleb32(c.b, pos)
	if n == 0 {
		return 0, c.failNumber(pos)
	}
	if count > MaxBranchTargets {
		return 0, c.fail(pos, "br_table with %d targets, at most %d expected", count, MaxBranchTargets)
	}
	pos += n
	e.arg, e.n = uint32(len(c.targets)), count+1
	for range e.n {
		depth, n := uleb32(c.b, pos)
		if n == 0 {
			return 0, c.failNumber(pos)
		}
		if int(depth) >= len(c.nest) {
			return 0, c.fail(pos, "branch out of %d blocks, %d are open", depth, len(c.nest))
		}
		c.targets = append(c.targets, depth)
		pos += n
	}
	return pos - from, nil
}

// misc reads an instruction with the prefix 0xfc. Its number is one byte: wazero reads longer forms
// in different ways in different places.
func (c *code) misc(e *event, pos int) (int, error) {
	if pos >= len(c.b) {
		return 0, c.fail(pos, "%w", errShort)
	}
	e.sub = c.b[pos]
	indexes, zeros := 0, 0
	switch e.sub {
	case 0, 1, 2, 3, 4, 5, 6, 7: // saturating truncation
		return 1, nil
	case opMiscMemoryInit:
		indexes, zeros, c.scratch = 1, 1, true
	case opMiscMemoryCopy:
		zeros, c.scratch = 2, true
	case opMiscMemoryFill:
		zeros, c.scratch = 1, true
	case opMiscTableInit, opMiscTableCopy:
		indexes, c.scratch = 2, true
	case opMiscTableGrow, opMiscTableFill:
		indexes, c.scratch = 1, true
	case opMiscDataDrop, opMiscElemDrop, opMiscTableSize:
		indexes = 1
	default:
		return 0, c.fail(int(e.at), "unknown opcode 0xfc %#x", e.sub)
	}
	n := 1
	for range indexes {
		k := skipLEB(c.b, pos+n, 5)
		if k == 0 {
			return 0, c.failNumber(pos + n)
		}
		n += k
	}
	for range zeros {
		if pos+n >= len(c.b) || c.b[pos+n] != 0 {
			return 0, c.fail(int(e.at), "memory other than 0, one memory expected")
		}
		n++
	}
	return n, nil
}

// vector yields the length of what follows the prefix 0xfd. Numbers above 0x7f take two bytes, the
// second of which is 1. wazero looks at the first byte alone and takes the second for a nop, so that any
// other second byte would be read by it as an instruction.
func (c *code) vector(pos int) (int, error) {
	if pos >= len(c.b) {
		return 0, c.fail(pos, "%w", errShort)
	}
	op, n := c.b[pos], 1
	if op >= 0x80 {
		if pos+1 >= len(c.b) || c.b[pos+1] != 1 {
			return 0, c.fail(pos-1, "unknown vector opcode 0xfd %#x, the SIMD of WebAssembly 2.0 expected", op)
		}
		n = 2
	}
	after := pos + n
	switch vecOperands[op] {
	case vecNone:
	case vecLane:
		n++
	case vecBytes:
		n += 16
	case vecMemory, vecMemoryLane:
		k := skipMemory(c.b, after)
		if k == 0 {
			return 0, c.fail(pos-1, "malformed alignment or offset, one 32-bit memory expected")
		}
		n += k
		if vecOperands[op] == vecMemoryLane {
			n++
		}
	default:
		return 0, c.fail(pos-1, "unknown vector opcode 0xfd %#x, the SIMD of WebAssembly 2.0 expected", op)
	}
	return n, nil
}

// skipMemory is the length of alignment and offset at pos, 0 if they are malformed. Bit 6 of the
// alignment would announce the index of another memory.
func skipMemory(b []byte, pos int) int {
	if pos+1 < len(b) && b[pos] < 32 {
		if n := skipLEB(b, pos+1, 5); n > 0 {
			return 1 + n
		}
	}
	return 0
}
