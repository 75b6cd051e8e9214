;; Each hook walks handles that it was not given, and reports by the tag "forged" and by failing if one of them
;; gives a value. Handles tried are those around 0, around each power of two, and their negatives.
(module
	(import "longmen_v1" "kind" (func $kind (param i32) (result i32)))
	(import "longmen_v1" "len" (func $len (param i32) (result i32)))
	(import "longmen_v1" "first" (func $first (param i32) (result i32)))
	(import "longmen_v1" "string" (func $string (param i32 i32 i32) (result i32)))
	(import "longmen_v1" "json" (func $json (param i32 i32 i32) (result i32)))
	(import "longmen_v1" "copy" (func $copy (param i32) (result i32)))
	(import "longmen_v1" "tag" (func $tag (param i32 i32 i32 i32) (result i32)))
	(import "longmen_v1" "fail" (func $fail (param i32 i32) (result i32)))
	(memory (export "memory") 2)
	(data (i32.const 1024) "forged" "yes" "a forged handle gave a value")
	(global $own (mut i32) (i32.const 0))

	(data (i32.const 16)
		"{\"plugins\":[{\"name\":\"handle_forgery\",\"version\":\"1.0.0\",\"purpose\":\"forges handles\",\"abi\":1,\"hooks\":[\"request\",\"response\",\"event\",\"end\"]}]}")
	(func (export "_initialize"))
	(func (export "longmen_v1_manifest") (result i64) (i64.const 0x00000010_00000089)) ;; at 16, 137 bytes
	;; The buffer is the memory from the second page on.
	(func (export "longmen_v1_buffer") (param $size i32) (result i32)
		(if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (unreachable)))
		(i32.const 0x10000))
	(func (export "longmen_v1_configure") (param $plugin i32) (result i32) (i32.const 0))

	(func $hook (export "longmen_v1_request") (export "longmen_v1_response") (export "longmen_v1_event") (export "longmen_v1_end")
		(param $document i32) (result i32)
		(local $bit i32) (local $near i32) (local $h i32)
		(global.set $own (local.get $document))
		(local.set $bit (i32.const 1))
		(loop $bits
			(local.set $near (i32.const -40))
			(loop $nears
				(local.set $h (i32.add (local.get $bit) (local.get $near)))
				(if (i32.or (call $gives (local.get $h)) (call $gives (i32.sub (i32.const 0) (local.get $h))))
					(then
						(drop (call $tag (i32.const 1024) (i32.const 6) (i32.const 1030) (i32.const 3)))
						(drop (call $fail (i32.const 1033) (i32.const 28)))
						(return (i32.const -1))))
				(br_if $nears (i32.lt_s (local.tee $near (i32.add (local.get $near) (i32.const 1))) (i32.const 40))))
			(br_if $bits (local.tee $bit (i32.shl (local.get $bit) (i32.const 1)))))
		(i32.const 0))
	;; Tells whether a handle that is not the hook's own gives anything.
	(func $gives (param $h i32) (result i32)
		(if (i32.eq (local.get $h) (global.get $own)) (then (return (i32.const 0))))
		(if (call $kind (local.get $h)) (then (return (i32.const 1))))
		(if (i32.gt_s (call $len (local.get $h)) (i32.const 0)) (then (return (i32.const 1))))
		(if (i32.gt_s (call $first (local.get $h)) (i32.const 0)) (then (return (i32.const 1))))
		(if (i32.gt_s (call $string (local.get $h) (i32.const 4096) (i32.const 4096)) (i32.const 0)) (then (return (i32.const 1))))
		(if (i32.gt_s (call $json (local.get $h) (i32.const 4096) (i32.const 4096)) (i32.const 0)) (then (return (i32.const 1))))
		(i32.gt_s (call $copy (local.get $h)) (i32.const 0))))
