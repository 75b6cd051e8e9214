#include "textflag.h"

// By its low nibble, the byte that needs a look: a quote or a backslash. The others have one that no byte of that nibble is.
DATA marks<>+0(SB)/8, $0x00000000002200ff
DATA marks<>+8(SB)/8, $0x0000005c00000000
GLOBL marks<>(SB), RODATA|NOPTR, $16

// func plainAVX2(b []byte) (n int, ascii bool)
TEXT ·plainAVX2(SB), NOSPLIT, $0-33
	MOVQ b_base+0(FP), SI
	MOVQ b_len+8(FP), CX
	XORQ AX, AX
	VBROADCASTI128 marks<>(SB), Y0
	MOVL $0x1f, DX
	VMOVD DX, X1
	VPBROADCASTB X1, Y1
	VPXOR Y2, Y2, Y2 // the bytes met, or-ed
	JMP test

loop:
	VMOVDQU (SI)(AX*1), Y3
	VMOVDQU 32(SI)(AX*1), Y4
	VMOVDQU 64(SI)(AX*1), Y5
	VMOVDQU 96(SI)(AX*1), Y6
	VPSHUFB Y3, Y0, Y7
	VPSHUFB Y4, Y0, Y8
	VPSHUFB Y5, Y0, Y9
	VPSHUFB Y6, Y0, Y10
	VPCMPEQB Y3, Y7, Y7
	VPCMPEQB Y4, Y8, Y8
	VPCMPEQB Y5, Y9, Y9
	VPCMPEQB Y6, Y10, Y10
	VPMINUB Y3, Y4, Y11
	VPMINUB Y5, Y6, Y12
	VPMINUB Y11, Y12, Y11 // the least of four
	VPMINUB Y1, Y11, Y12
	VPCMPEQB Y11, Y12, Y11 // at most 0x1f
	VPOR Y7, Y8, Y7
	VPOR Y9, Y10, Y9
	VPOR Y7, Y9, Y7
	VPOR Y7, Y11, Y7
	VPTEST Y7, Y7
	JNE done
	VPOR Y3, Y4, Y3
	VPOR Y5, Y6, Y5
	VPOR Y3, Y2, Y2
	VPOR Y5, Y2, Y2
	ADDQ $128, AX

test:
	LEAQ 128(AX), DX
	CMPQ DX, CX
	JLE loop

done:
	VPMOVMSKB Y2, DX
	VZEROUPPER
	TESTL DX, DX
	SETEQ ascii+32(FP)
	MOVQ AX, n+24(FP)
	RET
