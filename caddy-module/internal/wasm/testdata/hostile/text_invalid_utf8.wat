;; The reply inserts bytes that are not UTF-8 before the first segment.
(module
	(memory (export "memory") 2)
	(data (i32.const 1024)
		"\01\00\00\00" "\00\00\00\00" ;; number of edits and of holds
		"\00\00\00\00" "\00\00\00\00" "\00\00\00\00" "\1c\00\00\00" "\03\00\00\00" ;; segment, start, length; offset and length of the new text
		"\ff\fe\c0")

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"text_invalid_utf8\",\"version\":\"1.0.0\",\"purpose\":\"inserts bytes\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_0000006f)) ;; at 16, 111 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(i64.const 0x00000400_0000001f)))
