package main

// What a careful author would write by hand for one model: no loops over reactions, no
// tables, every product once. Each is called through a function value, as a solver calls
// it.

func polluByHand(dy, y, k []float64) {
	_, _, _ = dy[19], y[19], k[24]
	r1, r2, r3, r4, r5 := k[0]*y[0], k[1]*y[1]*y[3], k[2]*y[4]*y[1], k[3]*y[6], k[4]*y[6]
	r6, r7, r8, r9, r10 := k[5]*y[6]*y[5], k[6]*y[8], k[7]*y[8]*y[5], k[8]*y[10]*y[1], k[9]*y[10]*y[0]
	r11, r12, r13, r14, r15 := k[10]*y[12], k[11]*y[9]*y[1], k[12]*y[13], k[13]*y[0]*y[5], k[14]*y[2]
	r16, r17, r18, r19, r20 := k[15]*y[3], k[16]*y[3], k[17]*y[15], k[18]*y[15], k[19]*y[16]*y[5]
	r21, r22, r23, r24, r25 := k[20]*y[18], k[21]*y[18], k[22]*y[0]*y[3], k[23]*y[18]*y[0], k[24]*y[19]
	dy[0] = -r1 - r10 - r14 - r23 - r24 + r2 + r3 + r9 + r11 + r12 + r22 + r25
	dy[1] = -r2 - r3 - r9 - r12 + r1 + r21
	dy[2] = -r15 + r1 + r17 + r19 + r22
	dy[3] = -r2 - r16 - r17 - r23 + r15
	dy[4] = -r3 + 2*r4 + r6 + r7 + r13 + r20
	dy[5] = -r6 - r8 - r14 - r20 + r3 + 2*r18
	dy[6] = -r4 - r5 - r6 + r13
	dy[7] = r4 + r5 + r6 + r7
	dy[8] = -r7 - r8
	dy[9] = -r12 + r7 + r9
	dy[10] = -r9 - r10 + r8 + r11
	dy[11] = r9
	dy[12] = -r11 + r10
	dy[13] = -r13 + r12
	dy[14] = r14
	dy[15] = -r18 - r19 + r16
	dy[16] = -r20
	dy[17] = r20
	dy[18] = -r21 - r22 - r24 + r23 + r25
	dy[19] = -r25 + r24
}

func polluJacobianByHand(jac, y, k []float64) {
	clear(jac)
	_, _, _ = jac[399], y[19], k[24]
	set := func(i, j int, v float64) { jac[i*20+j] = v }
	a2, b2 := k[1]*y[3], k[1]*y[1]    // r2 in y1, y3
	a3, b3 := k[2]*y[4], k[2]*y[1]    // r3 in y1, y4
	a6, b6 := k[5]*y[5], k[5]*y[6]    // r6 in y6, y5
	a8, b8 := k[7]*y[5], k[7]*y[8]    // r8 in y8, y5
	a9, b9 := k[8]*y[1], k[8]*y[10]   // r9 in y10, y1
	a10, b10 := k[9]*y[0], k[9]*y[10] // r10 in y10, y0
	a12, b12 := k[11]*y[1], k[11]*y[9]
	a14, b14 := k[13]*y[5], k[13]*y[0]
	a20, b20 := k[19]*y[5], k[19]*y[16]
	a23, b23 := k[22]*y[3], k[22]*y[0]
	a24, b24 := k[23]*y[0], k[23]*y[18]
	set(0, 0, -k[0]-b10-a14-a23-b24)
	set(0, 1, a2+a3+b9+b12)
	set(0, 3, b2-b23)
	set(0, 4, b3)
	set(0, 5, -b14)
	set(0, 9, a12)
	set(0, 10, a9-a10)
	set(0, 12, k[10])
	set(0, 18, k[21]-a24)
	set(0, 19, k[24])
	set(1, 0, k[0])
	set(1, 1, -a2-a3-b9-b12)
	set(1, 3, -b2)
	set(1, 4, -b3)
	set(1, 9, -a12)
	set(1, 10, -a9)
	set(1, 18, k[20])
	set(2, 0, k[0])
	set(2, 2, -k[14])
	set(2, 3, k[16])
	set(2, 15, k[18])
	set(2, 18, k[21])
	set(3, 0, -a23)
	set(3, 1, -a2)
	set(3, 2, k[14])
	set(3, 3, -b2-k[15]-k[16]-b23)
	set(4, 1, -a3)
	set(4, 4, -b3)
	set(4, 5, b6+b20)
	set(4, 6, 2*k[3]+a6)
	set(4, 8, k[6])
	set(4, 13, k[12])
	set(4, 16, a20)
	set(5, 0, -a14)
	set(5, 1, a3)
	set(5, 4, b3)
	set(5, 5, -b6-b8-b14-b20)
	set(5, 6, -a6)
	set(5, 8, -a8)
	set(5, 15, 2*k[17])
	set(5, 16, -a20)
	set(6, 5, -b6)
	set(6, 6, -k[3]-k[4]-a6)
	set(6, 13, k[12])
	set(7, 5, b6)
	set(7, 6, k[3]+k[4]+a6)
	set(7, 8, k[6])
	set(8, 5, -b8)
	set(8, 8, -k[6]-a8)
	set(9, 1, -b12+b9)
	set(9, 8, k[6])
	set(9, 9, -a12)
	set(9, 10, a9)
	set(10, 0, -b10)
	set(10, 1, -b9)
	set(10, 5, b8)
	set(10, 8, a8)
	set(10, 10, -a9-a10)
	set(10, 12, k[10])
	set(11, 1, b9)
	set(11, 10, a9)
	set(12, 0, b10)
	set(12, 10, a10)
	set(12, 12, -k[10])
	set(13, 1, b12)
	set(13, 9, a12)
	set(13, 13, -k[12])
	set(14, 0, a14)
	set(14, 5, b14)
	set(15, 3, k[15])
	set(15, 15, -k[17]-k[18])
	set(16, 5, -b20)
	set(16, 16, -a20)
	set(17, 5, b20)
	set(17, 16, a20)
	set(18, 0, a23-b24)
	set(18, 3, b23)
	set(18, 18, -k[20]-k[21]-a24)
	set(18, 19, k[24])
	set(19, 0, b24)
	set(19, 18, a24)
	set(19, 19, -k[24])
}

func hiresByHand(dy, y, p []float64) {
	_, _, _ = dy[7], y[7], p[11]
	bound := p[9] * y[5] * y[7]
	dy[0] = -p[0]*y[0] + p[1]*y[1] + p[2]*y[2] + p[3]
	dy[1] = p[0]*y[0] - p[4]*y[1]
	dy[2] = -p[5]*y[2] + p[1]*y[3] + p[6]*y[4]
	dy[3] = p[2]*y[1] + p[0]*y[2] - p[7]*y[3]
	dy[4] = -p[8]*y[4] + p[1]*(y[5]+y[6])
	dy[5] = -bound + p[10]*(y[3]+y[6]) + p[0]*y[4] - p[1]*y[5]
	dy[6] = bound - p[11]*y[6]
	dy[7] = -bound + p[11]*y[6]
}

func hiresJacobianByHand(jac, y, p []float64) {
	clear(jac)
	_, _, _ = jac[63], y[7], p[11]
	b5, b7 := p[9]*y[7], p[9]*y[5]
	jac[0], jac[1], jac[2] = -p[0], p[1], p[2]
	jac[8], jac[9] = p[0], -p[4]
	jac[18], jac[19], jac[20] = -p[5], p[1], p[6]
	jac[25], jac[26], jac[27] = p[2], p[0], -p[7]
	jac[36], jac[37], jac[38] = -p[8], p[1], p[1]
	jac[43], jac[44], jac[45], jac[46], jac[47] = p[10], p[0], -p[1]-b5, p[10], -b7
	jac[53], jac[54], jac[55] = b5, -p[11], b7
	jac[61], jac[62], jac[63] = -b5, p[11], -b7
}

// chainByHand is a line of states with diffusion and quadratic decay.
func chainByHand(dy, y, p []float64) {
	n := len(dy)
	k, s := p[0], p[1]
	for i := range dy {
		v := y[i]
		var left, right float64
		if i > 0 {
			left = y[i-1]
		}
		if i < n-1 {
			right = y[i+1]
		}
		dy[i] = k*(left-2*v+right) - s*(v*v)
	}
}

// chainJacobianByHand fills the three diagonals by columns, as they are stored.
func chainJacobianByHand(jac, y, p []float64) {
	n := len(y)
	k, s := p[0], p[1]
	at := 0
	for j, v := range y {
		if j > 0 {
			jac[at] = k
			at++
		}
		jac[at] = -2*k - 2*s*v
		at++
		if j < n-1 {
			jac[at] = k
			at++
		}
	}
}
