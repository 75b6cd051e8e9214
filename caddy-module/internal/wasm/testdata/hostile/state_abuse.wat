;; Each hook puts up to 256 MiB into the state of the exchange, in strings of 64 KiB under ever new keys,
;; whatever the host says to it.
(module
	(import "longmen_v1" "root" (func $root (param i32) (result i32)))
	(import "longmen_v1" "set_string" (func $set_string (param i32 i32 i32 i32 i32) (result i32)))
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"state_abuse\",\"version\":\"1.0.0\",\"purpose\":\"fills the state\",\"abi\":1,\"hooks\":[\"request\",\"event\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000076)) ;; at 16, 118 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func $hook (export "longmen_v1_request") (export "longmen_v1_event") (param $document i32) (result i32)
		(local $i i32)
		(loop $again
			(i32.store (i32.const 1024) (i32.add (i32.const 0x61616161) (local.get $i)))
			(i32.store8 (i32.const 1024) (i32.add (i32.const 0x30) (i32.and (local.get $i) (i32.const 63))))
			(i32.store8 (i32.const 1025) (i32.add (i32.const 0x30) (i32.shr_u (local.get $i) (i32.const 6))))
			(memory.fill (i32.const 0x10000) (i32.const 0x78) (i32.const 0x10000))
			(drop (call $set_string (call $root (i32.const 2)) (i32.const 1024) (i32.const 2) (i32.const 0x10000) (i32.const 0x10000)))
			(br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4096))))
		(i32.const 0)))
