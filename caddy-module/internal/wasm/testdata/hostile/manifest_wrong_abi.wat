;; The manifest declares an ABI version that does not exist.
(module
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"manifest_wrong_abi\",\"version\":\"1.0.0\",\"purpose\":\"comes from elsewhere\",\"abi\":99,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000078)) ;; at 16, 120 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64) (i64.const 0)))
