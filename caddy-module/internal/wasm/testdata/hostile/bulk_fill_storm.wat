;; The text hook fills a MiB of memory again and again: few instructions, much work.
(module
	(memory (export "memory") 18)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"bulk_fill_storm\",\"version\":\"1.0.0\",\"purpose\":\"fills memory\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_0000006c)) ;; at 16, 108 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(loop $again
			(memory.fill (i32.const 0x20000) (i32.const 0x78) (i32.const 0x100000))
			(br $again))
		(unreachable)))
