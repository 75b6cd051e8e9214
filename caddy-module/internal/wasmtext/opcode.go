package wasmtext

import "strings"

const (
	opElse = 0x05
	opEnd  = 0x0b
)

// immediate says what stands between an opcode and the next.
type immediate uint8

const (
	immNone immediate = iota
	immBlock
	immLabel
	immLabels
	immLocal
	immGlobal
	immFunc
	immTable
	immTables
	immTableElem
	immElem
	immData
	immDataZero
	immCallIndirect
	immRefType
	immSelect
	immMemory
	immMemoryLane
	immLane
	immShuffle
	immI32
	immI64
	immF32
	immF64
	immV128
)

type instruction struct {
	code      []byte
	immediate immediate
	align     byte // natural alignment, as a power of two
}

// instructions by name.
var instructions = func() map[string]instruction {
	t := map[string]instruction{
		"unreachable":   {[]byte{0x00}, immNone, 0},
		"nop":           {[]byte{0x01}, immNone, 0},
		"block":         {[]byte{0x02}, immBlock, 0},
		"loop":          {[]byte{0x03}, immBlock, 0},
		"if":            {[]byte{0x04}, immBlock, 0},
		"br":            {[]byte{0x0c}, immLabel, 0},
		"br_if":         {[]byte{0x0d}, immLabel, 0},
		"br_table":      {[]byte{0x0e}, immLabels, 0},
		"return":        {[]byte{0x0f}, immNone, 0},
		"call":          {[]byte{0x10}, immFunc, 0},
		"call_indirect": {[]byte{0x11}, immCallIndirect, 0},
		"drop":          {[]byte{0x1a}, immNone, 0},
		"select":        {[]byte{0x1b}, immSelect, 0},
		"local.get":     {[]byte{0x20}, immLocal, 0},
		"local.set":     {[]byte{0x21}, immLocal, 0},
		"local.tee":     {[]byte{0x22}, immLocal, 0},
		"global.get":    {[]byte{0x23}, immGlobal, 0},
		"global.set":    {[]byte{0x24}, immGlobal, 0},
		"table.get":     {[]byte{0x25}, immTable, 0},
		"table.set":     {[]byte{0x26}, immTable, 0},
		"memory.size":   {[]byte{0x3f, 0}, immNone, 0},
		"memory.grow":   {[]byte{0x40, 0}, immNone, 0},
		"i32.const":     {[]byte{0x41}, immI32, 0},
		"i64.const":     {[]byte{0x42}, immI64, 0},
		"f32.const":     {[]byte{0x43}, immF32, 0},
		"f64.const":     {[]byte{0x44}, immF64, 0},
		"ref.null":      {[]byte{0xd0}, immRefType, 0},
		"ref.is_null":   {[]byte{0xd1}, immNone, 0},
		"ref.func":      {[]byte{0xd2}, immFunc, 0},
		"memory.init":   {[]byte{0xfc, 8}, immDataZero, 0},
		"data.drop":     {[]byte{0xfc, 9}, immData, 0},
		"memory.copy":   {[]byte{0xfc, 10, 0, 0}, immNone, 0},
		"memory.fill":   {[]byte{0xfc, 11, 0}, immNone, 0},
		"table.init":    {[]byte{0xfc, 12}, immTableElem, 0},
		"elem.drop":     {[]byte{0xfc, 13}, immElem, 0},
		"table.copy":    {[]byte{0xfc, 14}, immTables, 0},
		"table.grow":    {[]byte{0xfc, 15}, immTable, 0},
		"table.size":    {[]byte{0xfc, 16}, immTable, 0},
		"table.fill":    {[]byte{0xfc, 17}, immTable, 0},

		"v128.load":          {[]byte{0xfd, 0}, immMemory, 4},
		"v128.store":         {[]byte{0xfd, 11}, immMemory, 4},
		"v128.const":         {[]byte{0xfd, 12}, immV128, 0},
		"i8x16.shuffle":      {[]byte{0xfd, 13}, immShuffle, 0},
		"i8x16.splat":        {[]byte{0xfd, 15}, immNone, 0},
		"i32x4.splat":        {[]byte{0xfd, 17}, immNone, 0},
		"i32x4.extract_lane": {[]byte{0xfd, 27}, immLane, 0},
		"i64x2.extract_lane": {[]byte{0xfd, 29}, immLane, 0},
		"v128.load32_lane":   {[]byte{0xfd, 86}, immMemoryLane, 2},
		"i8x16.eq":           {[]byte{0xfd, 35}, immNone, 0},
		"i8x16.bitmask":      {[]byte{0xfd, 100}, immNone, 0},
		"i32x4.add":          {[]byte{0xfd, 0xae, 1}, immNone, 0},
		"i32x4.mul":          {[]byte{0xfd, 0xb5, 1}, immNone, 0},
	}
	row := func(code byte, names string) {
		for _, name := range strings.Fields(names) {
			t[name] = instruction{code: []byte{code}}
			code++
		}
	}
	row(0x45, `i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u
		i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
		f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge
		i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u
		i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
		i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u
		i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
		f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign
		f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign
		i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
		i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u
		f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64
		f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32
		i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64
		i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`)
	code := byte(0)
	for _, name := range strings.Fields(`i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
		i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`) {
		t[name] = instruction{code: []byte{0xfc, code}}
		code++
	}
	code = 0x28
	aligns := "2323" + "0011" + "001122" + "2323" + "01012"
	for i, name := range strings.Fields(`i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u
		i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u
		i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32`) {
		t[name] = instruction{[]byte{code}, immMemory, aligns[i] - '0'}
		code++
	}
	return t
}()
