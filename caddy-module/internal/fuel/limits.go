package fuel

// Bounds of a module, whatever its options. They follow the limits that browsers agreed on
// (https://webassembly.github.io/spec/js-api/#limits) and are lower where a gateway's plugin has no
// use for so much. Counts are also bounded by the bytes that are left to hold the counted things.
//
// MaxFlow is for wazero's compiler, which follows each local through each block: with 1,000 locals and 1,000
// loops 12 KB of code take it 4 s, with 2,000 of both 2 min. Functions that Go compiles stay below 10,000.
const (
	MaxModuleSize    = 64 << 20 // bytes of the file
	MaxTypes         = 20_000   // function types
	MaxArity         = 1_000    // parameters, and results, of one function type
	MaxImports       = 1_000    // imported functions
	MaxFunctions     = 200_000  // defined functions
	MaxFunctionSize  = 2 << 20  // bytes of one function body
	MaxLocals        = 50_000   // locals of one function, parameters included
	MaxFlow          = 1 << 20  // locals times blocks of one function
	MaxNesting       = 20_000   // nested blocks in one function
	MaxBranchTargets = 65_520   // targets of one br_table
	MaxTables        = 8        // tables
	MaxTableElements = 1 << 17  // elements of one table, 8 bytes each; also the maximum that is written for it
	MaxGlobals       = 20_000   // globals
	MaxExports       = 20_000   // exports
	MaxSegments      = 100_000  // data segments, and element segments
	MaxElementItems  = 1 << 18  // items of all element segments together
)
