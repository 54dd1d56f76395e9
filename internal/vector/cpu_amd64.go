package vector

// avx2 says whether processor and system have the 256-bit registers and AVX2.
var avx2 = hasAVX2()

func hasAVX2() bool {
	const osxsave, avx, registers, avx2 = 1 << 27, 1 << 28, 6, 1 << 5
	if highest, _, _, _ := cpuid(0, 0); highest < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || c&avx == 0 || xgetbv()&registers != registers {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

// cpuid and xgetbv are the instructions of that name.
func cpuid(leaf, sub uint32) (a, b, c, d uint32)
func xgetbv() uint32
