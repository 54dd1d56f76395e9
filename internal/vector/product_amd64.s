#include "textflag.h"

// func blockAVX2(c *float64, stride int, a *float64, row, col int, b *float64, k int)
//
// The same operations as blockPlain, with the block in Y0 to Y7. No product is fused with
// a sum.
TEXT ·blockAVX2(SB), NOSPLIT, $0-56
	MOVQ c+0(FP), DI
	MOVQ stride+8(FP), R8
	SHLQ $3, R8
	MOVQ a+16(FP), SI
	MOVQ row+24(FP), R10
	SHLQ $3, R10
	MOVQ col+32(FP), R11
	SHLQ $3, R11
	MOVQ b+40(FP), DX
	MOVQ k+48(FP), CX
	LEAQ (DI)(R8*2), R9
	LEAQ (SI)(R10*2), R12
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD (DI)(R8*1), Y2
	VMOVUPD 32(DI)(R8*1), Y3
	VMOVUPD (R9), Y4
	VMOVUPD 32(R9), Y5
	VMOVUPD (R9)(R8*1), Y6
	VMOVUPD 32(R9)(R8*1), Y7

loop:
	VMOVUPD      (DX), Y8
	VMOVUPD      32(DX), Y9
	VBROADCASTSD (SI), Y10
	VMULPD       Y8, Y10, Y11
	VADDPD       Y11, Y0, Y0
	VMULPD       Y9, Y10, Y12
	VADDPD       Y12, Y1, Y1
	VBROADCASTSD (SI)(R10*1), Y10
	VMULPD       Y8, Y10, Y11
	VADDPD       Y11, Y2, Y2
	VMULPD       Y9, Y10, Y12
	VADDPD       Y12, Y3, Y3
	VBROADCASTSD (R12), Y10
	VMULPD       Y8, Y10, Y11
	VADDPD       Y11, Y4, Y4
	VMULPD       Y9, Y10, Y12
	VADDPD       Y12, Y5, Y5
	VBROADCASTSD (R12)(R10*1), Y10
	VMULPD       Y8, Y10, Y11
	VADDPD       Y11, Y6, Y6
	VMULPD       Y9, Y10, Y12
	VADDPD       Y12, Y7, Y7
	ADDQ         $64, DX
	ADDQ         R11, SI
	ADDQ         R11, R12
	DECQ         CX
	JNZ          loop

	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, (DI)(R8*1)
	VMOVUPD Y3, 32(DI)(R8*1)
	VMOVUPD Y4, (R9)
	VMOVUPD Y5, 32(R9)
	VMOVUPD Y6, (R9)(R8*1)
	VMOVUPD Y7, 32(R9)(R8*1)
	VZEROUPPER
	RET
