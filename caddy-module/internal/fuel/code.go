package fuel

import "fmt"

// code reads one function body. Its memory is reused from function to function.
type code struct {
	index uint32 // the function's, in the guest's numbering
	b     []byte // the body, from the declaration of its locals to its last end
	base  int    // offset of b in the file

	first   int    // offset in b of the first instruction
	groups  uint32 // groups of locals, and where they stand in b
	groupsA int
	locals  uint32 // parameters and locals
	scratch bool   // an operation charges by its length, which takes one more local

	events  []event
	targets []uint32 // of all br_table instructions
	nest    []byte   // opcodes of the open blocks
}

// event is an instruction that metering or renumbering has to look at.
type event struct {
	at, end uint32 // where it stands in the body
	run     int32  // weight of the other instructions between the event before and this one
	op      uint8  // opcode; opMisc: sub is the second one
	sub     uint8
	arg     uint32 // depth of a branch, function of a call, index of the first target of br_table
	n       uint32 // number of targets
	charge  int64  // weight that is charged right after it, 0 for none
}

func (c *code) fail(at int, format string, args ...any) error {
	return fmt.Errorf("function %d, offset %#x: %w", c.index, c.base+at, fmt.Errorf(format, args...))
}

func (c *code) failNumber(at int) error { return c.fail(at, "%w", errLEB) }

// writeCode copies the bodies with their functions renumbered and the charges inserted that weigh finds.
func (m *module) writeCode(out []byte, r *reader, weigh func(c *code, imports uint32) int64) []byte {
	n := 0
	if m.section[sectionCode].present {
		n = r.count("function bodies", MaxFunctions, 2)
	}
	if r.err == nil && n != len(m.functions) {
		r.failf("%d function bodies for %d functions", n, len(m.functions))
	}
	if !m.section[sectionCode].present || r.err != nil {
		return out
	}
	out = appendU32(out, uint32(n))
	c := &code{}
	for i, t := range m.functions {
		size := r.u32()
		if size > MaxFunctionSize {
			r.failf("function %d has %d bytes, at most %d expected", m.imports+i, size, MaxFunctionSize)
		}
		c.b = r.bytes(size)
		if r.err != nil {
			return out
		}
		c.index = uint32(m.imports + i)
		c.base = r.base + r.pos - len(c.b)
		c.locals = uint32(m.params[t])
		if err := c.readLocals(); err != nil {
			r.err = err
			return out
		}
		if err := c.read(m); err != nil {
			r.err = err
			return out
		}
		entry := weigh(c, uint32(m.imports))
		out = append(out, 0, 0, 0, 0)
		start := len(out)
		out = m.writeBody(out, c, entry)
		putSize(out[start-4:start], len(out)-start)
	}
	return out
}

func (c *code) readLocals() error {
	r := reader{b: c.b, base: c.base}
	c.groups = uint32(r.count("groups of locals", MaxLocals, 2))
	c.groupsA = r.pos
	for range c.groups {
		n := r.u32()
		t := r.byte()
		if r.err == nil && !isValueType(t) {
			r.failf("local of type %#x, a value type of WebAssembly 2.0 expected", t)
		}
		if n > MaxLocals || c.locals+n > MaxLocals {
			r.failf("at least %d locals, at most %d expected", n, MaxLocals)
		}
		if r.err != nil {
			break
		}
		c.locals += n
	}
	if r.err != nil {
		return fmt.Errorf("function %d: %w", c.index, r.err)
	}
	c.first = r.pos
	return nil
}

// read walks the instructions and notes the events.
func (c *code) read(m *module) error {
	c.events, c.targets, c.nest = c.events[:0], c.targets[:0], append(c.nest[:0], opCall)
	c.scratch = false
	b, pos, run, blocks := c.b, c.first, int32(0), 0
	for pos < len(b) {
		at := pos
		op := b[pos]
		pos++
		switch operands[op] {
		case operandNone:
			run += int32(weights[op])
			continue
		case operandIndex, operandI32:
			n := skipLEB(b, pos, 5)
			if n == 0 {
				return c.failNumber(pos)
			}
			pos += n
			run++
			continue
		case operandLocal:
			i, n := uleb32(b, pos)
			if n == 0 {
				return c.failNumber(pos)
			}
			if i >= c.locals {
				return c.fail(at, "local %d of %d", i, c.locals)
			}
			pos += n
			run++
			continue
		case operandGlobal:
			i, n := uleb32(b, pos)
			if n == 0 {
				return c.failNumber(pos)
			}
			if int(i) >= m.globals {
				return c.fail(at, "global %d of %d", i, m.globals)
			}
			pos += n
			run++
			continue
		case operandMemory:
			n := skipMemory(b, pos)
			if n == 0 {
				return c.fail(at, "malformed alignment or offset, one 32-bit memory expected")
			}
			pos += n
			run++
			continue
		case operandI64:
			n := skipLEB(b, pos, 10)
			if n == 0 {
				return c.failNumber(pos)
			}
			pos += n
			run++
			continue
		case operandF32:
			pos += 4
			run++
			continue
		case operandF64:
			pos += 8
			run++
			continue
		case operandZero:
			if pos >= len(b) || b[pos] != 0 {
				return c.fail(at, "memory other than 0, one memory expected")
			}
			pos++
			run++
			continue
		case operandTypes:
			if pos+1 >= len(b) || b[pos] != 1 || !isValueType(b[pos+1]) {
				return c.fail(at, "select of other than one value type of WebAssembly 2.0")
			}
			pos += 2
			run++
			continue
		case operandRefType:
			if pos >= len(b) || !isRefType(b[pos]) {
				return c.fail(at, "ref.null of another type than funcref or externref")
			}
			pos++
			run++
			continue
		case operandUnknown:
			if p := proposal(op); p != "" {
				return c.fail(at, "opcode %#x (%s) is not supported, WebAssembly 2.0 expected", op, p)
			}
			return c.fail(at, "unknown opcode %#x", op)
		}
		if op == opVector {
			n, err := c.vector(pos)
			if err != nil {
				return err
			}
			pos += n
			run += vectorWeight
			continue
		}
		e := event{at: uint32(at), op: op, run: run}
		n, err := c.event(m, &e, pos)
		if err != nil {
			return err
		}
		pos += n
		e.end = uint32(pos)
		c.events = append(c.events, e)
		if op == opEnd {
			blocks++
		}
		run = 0
		if len(c.nest) == 0 {
			break
		}
	}
	if pos != len(b) || len(c.nest) > 0 {
		return c.fail(min(pos, len(b)), "the body's last end does not stand at its end")
	}
	if flow := blocks * int(c.locals); flow > MaxFlow {
		return c.fail(c.first, "%d blocks and %d locals, a product of at most %d expected", blocks, c.locals, MaxFlow)
	}
	return nil
}

// event reads the operands of e, which begin at pos, and yields their length.
func (c *code) event(m *module, e *event, pos int) (int, error) {
	at := int(e.at)
	switch e.op {
	case opUnreachable, opReturn:
		return 0, nil
	case opBlock, opLoop, opIf:
		if len(c.nest) > MaxNesting {
			return 0, c.fail(at, "more than %d nested blocks", MaxNesting)
		}
		c.nest = append(c.nest, e.op)
		return c.blockType(m, pos)
	case opElse:
		if c.nest[len(c.nest)-1] != opIf {
			return 0, c.fail(at, "else without if")
		}
		c.nest[len(c.nest)-1] = opElse
		return 0, nil
	case opEnd:
		e.sub = c.nest[len(c.nest)-1] // what it ends
		c.nest = c.nest[:len(c.nest)-1]
		return 0, nil
	case opBr, opBrIf:
		depth, n := uleb32(c.b, pos)
		if n == 0 {
			return 0, c.failNumber(pos)
		}
		if int(depth) >= len(c.nest) {
			return 0, c.fail(at, "branch out of %d blocks, %d are open", depth, len(c.nest))
		}
		e.arg = depth
		return n, nil
	case opBrTable:
		return c.branchTable(e, pos)
	case opCall, opRefFunc:
		i, n := uleb32(c.b, pos)
		if n == 0 {
			return 0, c.failNumber(pos)
		}
		if i >= m.functionCount() {
			return 0, c.fail(at, "function %d of %d", i, m.functionCount())
		}
		e.arg = i
		return n, nil
	case opCallIndirect:
		i, n := uleb32(c.b, pos)
		k := skipLEB(c.b, pos+n, 5)
		if n == 0 || k == 0 {
			return 0, c.failNumber(pos)
		}
		if int(i) >= len(m.params) {
			return 0, c.fail(at, "type %d of %d", i, len(m.params))
		}
		return n + k, nil
	case opMemoryGrow:
		if pos >= len(c.b) || c.b[pos] != 0 {
			return 0, c.fail(at, "memory other than 0, one memory expected")
		}
		c.scratch = true
		return 1, nil
	case opMisc:
		return c.misc(e, pos)
	}
	return 0, c.fail(at, "unknown opcode %#x", e.op)
}
