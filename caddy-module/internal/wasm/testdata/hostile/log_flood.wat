;; The text hook logs 100,000 messages of 64 KiB, then answers correctly.
(module
	(import "longmen_v1" "log" (func $log (param i32 i32 i32) (result i32)))
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"log_flood\",\"version\":\"1.0.0\",\"purpose\":\"logs without measure\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_0000006e)) ;; at 16, 110 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(local $i i32)
		(loop $again
			(drop (call $log (i32.const 3) (i32.const 0) (i32.const 0x10000)))
			(br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))
		(i64.const 0)))
