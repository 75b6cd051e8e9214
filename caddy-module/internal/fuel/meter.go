package fuel

// Where charges stand, and why they suffice.
//
// A charge is paid before what it pays for. Think of a function body as a graph of instructions. Some
// points of it carry a charge: all loop heads, the entry (with the exception below), and whatever further points we like. The
// charge at a point is the weight of the heaviest path from it to the next points with a charge, or to the
// end of the function. So whichever way control takes between two charges, it was paid for by the
// first. The path exists and is finite because a cycle of the graph goes through a loop head, and the weight is
// found in one walk from the last instruction to the first: branches lead either forward, to the end of a
// block that the walk has already passed, or back to a loop head, which starts a new account.
//
// A further point is made wherever a branch of control starts and the path ahead has grown to stretch.
// That keeps the charge near to what is really run: compilers from languages without structured control flow, Go's
// among them, make one loop of a whole function and dispatch its basic blocks in it, so that a charge at the
// loop head alone would count thousands of instructions for each turn of a small loop.
//
// Calls. A call weighs callWeight and a callee charges for itself at its entry. The entry charge is left out if
// the path from the entry to the next charges is not heavier than callWeight and has no call on it: the
// caller's call has paid for that. Recursion cannot slip through, because each cycle of calls has a call in it that stands behind a
// charge of its own activation.
const (
	// stretch is the weight at which a path gets a further charge.
	stretch = 128
	// callWeight is the weight of a call, and of what a callee may do before its first charge.
	callWeight = 16
	// hostWeight is the weight of leaving compiled code: calls of imported functions and the
	// instructions that wazero implements in Go.
	hostWeight = 200
)

// weights of the instructions without operands that need a look. Blocks are not instructions to a
// compiler and weigh nothing.
var weights = func() (t [256]uint8) {
	for i := range t {
		t[i] = 1
	}
	t[0x01] = 0 // nop
	for _, division := range []int{
		0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, // div, rem of i32, i64
		0x91, 0x95, 0x9f, 0xa3, // sqrt, div of f32, f64
	} {
		t[division] = 8
	}
	return t
}()

// path is what lies ahead of a point.
type path struct {
	weight int64 // of the heaviest path to the next charge
	calls  bool  // whether a path to the next charge has a call on it
}

func (p path) or(q path) path { return path{max(p.weight, q.weight), p.calls || q.calls} }

func (p path) plus(n int64) path { return path{p.weight + n, p.calls} }

// frame is an open block of the walk, which runs backward.
type frame struct {
	label     path // ahead of a branch to it
	otherwise path // ahead of its else
	loop      bool
}

// meter weighs functions. Its memory is reused from function to function.
type meter struct {
	frames []frame
}

// weigh sets the charges of c's events and yields the charge at its entry. imports is the number of imported functions.
func (m *meter) weigh(c *code, imports uint32) int64 {
	m.frames = m.frames[:0]
	var ahead path
	for i := len(c.events) - 1; i >= 0; i-- {
		e := &c.events[i]
		if ahead.weight >= stretch && e.op != opBlock && e.op != opLoop && isBranch(e.op) {
			e.charge = ahead.weight
			ahead = path{}
		}
		switch e.op {
		case opEnd:
			f := frame{label: ahead, otherwise: ahead}
			if e.sub == opLoop {
				f.label, f.loop = path{}, true
			}
			m.frames = append(m.frames, f)
		case opElse:
			f := &m.frames[len(m.frames)-1]
			f.otherwise = ahead
			ahead = f.label
		case opIf:
			ahead = ahead.or(m.pop().otherwise).plus(1)
		case opBlock:
			m.pop()
		case opLoop:
			m.pop()
			e.charge = max(ahead.weight, 1)
			ahead = path{}
		case opBr:
			ahead = m.label(e.arg).plus(1)
		case opBrIf:
			ahead = ahead.or(m.label(e.arg)).plus(1)
		case opBrTable:
			ahead = path{}
			for _, depth := range c.targets[e.arg : e.arg+e.n] {
				ahead = ahead.or(m.label(depth))
			}
			ahead = ahead.plus(3)
		case opReturn, opUnreachable:
			ahead = path{weight: 1}
		case opCall:
			ahead = path{ahead.weight + callWeight, true}
			if e.arg < imports {
				ahead.weight += hostWeight
			}
		case opCallIndirect:
			ahead = path{ahead.weight + callWeight, true}
		default:
			ahead = ahead.plus(instructionWeight(e))
		}
		ahead.weight += int64(e.run)
	}
	if ahead.weight <= callWeight && !ahead.calls {
		return 0
	}
	return ahead.weight
}

// isBranch tells whether what follows an event is the start of a branch of control.
func isBranch(op byte) bool { return op >= opIf && op <= opBrTable }

func (m *meter) pop() frame {
	f := m.frames[len(m.frames)-1]
	m.frames = m.frames[:len(m.frames)-1]
	return f
}

func (m *meter) label(depth uint32) path { return m.frames[len(m.frames)-1-int(depth)].label }

// instructionWeight is the weight of events that are no control flow.
func instructionWeight(e *event) int64 {
	switch e.op {
	case opMemoryGrow, opRefFunc:
		return hostWeight
	case opMisc:
		switch e.sub {
		case opMiscTableGrow:
			return hostWeight
		case opMiscMemoryInit, opMiscMemoryCopy, opMiscMemoryFill, opMiscTableInit, opMiscTableCopy, opMiscTableFill:
			return callWeight
		}
	}
	return 1
}
