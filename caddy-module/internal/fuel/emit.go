package fuel

// writeBody copies the body of c with charges, and with functions renumbered. entry is the charge at
// its entry.
func (m *module) writeBody(out []byte, c *code, entry int64) []byte {
	if c.scratch {
		out = appendU32(out, c.groups+1)
		out = append(out, c.b[c.groupsA:c.first]...)
		out = append(out, 1, typeI32)
	} else {
		out = append(out, c.b[:c.first]...)
	}
	if entry > 0 {
		out = m.charge(out, entry)
	}
	last := uint32(c.first)
	for i := range c.events {
		e := &c.events[i]
		switch e.op {
		case opCall, opRefFunc:
			out = append(out, c.b[last:e.at]...)
			out = append(out, e.op)
			out = appendU32(out, m.shift(e.arg))
			last = e.end
		case opMemoryGrow, opMisc:
			if by, ok := m.lengthOf(e); ok {
				out = append(out, c.b[last:e.at]...)
				out = m.chargeLength(out, c.locals, by)
				last = e.at
			}
		}
		if e.charge > 0 {
			out = append(out, c.b[last:e.end]...)
			out = m.charge(out, e.charge)
			last = e.end
		}
	}
	return append(out, c.b[last:]...)
}

// charge subtracts weight from the fuel and calls the refuel function if nothing is left.
func (m *module) charge(out []byte, weight int64) []byte {
	out = append(out, opGlobalGet)
	out = appendU32(out, m.fuel)
	out = append(out, opI64Const)
	out = appendI64(out, weight)
	return m.subtract(out)
}

// subtract subtracts the upper of the two numbers on the stack from the lower, makes it the fuel, and
// calls the refuel function if it is negative. The call stands in an else, because wazero lays blocks out in
// order: this way a guest with fuel runs straight on. As an if it costs a 64 KiB scan 32 % instead of 12 %.
func (m *module) subtract(out []byte) []byte {
	out = append(out, opI64Sub, opGlobalSet)
	out = appendU32(out, m.fuel)
	out = append(out, opGlobalGet)
	out = appendU32(out, m.fuel)
	out = append(out, opI64Const, 0, opI64GeS, opIf, typeEmpty, opElse, opCall)
	out = appendU32(out, m.refuel)
	return append(out, opEnd)
}

// length says how an instruction is charged whose uppermost operand is a length.
type length struct {
	shift byte   // how far the length is shifted to the left to be a weight
	limit uint32 // above this the instruction fails at once and costs nothing; 0 for none
}

// lengthOf yields how e is charged by its length, if it is. A byte weighs 1, an element of a table has
// 8 bytes, and a page 64 KiB that the kernel has to find and wazero may have to move.
func (m *module) lengthOf(e *event) (length, bool) {
	if e.op == opMemoryGrow {
		return length{shift: 18, limit: m.options.MaxPages}, true
	}
	switch e.sub {
	case opMiscMemoryInit, opMiscMemoryCopy, opMiscMemoryFill:
		return length{}, true
	case opMiscTableInit, opMiscTableCopy, opMiscTableFill:
		return length{shift: 3}, true
	case opMiscTableGrow:
		return length{shift: 4, limit: MaxTableElements}, true
	}
	return length{}, false
}

// chargeLength charges by the number that is uppermost on the stack, and leaves it there.
func (m *module) chargeLength(out []byte, scratch uint32, by length) []byte {
	out = append(out, opLocalTee)
	out = appendU32(out, scratch)
	out = append(out, opGlobalGet)
	out = appendU32(out, m.fuel)
	out = append(out, opLocalGet)
	out = appendU32(out, scratch)
	out = append(out, opI64ExtendU)
	if by.shift > 0 {
		out = append(out, opI64Const, by.shift, opI64Shl)
	}
	if by.limit > 0 {
		out = append(out, opI64Const, 0, opLocalGet)
		out = appendU32(out, scratch)
		out = append(out, opI32Const)
		out = appendI64(out, int64(by.limit))
		out = append(out, opI32LeU, opSelect)
	}
	return m.subtract(out)
}
