;; The buffer that the host is to fill lies behind the end of the memory.
(module
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"buffer_out_of_bounds\",\"version\":\"1.0.0\",\"purpose\":\"gives away what it has not\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_0000007f)) ;; at 16, 127 bytes
	(func (export "longmen_v1_buffer") (param $size i32) (result i32) (i32.const 0x7fff0000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64) (i64.const 0)))
