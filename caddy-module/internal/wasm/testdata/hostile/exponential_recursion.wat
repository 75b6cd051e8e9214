;; The text hook makes 2^60 calls without a loop and without going deep.
(module
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"exponential_recursion\",\"version\":\"1.0.0\",\"purpose\":\"calls itself twice\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000078)) ;; at 16, 120 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(call $twice (i32.const 60))
		(i64.const 0))
	(func $twice (param $n i32)
		(if (local.get $n)
			(then
				(call $twice (i32.sub (local.get $n) (i32.const 1)))
				(call $twice (i32.sub (local.get $n) (i32.const 1)))))))
