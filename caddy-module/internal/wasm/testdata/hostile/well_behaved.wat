;; The control: a correct guest that turns ASCII letters into upper case, one edit for each segment. Its reply
;; stands behind the message in memory, which grows when it has to.
(module
	(memory (export "memory") 2)

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"well_behaved\",\"version\":\"1.0.0\",\"purpose\":\"turns text into upper case\",\"abi\":1,\"hooks\":[\"configure\",\"text\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000083)) ;; at 16, 131 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(call $reserve (i32.add (i32.const 0x10000) (local.get $size)))
		(i32.const 0x10000))
	;; Grows the memory to at least $end bytes.
	(func $reserve (param $end i32) (local $pages i32)
		(local.set $pages (i32.sub (i32.shr_u (i32.add (local.get $end) (i32.const 0xffff)) (i32.const 16)) (memory.size)))
		(if (i32.gt_s (local.get $pages) (i32.const 0))
			(then (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then (unreachable))))))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	;; The message is 8 bytes of header, the number of segments in the last 4, then 24 bytes for each segment:
	;; offset and length of its text are the last 8. The reply is the number of edits, the number of holds,
	;; then 20 bytes for each edit: segment, start, length, offset and length of the new text, then the new texts.
	(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
		(local $reply i32) (local $n i32) (local $i i32) (local $segment i32) (local $edit i32) (local $from i32) (local $size i32) (local $to i32)
		(local.set $n (i32.load offset=4 (local.get $message)))
		(if (i32.eqz (local.get $n)) (then (return (i64.const 0))))
		(local.set $reply (i32.and (i32.add (i32.add (local.get $message) (local.get $len)) (i32.const 3)) (i32.const -4)))
		(local.set $edit (i32.add (local.get $reply) (i32.const 8)))
		(local.set $to (i32.add (local.get $edit) (i32.mul (local.get $n) (i32.const 20))))
		(call $reserve (i32.add (local.get $to) (local.get $len)))
		(i32.store (local.get $reply) (local.get $n))
		(i32.store offset=4 (local.get $reply) (i32.const 0))
		(local.set $segment (i32.add (local.get $message) (i32.const 8)))
		(loop $next
			(local.set $from (i32.add (local.get $message) (i32.load offset=16 (local.get $segment))))
			(local.set $size (i32.load offset=20 (local.get $segment)))
			(i32.store (local.get $edit) (local.get $i))
			(i32.store offset=4 (local.get $edit) (i32.const 0))
			(i32.store offset=8 (local.get $edit) (local.get $size))
			(i32.store offset=12 (local.get $edit) (i32.sub (local.get $to) (local.get $reply)))
			(i32.store offset=16 (local.get $edit) (local.get $size))
			(call $upper (local.get $from) (local.get $to) (local.get $size))
			(local.set $to (i32.add (local.get $to) (local.get $size)))
			(local.set $edit (i32.add (local.get $edit) (i32.const 20)))
			(local.set $segment (i32.add (local.get $segment) (i32.const 24)))
			(br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
		(i64.or (i64.shl (i64.extend_i32_u (local.get $reply)) (i64.const 32))
			(i64.extend_i32_u (i32.sub (local.get $to) (local.get $reply)))))
	;; Copies $size bytes in upper case.
	(func $upper (param $from i32) (param $to i32) (param $size i32) (local $c i32)
		(block $done
			(loop $next
				(br_if $done (i32.eqz (local.get $size)))
				(local.set $c (i32.load8_u (local.get $from)))
				(if (i32.lt_u (i32.sub (local.get $c) (i32.const 97)) (i32.const 26))
					(then (local.set $c (i32.sub (local.get $c) (i32.const 32)))))
				(i32.store8 (local.get $to) (local.get $c))
				(local.set $from (i32.add (local.get $from) (i32.const 1)))
				(local.set $to (i32.add (local.get $to) (i32.const 1)))
				(local.set $size (i32.sub (local.get $size) (i32.const 1)))
				(br $next)))))
