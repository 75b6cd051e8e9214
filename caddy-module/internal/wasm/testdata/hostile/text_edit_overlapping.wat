;; The reply has two edits of the first segment, of bytes 0 to 1 and of bytes 1 to 2.
(module
	(memory (export "memory") 2)
	(data (i32.const 1024)
		"\02\00\00\00" "\00\00\00\00" ;; number of edits and of holds
		"\00\00\00\00" "\00\00\00\00" "\02\00\00\00" "\30\00\00\00" "\01\00\00\00" ;; segment, start, length; offset and length of the new text
		"\00\00\00\00" "\01\00\00\00" "\02\00\00\00" "\30\00\00\00" "\01\00\00\00" ;; segment, start, length; offset and length of the new text
		"x")

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"text_edit_overlapping\",\"version\":\"1.0.0\",\"purpose\":\"edits twice\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000071)) ;; at 16, 113 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(i64.const 0x00000400_00000031)))
