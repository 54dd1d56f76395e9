#include "textflag.h"

// func finishTanhAVX2(value, slope, z *float64, n int, constants *[4][4]float64)
//
// The same operations as finishTanhPlain, four elements at a time.
TEXT ·finishTanhAVX2(SB), NOSPLIT, $0-40
	MOVQ value+0(FP), DI
	MOVQ slope+8(FP), SI
	MOVQ z+16(FP), DX
	MOVQ n+24(FP), CX
	MOVQ constants+32(FP), BX
	VMOVUPD (BX), Y15     // 1
	VMOVUPD 32(BX), Y14   // 2
	VMOVUPD 64(BX), Y13   // 4
	VMOVUPD 96(BX), Y12   // 1/3
	VPCMPEQQ Y11, Y11, Y11
	VPSLLQ   $63, Y11, Y11 // the sign
	XORQ AX, AX

loop:
	VMOVUPD (SI)(AX*8), Y0   // e
	VMOVUPD (DI)(AX*8), Y1   // m
	VADDPD Y1, Y14, Y2
	VDIVPD Y2, Y15, Y2       // q = 1/(2 + m)
	VMULPD Y2, Y0, Y3        // eq
	VMULPD Y3, Y14, Y4
	VSUBPD Y4, Y15, Y4       // 1 - 2 eq
	VXORPD Y11, Y1, Y1
	VMULPD Y2, Y1, Y1        // -m q
	VSUBPD Y12, Y0, Y0       // e - 1/3
	VBLENDVPD Y0, Y4, Y1, Y1
	VANDNPD Y1, Y11, Y1
	VANDPD (DX)(AX*8), Y11, Y5
	VORPD  Y5, Y1, Y1
	VMULPD Y3, Y13, Y3
	VMULPD Y2, Y3, Y3        // 4 eq q
	VMOVUPD Y1, (DI)(AX*8)
	VMOVUPD Y3, (SI)(AX*8)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET
