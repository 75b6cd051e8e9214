;; The event hook emits 100,000 events for each one, whatever the host says to it.
(module
	(import "longmen_v1" "copy" (func $copy (param i32) (result i32)))
	(import "longmen_v1" "emit" (func $emit (param i32 i32 i32) (result i32)))
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"emit_storm\",\"version\":\"1.0.0\",\"purpose\":\"emits without measure\",\"abi\":1,\"hooks\":[\"event\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000071)) ;; at 16, 113 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_event") (param $document i32) (result i32)
		(local $i i32)
		(loop $again
			(drop (call $emit (call $copy (local.get $document)) (i32.const 0) (i32.const 0)))
			(br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))
		(i32.const 0)))
