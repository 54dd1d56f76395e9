#include "textflag.h"

// func addTermsAVX2(dst, x *float64, h float64, a *float64, at *int, k *float64, terms, n int)
//
// The same operations as addTermsPlain: sums over even terms in Y0 (and Y1), over odd
// ones in Y2 (and Y3). No product is fused with a sum.
TEXT ·addTermsAVX2(SB), NOSPLIT, $0-64
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	VBROADCASTSD h+16(FP), Y15
	MOVQ         a+24(FP), R8
	MOVQ         at+32(FP), R9
	MOVQ         k+40(FP), R10
	MOVQ         terms+48(FP), CX
	MOVQ         n+56(FP), DX
	MOVQ         CX, R11
	SUBQ         $1, R11 // pairs begin below this

eight:
	CMPQ   DX, $8
	JLT    four
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	XORQ   BX, BX
	JMP    eightTest

eightPair:
	MOVQ         (R9)(BX*8), AX
	MOVQ         8(R9)(BX*8), R12
	VBROADCASTSD (R8)(BX*8), Y4
	VBROADCASTSD 8(R8)(BX*8), Y5
	VMULPD       (R10)(AX*8), Y4, Y6
	VMULPD       32(R10)(AX*8), Y4, Y7
	VMULPD       (R10)(R12*8), Y5, Y8
	VMULPD       32(R10)(R12*8), Y5, Y9
	VADDPD       Y6, Y0, Y0
	VADDPD       Y7, Y1, Y1
	VADDPD       Y8, Y2, Y2
	VADDPD       Y9, Y3, Y3
	ADDQ         $2, BX

eightTest:
	CMPQ         BX, R11
	JLT          eightPair
	CMPQ         BX, CX
	JGE          eightDone
	MOVQ         (R9)(BX*8), AX
	VBROADCASTSD (R8)(BX*8), Y4
	VMULPD       (R10)(AX*8), Y4, Y6
	VMULPD       32(R10)(AX*8), Y4, Y7
	VADDPD       Y6, Y0, Y0
	VADDPD       Y7, Y1, Y1

eightDone:
	VADDPD  Y2, Y0, Y0
	VADDPD  Y3, Y1, Y1
	VMULPD  Y0, Y15, Y0
	VMULPD  Y1, Y15, Y1
	VADDPD  (SI), Y0, Y0
	VADDPD  32(SI), Y1, Y1
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	ADDQ    $64, SI
	ADDQ    $64, DI
	ADDQ    $64, R10
	SUBQ    $8, DX
	JMP     eight

four:
	TESTQ  DX, DX
	JLE    done
	VXORPD Y0, Y0, Y0
	VXORPD Y2, Y2, Y2
	XORQ   BX, BX
	JMP    fourTest

fourPair:
	MOVQ         (R9)(BX*8), AX
	MOVQ         8(R9)(BX*8), R12
	VBROADCASTSD (R8)(BX*8), Y4
	VBROADCASTSD 8(R8)(BX*8), Y5
	VMULPD       (R10)(AX*8), Y4, Y6
	VMULPD       (R10)(R12*8), Y5, Y8
	VADDPD       Y6, Y0, Y0
	VADDPD       Y8, Y2, Y2
	ADDQ         $2, BX

fourTest:
	CMPQ         BX, R11
	JLT          fourPair
	CMPQ         BX, CX
	JGE          fourDone
	MOVQ         (R9)(BX*8), AX
	VBROADCASTSD (R8)(BX*8), Y4
	VMULPD       (R10)(AX*8), Y4, Y6
	VADDPD       Y6, Y0, Y0

fourDone:
	VADDPD     Y2, Y0, Y0
	VMULPD     Y0, Y15, Y0
	CMPQ       DX, $4
	JLT        tail
	VADDPD     (SI), Y0, Y0
	VMOVUPD    Y0, (DI)
	ADDQ       $32, SI
	ADDQ       $32, DI
	ADDQ       $32, R10
	SUBQ       $4, DX
	JMP        four

tail:
	CMPQ    DX, $2
	JLT     one
	VMOVUPD (SI), X5
	VADDPD  X5, X0, X6
	VMOVUPD X6, (DI)
	JE      done
	VEXTRACTF128 $1, Y0, X0
	ADDQ    $16, SI
	ADDQ    $16, DI

one:
	VADDSD (SI), X0, X0
	VMOVSD X0, (DI)

done:
	VZEROUPPER
	RET
