package wasm

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// signature is the type of a function: one letter a value, i for i32, I for i64, F for f64.
type signature struct{ params, results string }

// String writes s as people read it: (i32, i32) -> i32.
func (s signature) String() string {
	return "(" + valueNames(s.params) + ") -> (" + valueNames(s.results) + ")"
}

func valueNames(letters string) string {
	out := ""
	for i, l := range letters {
		if i > 0 {
			out += ", "
		}
		out += api.ValueTypeName(valueTypes[l])
	}
	return out
}

var valueTypes = map[rune]api.ValueType{
	'i': api.ValueTypeI32, 'I': api.ValueTypeI64, 'f': api.ValueTypeF32, 'F': api.ValueTypeF64,
}

func (s signature) types() (params, results []api.ValueType) {
	for _, l := range s.params {
		params = append(params, valueTypes[l])
	}
	for _, l := range s.results {
		results = append(results, valueTypes[l])
	}
	return params, results
}

// equal compares s with what a module says.
func (s signature) equal(f api.FunctionDefinition) bool {
	params, results := s.types()
	return string(params) == string(f.ParamTypes()) && string(results) == string(f.ResultTypes())
}

// typed writes the type of f as String does.
func typed(f api.FunctionDefinition) string {
	names := func(types []api.ValueType) string {
		out := ""
		for i, t := range types {
			if i > 0 {
				out += ", "
			}
			out += api.ValueTypeName(t)
		}
		return out
	}
	return "(" + names(f.ParamTypes()) + ") -> (" + names(f.ResultTypes()) + ")"
}

// function is a host function. The stack holds its parameters and then takes its result.
type function struct {
	signature
	call func(c *call, stack []uint64)
}

// functions are the host functions of the ABI by name.
var functions = map[string]function{
	abi.FnKind:      {signature{"i", "i"}, kindOf},
	abi.FnLen:       {signature{"i", "i"}, lenOf},
	abi.FnGet:       {signature{"iii", "i"}, get},
	abi.FnPointer:   {signature{"iii", "i"}, pointer},
	abi.FnIndex:     {signature{"ii", "i"}, index},
	abi.FnFirst:     {signature{"i", "i"}, first},
	abi.FnNext:      {signature{"i", "i"}, next},
	abi.FnChildren:  {signature{"iii", "i"}, children},
	abi.FnKey:       {signature{"iii", "i"}, key},
	abi.FnString:    {signature{"iii", "i"}, stringOf},
	abi.FnJSON:      {signature{"iii", "i"}, jsonOf},
	abi.FnInt:       {signature{"i", "I"}, intOf},
	abi.FnFloat:     {signature{"i", "F"}, floatOf},
	abi.FnNew:       {signature{"i", "i"}, newEmpty},
	abi.FnNewString: {signature{"ii", "i"}, newString},
	abi.FnNewJSON:   {signature{"ii", "i"}, newJSON},
	abi.FnNewInt:    {signature{"I", "i"}, newInt},
	abi.FnNewFloat:  {signature{"F", "i"}, newFloat},
	abi.FnSet:       {signature{"iiii", "i"}, setMember},
	abi.FnSetString: {signature{"iiiii", "i"}, setString},
	abi.FnSetInt:    {signature{"iiiI", "i"}, setInt},
	abi.FnAppend:    {signature{"ii", "i"}, appendTo},
	abi.FnReplace:   {signature{"ii", "i"}, replace},
	abi.FnDelete:    {signature{"i", "i"}, remove},
	abi.FnCopy:      {signature{"i", "i"}, duplicate},
	abi.FnSlice:     {signature{"iii", "i"}, slicing},
	abi.FnJoin:      {signature{"i", "i"}, join},
	abi.FnParse:     {signature{"i", "i"}, parse},
	abi.FnStringify: {signature{"i", "i"}, stringify},
	abi.FnDigest:    {signature{"ii", "i"}, digest},
	abi.FnRoot:      {signature{"i", "i"}, root},

	abi.FnHeader:    {signature{"iiii", "i"}, header},
	abi.FnSetHeader: {signature{"iiii", "i"}, setHeader},
	abi.FnAttr:      {signature{"ii", "i"}, attr},
	abi.FnSetAttr:   {signature{"iii", "i"}, setAttr},
	abi.FnTag:       {signature{"iiii", "i"}, tag},
	abi.FnWarn:      {signature{"ii", "i"}, warn},
	abi.FnRespond:   {signature{"iii", "i"}, respond},
	abi.FnReject:    {signature{"iiiiiii", "i"}, reject},
	abi.FnEmit:      {signature{"iii", "i"}, emit},
	abi.FnFail:      {signature{"ii", "i"}, fail},
	abi.FnLog:       {signature{"iii", "i"}, logLine},
	abi.FnMetric:    {signature{"iiF", "i"}, metric},
	abi.FnMAC:       {signature{"iiiii", "i"}, mac},
	abi.FnSkip:      {signature{"ii", "i"}, skip},
	abi.FnWatch:     {signature{"iii", "i"}, watch},
	abi.FnNow:       {signature{"", "I"}, now},
	abi.FnRandom:    {signature{"ii", "i"}, random},

	abi.FnKVGet:  {signature{"ii", "i"}, kvGet},
	abi.FnKVSet:  {signature{"iiiI", "i"}, kvSet},
	abi.FnKVAdd:  {signature{"iiII", "I"}, kvAdd},
	abi.FnKVCas:  {signature{"iiiiI", "i"}, kvCas},
	abi.FnHTTP:   {signature{"i", "i"}, httpDo},
	abi.FnRecord: {signature{"iii", "i"}, record},
	abi.FnNER:    {signature{"i", "i"}, recognise},
}

// Call implements api.GoModuleFunction: raw numbers, no reflection, the call found by one assertion. The
// rewriter charges for the call.
func (f function) Call(ctx context.Context, mod api.Module, stack []uint64) {
	c := ctx.(*call)
	if c.in.mem == nil {
		c.in.bind(mod)
	}
	f.call(c, stack)
}

// refuel is the host function that the rewriter makes every guest import.
func refuel(ctx context.Context, mod api.Module, _ []uint64) {
	c := ctx.(*call)
	if c.in.mem == nil {
		c.in.bind(mod)
	}
	c.turnOver()
}

// export instantiates the host modules.
func export(ctx context.Context, r wazero.Runtime) error {
	b := r.NewHostModuleBuilder(abi.Module)
	for name, f := range functions {
		params, results := f.types()
		b.NewFunctionBuilder().WithGoModuleFunction(f, params, results).WithName(name).Export(name)
	}
	b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(refuel), nil, nil).WithName(abi.FnRefuel).Export(abi.FnRefuel)
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("building host module %s: %w", abi.Module, err)
	}
	b = r.NewHostModuleBuilder(wasiModule)
	for name, f := range wasiFunctions {
		params, results := f.types()
		b.NewFunctionBuilder().WithGoModuleFunction(f, params, results).WithName(name).Export(name)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("building host module %s: %w", wasiModule, err)
	}
	return nil
}
