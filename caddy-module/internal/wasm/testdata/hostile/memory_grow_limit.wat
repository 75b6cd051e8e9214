;; The text hook grows the memory page by page until it is refused, and touches each page. It then answers
;; correctly: its memory is what has to be bounded.
(module
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"memory_grow_limit\",\"version\":\"1.0.0\",\"purpose\":\"takes all memory\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000072)) ;; at 16, 114 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(local $page i32)
		(block $full
			(loop $more
				(local.set $page (memory.grow (i32.const 1)))
				(br_if $full (i32.eq (local.get $page) (i32.const -1)))
				(i32.store (i32.shl (local.get $page) (i32.const 16)) (i32.const 1))
				(br $more)))
		(i64.const 0)))
