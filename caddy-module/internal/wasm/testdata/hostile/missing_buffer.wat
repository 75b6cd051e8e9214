;; There is no longmen_v1_buffer.
(module
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"missing_buffer\",\"version\":\"1.0.0\",\"purpose\":\"takes no input\",\"abi\":1,\"hooks\":[\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_0000006d)) ;; at 16, 109 bytes
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64) (i64.const 0)))
