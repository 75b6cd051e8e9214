;; The text hook recurs without end and keeps values alive in each frame, so that the stack is what runs out.
(module
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"deep_recursion\",\"version\":\"1.0.0\",\"purpose\":\"recurs without end\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000071)) ;; at 16, 113 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(call $deeper (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))
	(func $deeper (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64)
		(i64.add (local.get $a) (i64.mul (local.get $b) (i64.xor (local.get $c)
			(call $deeper
				(i64.add (local.get $a) (local.get $d))
				(i64.mul (local.get $b) (local.get $a))
				(i64.xor (local.get $c) (local.get $b))
				(i64.sub (local.get $d) (local.get $c))))))))
