#include "textflag.h"

// func expNegAVX2(e, m, z *float64, n int, minusC float64, constants *[18][4]float64) (done int)
//
// The same operations as expNegPlain, four elements at a time. No product is fused with
// a sum.
TEXT ·expNegAVX2(SB), NOSPLIT, $0-56
	MOVQ e+0(FP), DI
	MOVQ m+8(FP), SI
	MOVQ z+16(FP), DX
	MOVQ n+24(FP), CX
	VBROADCASTSD minusC+32(FP), Y15
	MOVQ constants+40(FP), BX
	XORQ AX, AX

	VPCMPEQQ Y14, Y14, Y14
	VPSRLQ   $63, Y14, Y13     // 1
	VPSLLQ   $10, Y13, Y12
	VPSUBQ   Y13, Y12, Y12     // 1023
	VPSRLQ   $1, Y14, Y14      // all but the sign
	VMOVUPD  128(BX), Y13      // deepest

loop:
	LEAQ 4(AX), R8
	CMPQ R8, CX
	JGT  end
	VMOVUPD   (DX)(AX*8), Y0
	VANDPD    Y14, Y0, Y0
	VMULPD    Y15, Y0, Y0      // y
	VCMPPD    $29, Y13, Y0, Y1 // y >= deepest, false for NaN
	VMOVMSKPD Y1, R9
	CMPL      R9, $15
	JNE       end

	VMULPD (BX), Y0, Y1
	VADDPD 32(BX), Y1, Y1      // k + roundShift
	VPADDQ Y12, Y1, Y2
	VPSLLQ $52, Y2, Y2         // s = 2^k
	VSUBPD 32(BX), Y1, Y1      // k
	VMULPD 64(BX), Y1, Y3
	VSUBPD Y3, Y0, Y3
	VMULPD 96(BX), Y1, Y1
	VSUBPD Y1, Y3, Y3          // r
	VMULPD Y3, Y3, Y4          // r2
	VMULPD Y4, Y4, Y5          // r4

	VMULPD 224(BX), Y3, Y6
	VADDPD 192(BX), Y6, Y6
	VMULPD 288(BX), Y3, Y7
	VADDPD 256(BX), Y7, Y7
	VMULPD Y4, Y7, Y7
	VADDPD Y7, Y6, Y6          // a

	VMULPD 352(BX), Y3, Y8
	VADDPD 320(BX), Y8, Y8
	VMULPD 416(BX), Y3, Y9
	VADDPD 384(BX), Y9, Y9
	VMULPD Y4, Y9, Y9
	VADDPD Y9, Y8, Y8          // b

	VMULPD 480(BX), Y3, Y10
	VADDPD 448(BX), Y10, Y10
	VMULPD 544(BX), Y3, Y11
	VADDPD 512(BX), Y11, Y11
	VMULPD Y4, Y11, Y11
	VADDPD Y11, Y10, Y10       // d

	VMULPD Y5, Y10, Y10
	VADDPD Y10, Y8, Y8
	VMULPD Y5, Y8, Y8
	VADDPD Y8, Y6, Y6
	VMULPD Y4, Y6, Y6
	VADDPD Y6, Y3, Y3
	VMULPD Y2, Y3, Y3          // p
	VADDPD Y3, Y2, Y4          // e
	VSUBPD 160(BX), Y2, Y2
	VADDPD Y3, Y2, Y2          // m
	VMOVUPD Y4, (DI)(AX*8)
	VMOVUPD Y2, (SI)(AX*8)
	MOVQ R8, AX
	JMP  loop

end:
	VZEROUPPER
	MOVQ AX, done+48(FP)
	RET
