;; The text hook calls cheap host functions forever.
(module
	(import "longmen_v1" "header" (func $header (param i32 i32 i32 i32) (result i32)))
	(import "longmen_v1" "attr" (func $attr (param i32 i32) (result i32)))
	(import "longmen_v1" "log" (func $log (param i32 i32 i32) (result i32)))
	(import "longmen_v1" "now" (func $now (result i64)))
	(memory (export "memory") 2)
	(data (i32.const 1024) "content-type" "model" "again")

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"host_call_storm\",\"version\":\"1.0.0\",\"purpose\":\"calls the host forever\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000076)) ;; at 16, 118 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(loop $again
			(drop (call $header (i32.const 1024) (i32.const 12) (i32.const 4096) (i32.const 1024)))
			(drop (call $attr (i32.const 1036) (i32.const 5)))
			(drop (call $log (i32.const 0) (i32.const 1041) (i32.const 5)))
			(drop (call $now))
			(br $again))
		(unreachable)))
