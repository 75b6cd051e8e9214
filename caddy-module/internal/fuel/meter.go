package fuel

// Where charges stand, and why they suffice.
//
// A charge is paid before what it pays for. Think of a function body as a graph of instructions. Some points of it
// carry a charge: all loop heads, the entry (with the exception below), and whatever further points we like. The
// charge at a point is the weight of the heaviest path from it to the next points with a charge, or to the end of
// the function. So whichever way control takes between two charges, it was paid for by the first. Such a path is
// finite because a cycle of the graph goes through a loop head, and its weight is found in one walk from the last
// instruction to the first: branches lead either forward, to the end of a block that the walk has already
// passed, or back to a loop head, which starts a new account.
//
// A further point is made wherever a branch of control starts and the path ahead has grown to stretch. That keeps
// the charge near to what is really run: compilers from languages without structured control flow, Go's among
// them, make one loop of a whole function and dispatch its basic blocks in it, so that a charge at the loop head
// alone would count thousands of instructions for each turn of a small loop.
//
// Calls. A call weighs callWeight and a callee charges for itself at its entry. The entry charge is left out if the
// path from the entry to the next charges is not heavier than freeWeight and has no call on it: the caller's call
// has paid for that. Recursion cannot slip through, because each cycle of calls has a call in it that stands
// behind a charge of its own activation.
//
// Weights. The unit is what a local.get or an addition costs on average in what wazero makes of them. A load that
// misses all caches still weighs 1, so a hostile guest may be slower than the average by two orders of magnitude: who
// wants to limit time has to look at a clock in the refuel function. Slices of a million units, 40 µs as a
// rule, keep that affordable.
const (
	// stretch is the weight at which a path gets a further charge. With 64 a JSON parse costs 1 % more than
	// with 128; with 256 and without a bound, it is charged 1.7 and 2.8 times as much.
	stretch = 128
	// callWeight is the weight of a call.
	callWeight = 32
	// freeWeight is what a callee may do before its first charge, as a part of callWeight.
	freeWeight = 16
	// loopWeight is the least weight of a turn of a loop: an empty one still has to charge.
	loopWeight = 8
	// hostWeight is the weight of leaving compiled code: calls of imported functions and the
	// instructions that wazero implements in Go, about 80 ns.
	hostWeight = 2000
	// bulkWeight is the weight of an operation on a range without the range.
	bulkWeight = 128
	// vectorWeight is the weight of a vector instruction: one to twenty of the machine.
	vectorWeight = 4
)

// weights of the instructions without operands that need a look. Blocks are not instructions to a
// compiler and weigh nothing.
var weights = func() (t [256]uint8) {
	set := func(weight uint8, ops ...int) {
		for _, op := range ops {
			t[op] = weight
		}
	}
	for op := range t {
		t[op] = 1
	}
	set(0, 0x01)                    // nop
	set(32, 0x6d, 0x6e, 0x6f, 0x70) // i32 div, rem
	set(64, 0x7f, 0x80, 0x81, 0x82) // i64 div, rem
	set(32, 0x91, 0x95, 0x9f, 0xa3) // f32, f64 sqrt, div
	set(8, 0x8d, 0x8e, 0x8f, 0x90)  // f32 rounding
	set(8, 0x9b, 0x9c, 0x9d, 0x9e)  // f64 rounding
	set(8, 0xa8, 0xa9, 0xaa, 0xab)  // i32 from floats
	set(8, 0xae, 0xaf, 0xb0, 0xb1)  // i64 from floats
	set(4, 0x96, 0x97, 0xa4, 0xa5)  // min, max
	return t
}()

// path is what lies ahead of a point.
type path struct {
	weight int64 // of the heaviest path to the next charge
	calls  bool  // whether a path to the next charge has a call on it
}

func (p path) or(q path) path { return path{max(p.weight, q.weight), p.calls || q.calls} }

// frame is an open block of the walk, which runs backward.
type frame struct {
	label     path // ahead of a branch to it
	otherwise path // ahead of its else
}

// meter weighs functions. Its memory is reused from function to function.
type meter struct {
	frames []frame
}

// weigh sets the charges of c's events and yields the charge at its entry. imports is the number of
// imported functions.
func (m *meter) weigh(c *code, imports uint32) int64 {
	m.frames = m.frames[:0]
	var ahead path
	for i := len(c.events) - 1; i >= 0; i-- {
		e := &c.events[i]
		if ahead.weight >= stretch && branches(e.op) {
			e.charge = ahead.weight
			ahead = path{}
		}
		switch e.op {
		case opEnd:
			f := frame{label: ahead, otherwise: ahead}
			if e.sub == opLoop {
				f.label = path{}
			}
			m.frames = append(m.frames, f)
		case opElse:
			f := &m.frames[len(m.frames)-1]
			f.otherwise = ahead
			ahead = f.label
		case opIf:
			ahead = ahead.or(m.pop().otherwise)
		case opBlock:
			m.pop()
		case opLoop:
			m.pop()
			e.charge = max(ahead.weight, loopWeight)
			ahead = path{}
		case opBr:
			ahead = m.label(e.arg)
		case opBrIf:
			ahead = ahead.or(m.label(e.arg))
		case opBrTable:
			ahead = path{}
			for _, depth := range c.targets[e.arg : e.arg+e.n] {
				ahead = ahead.or(m.label(depth))
			}
		case opReturn, opUnreachable:
			ahead = path{}
		case opCall, opCallIndirect:
			ahead.calls = true
		}
		ahead.weight += e.weight(imports) + int64(e.run)
	}
	if ahead.weight <= freeWeight && !ahead.calls {
		return 0
	}
	return ahead.weight
}

// branches tells whether a branch of control may start behind an instruction.
func branches(op byte) bool { return op == opIf || op == opElse || op == opEnd || op == opBrIf }

func (m *meter) pop() frame {
	f := m.frames[len(m.frames)-1]
	m.frames = m.frames[:len(m.frames)-1]
	return f
}

func (m *meter) label(depth uint32) path { return m.frames[len(m.frames)-1-int(depth)].label }

// weight is the weight of the event's instruction.
func (e *event) weight(imports uint32) int64 {
	switch e.op {
	case opBlock, opLoop, opElse, opEnd:
		return 0
	case opBrTable:
		return 3
	case opCall:
		if e.arg < imports {
			return callWeight + hostWeight
		}
		return callWeight
	case opCallIndirect:
		return callWeight
	case opMemoryGrow, opRefFunc:
		return hostWeight
	case opMisc:
		switch e.sub {
		case opMiscTableGrow:
			return hostWeight
		case opMiscMemoryInit, opMiscMemoryCopy, opMiscMemoryFill, opMiscTableInit, opMiscTableCopy, opMiscTableFill:
			return bulkWeight
		case opMiscDataDrop, opMiscElemDrop, opMiscTableSize:
			return 1
		}
		return 8 // saturating truncation
	}
	return 1
}
