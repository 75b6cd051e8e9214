package fuel

// Opcodes that the rewriter looks at or writes.
const (
	opUnreachable  = 0x00
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opSelect       = 0x1b
	opLocalGet     = 0x20
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opI32LeU       = 0x4d
	opI64GeS       = 0x59
	opI64Sub       = 0x7d
	opI64Shl       = 0x86
	opI64ExtendU   = 0xad
	opRefNull      = 0xd0
	opRefFunc      = 0xd2
	opMisc         = 0xfc
	opVector       = 0xfd

	opMiscMemoryInit = 8
	opMiscDataDrop   = 9
	opMiscMemoryCopy = 10
	opMiscMemoryFill = 11
	opMiscTableInit  = 12
	opMiscElemDrop   = 13
	opMiscTableCopy  = 14
	opMiscTableGrow  = 15
	opMiscTableSize  = 16
	opMiscTableFill  = 17

	opVecConst   = 12
	opVecShuffle = 13
)

const (
	typeI32      = 0x7f
	typeI64      = 0x7e
	typeF32      = 0x7d
	typeF64      = 0x7c
	typeV128     = 0x7b
	typeFuncref  = 0x70
	typeExternal = 0x6f
	typeEmpty    = 0x40
)

func isValueType(b byte) bool {
	return b >= typeV128 && b <= typeI32 || b == typeFuncref || b == typeExternal
}

func isRefType(b byte) bool { return b == typeFuncref || b == typeExternal }

// operand says what follows an opcode.
type operand uint8

const (
	operandUnknown operand = iota // the opcode is refused
	operandNone
	operandIndex   // one u32 that needs no look
	operandLocal   // index of a local
	operandGlobal  // index of a global
	operandMemory  // alignment and offset
	operandZero    // one zero byte: the memory's index
	operandI32     // signed number of 32 bits
	operandI64     // signed number of 64 bits
	operandF32     // 4 bytes
	operandF64     // 8 bytes
	operandTypes   // vector of one value type
	operandRefType // one reference type
	operandEvent   // handled one by one: control, calls, prefixes
)

// operands of the one-byte opcodes.
var operands = func() (t [256]operand) {
	set := func(from, to int, o operand) {
		for op := from; op <= to; op++ {
			t[op] = o
		}
	}
	set(0x00, 0x05, operandEvent) // unreachable … else
	t[0x01] = operandNone         // nop
	set(0x0b, 0x11, operandEvent) // end … call_indirect
	set(0x1a, 0x1b, operandNone)  // drop, select
	t[0x1c] = operandTypes        // select with a type
	set(0x20, 0x22, operandLocal)
	set(0x23, 0x24, operandGlobal)
	set(0x25, 0x26, operandIndex) // table.get, table.set
	set(0x28, 0x3e, operandMemory)
	t[0x3f] = operandZero  // memory.size
	t[0x40] = operandEvent // memory.grow
	t[opI32Const] = operandI32
	t[opI64Const] = operandI64
	t[opF32Const] = operandF32
	t[opF64Const] = operandF64
	set(0x45, 0xc4, operandNone) // numeric, sign extension
	t[opRefNull] = operandRefType
	t[0xd1] = operandNone // ref.is_null
	t[opRefFunc] = operandEvent
	t[opMisc] = operandEvent
	t[opVector] = operandEvent
	return t
}()

// vecOperand says what follows a vector opcode.
type vecOperand uint8

const (
	vecUnknown vecOperand = iota
	vecNone
	vecMemory     // alignment and offset
	vecMemoryLane // alignment, offset and a lane
	vecLane       // a lane
	vecBytes      // 16 bytes
)

// vecOperands of the opcodes after the vector prefix, the 128-bit SIMD of WebAssembly 2.0.
var vecOperands = func() (t [256]vecOperand) {
	set := func(from, to int, o vecOperand) {
		for op := from; op <= to; op++ {
			t[op] = o
		}
	}
	set(0x00, 0xff, vecNone)
	set(0x00, 0x0b, vecMemory)
	set(0x0c, 0x0d, vecBytes)
	set(0x15, 0x22, vecLane)
	set(0x54, 0x5b, vecMemoryLane)
	set(0x5c, 0x5d, vecMemory)
	for _, op := range []int{
		0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6,
		0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee,
	} {
		t[op] = vecUnknown
	}
	return t
}()

// proposal names what an opcode that is refused belongs to, for the error.
func proposal(op byte) string {
	switch {
	case op >= 0x06 && op <= 0x0a, op >= 0x18 && op <= 0x19, op == 0x1f:
		return "exceptions"
	case op == 0x12 || op == 0x13:
		return "tail calls"
	case op >= 0x14 && op <= 0x15, op >= 0xd3 && op <= 0xd6:
		return "typed function references"
	case op == 0xfb:
		return "garbage collection"
	case op == 0xfe:
		return "threads"
	}
	return ""
}
