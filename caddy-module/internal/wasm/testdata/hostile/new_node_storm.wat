;; The request hook makes four million values and keeps none, whatever the host says to it.
(module
	(import "longmen_v1" "new" (func $new (param i32) (result i32)))
	(import "longmen_v1" "new_string" (func $new_string (param i32 i32) (result i32)))
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"new_node_storm\",\"version\":\"1.0.0\",\"purpose\":\"makes values\",\"abi\":1,\"hooks\":[\"request\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_0000006e)) ;; at 16, 110 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_request") (param $document i32) (result i32)
		(local $i i32)
		(loop $again
			(drop (call $new (i32.const 6)))
			(drop (call $new_string (i32.const 16) (i32.const 64)))
			(br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2000000))))
		(i32.const 0)))
