package integrate

// The coefficients of Radau IIA of order 5, and of its transformation. Source: Hairer,
// Wanner, Solving ODEs II, table IV.5.6 and section IV.8.
var (
	radauC = [3]float64{(4 - sqrt6) / 10, (4 + sqrt6) / 10, 1}

	radauA = [3][3]float64{
		{(88 - 7*sqrt6) / 360, (296 - 169*sqrt6) / 1800, (-2 + 3*sqrt6) / 225},
		{(296 + 169*sqrt6) / 1800, (88 + 7*sqrt6) / 360, (-2 - 3*sqrt6) / 225},
		{(16 - sqrt6) / 36, (16 + sqrt6) / 36, 1. / 9},
	}

	radauT = [3][3]float64{
		{9.1232394870892942792e-02, -0.14125529502095420843, -3.0029194105147424492e-02},
		{0.24171793270710701896, 0.20412935229379993199, 0.38294211275726193779},
		{0.96604818261509293619, 1, 0},
	}

	radauTI = [3][3]float64{
		{4.3255798900631553510, 0.33919925181580986954, 0.54177053993587487119},
		{-4.1787185915519047273, -0.32768282076106238708, 0.47662355450055045196},
		{-0.50287263494578687595, 2.5719269498556054292, -0.59603920482822492497},
	}

	// radauRHS are the rows of T^-1 times the eigenvalues of A.
	radauRHS = radauRows()

	// radauE are the weights of z in h times the error estimate.
	radauE = [3]float64{-(13 + 7*sqrt6) / 3, (-13 + 7*sqrt6) / 3, -1. / 3}

	// radauL are the coefficients of the polynomials that are 1 at one of the points C,
	// and 0 at the others and at 0.
	radauL = [3][]float64{
		lagrange([]float64{0, radauC[0], radauC[1], 1}, 1),
		lagrange([]float64{0, radauC[0], radauC[1], 1}, 2),
		lagrange([]float64{0, radauC[0], radauC[1], 1}, 3),
	}

	radau5 = Tableau{
		Name:   "radau5",
		Source: "Hairer, Wanner, Solving ODEs II, table IV.5.6",
		Order:  5,
		A:      [][]float64{make([]float64, 4), append([]float64{0}, radauA[0][:]...), append([]float64{0}, radauA[1][:]...), append([]float64{0}, radauA[2][:]...)},
		B:      append([]float64{0}, radauA[2][:]...),
		C:      append([]float64{0}, radauC[:]...),
		Dense:  radauIntegrals(), DenseOrder: 4,
	}

	// radau5Plain is the same for steps whose interpolant does not know the slope at the
	// start: the collocation polynomial.
	radau5Plain = Tableau{
		Name: radau5.Name, Source: radau5.Source, Order: radau5.Order, A: radau5.A, B: radau5.B, C: radau5.C,
		Dense: radauCollocation(), DenseOrder: 3,
	}

	// radauEndSlope are their slopes at 1.
	radauEndSlope = radauSlopes()
)

const (
	sqrt6  = 2.449489742783178098197284074705891391965947480656670128432692567250960377
	cbrt9  = 2.080083823051904114530056824357885386337805340373262109697591080200106147
	cbrt81 = 4.326748710922225147125010398837640398126985640083606806013600346914165006
	sqrt3  = 1.732050807568877293527446341505872366942805253810380628055806979451933017

	// The eigenvalues of A: radauU and 1/(alpha +- i beta).
	radauU    = (6 + cbrt81 - cbrt9) / 30
	radauRe   = (12 - cbrt81 + cbrt9) / 60
	radauIm   = (cbrt81 + cbrt9) * sqrt3 / 60
	radauNorm = radauRe*radauRe + radauIm*radauIm
)

// radauPair is 1/(alpha + i beta).
var radauPair = 1 / complex(radauRe/radauNorm, radauIm/radauNorm)

func radauRows() (rows [3][3]float64) {
	pair := 1 / complex(radauRe/radauNorm, radauIm/radauNorm)
	for j := range 3 {
		rows[0][j] = radauU * radauTI[0][j]
		v := pair * complex(radauTI[1][j], radauTI[2][j])
		rows[1][j], rows[2][j] = real(v), imag(v)
	}
	return rows
}

// radauIntegrals returns the dense weights of the slopes: integrals of the polynomials
// that are 1 at one of 0, c_1, c_2, 1 and 0 at the others.
func radauIntegrals() [][]float64 {
	nodes := []float64{0, radauC[0], radauC[1], 1}
	rows := make([][]float64, 4)
	for i := range rows {
		for j, c := range lagrange(nodes, i) {
			rows[i] = append(rows[i], c/float64(j+1))
		}
	}
	return rows
}

// radauCollocation returns the dense weights of the slopes in the polynomial through the
// start and the three stages.
func radauCollocation() [][]float64 {
	rows := make([][]float64, 4)
	rows[0] = make([]float64, 3)
	for i := range radauA {
		row := make([]float64, 3)
		for k, l := range radauL {
			for j := range row {
				row[j] += radauA[k][i] * l[1+j]
			}
		}
		rows[1+i] = row
	}
	return rows
}

func radauSlopes() (d [3]float64) {
	for k, l := range radauL {
		for j, c := range l {
			d[k] += float64(j) * c
		}
	}
	return d
}

// radauWeights returns the weights of z in the collocation polynomial at theta.
func radauWeights(theta float64) (w [3]float64) {
	for k, l := range radauL {
		w[k], _ = horner(l, theta)
	}
	return w
}

// radauDense returns the weights of the slope at the start and of z in the interpolant
// at theta: the collocation polynomial, whose derivative has the slopes of the three
// stages, and, where the slope at the start counts, the integral of the polynomial with
// that slope too. It differs by a multiple of
//
//	integral from 0 to theta of (x-c_1)(x-c_2)(x-1) / (-c_1 c_2) dx,
//
// which vanishes at 1.
func radauDense(theta, h float64, sloped bool) (w [4]float64) {
	l := radauWeights(theta)
	copy(w[1:], l[:])
	if !sloped {
		return w
	}
	n := theta * (1 + theta*(-9./2+theta*(6-theta*5./2)))
	w[0] = h * n
	for k := range 3 {
		w[1+k] -= n * radauL[k][1]
	}
	return w
}
