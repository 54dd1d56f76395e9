# Writes functions.csv: values and derivatives of the functions of package expr,
# to 20 digits, by mpmath (https://mpmath.org) at 400 digits:
#
#     python3 functions.py > functions.csv
#
# Arguments are the doubles nearest to the numbers written here. First and second
# derivatives come from numerical differentiation at that precision, not from
# formulas.
from itertools import combinations_with_replacement

from mpmath import mp, mpf

mp.dps = 400


def hill(x, K, n):
    return x**n / (K**n + x**n)


def lgamma(x):
    return mp.log(abs(mp.gamma(x)))


FUNCTIONS = {
    "exp": (mp.exp, [-700.0, -3.3, 0.0, 1e-9, 0.7, 21.0, 300.0]),
    "log": (mp.log, [1e-300, 1e-3, 0.9, 1.5, 7e8, 1e300]),
    "log10": (mp.log10, [1e-150, 0.3, 2.0, 1e9]),
    "log2": (lambda x: mp.log(x) / mp.log(2), [1e-150, 0.3, 5.0, 1e9]),
    "sqrt": (mp.sqrt, [1e-200, 0.01, 3.0, 1e200]),
    "abs": (lambda x: mp.sqrt(x * x), [-3.0, 2.5]),
    "sin": (mp.sin, [-7.7, -0.4, 1e-8, 1.0, 55.0]),
    "cos": (mp.cos, [-7.7, -0.4, 1e-8, 1.0, 55.0]),
    "tan": (mp.tan, [-1.4, -0.4, 1e-8, 1.0, 20.0]),
    "asin": (mp.asin, [-0.999999, -0.5, 0.01, 0.7, 0.9999999999]),
    "acos": (mp.acos, [-0.999999, -0.5, 0.01, 0.7, 0.9999999]),
    "atan": (mp.atan, [-1e5, -1.0, 0.01, 0.5, 30.0]),
    "sinh": (mp.sinh, [-5.0, -0.3, 1e-6, 2.0, 300.0]),
    "cosh": (mp.cosh, [-5.0, -0.3, 1e-6, 2.0, 300.0]),
    "tanh": (mp.tanh, [-20.0, -0.3, 1e-6, 2.0, 9.0, 200.0]),
    "erf": (mp.erf, [-3.0, -0.3, 0.01, 1.0, 4.0]),
    "lgamma": (lgamma, [-7.3, -0.5, 1e-5, 0.1, 0.8, 3.5, 14.9, 1e3, 1e10]),
    "digamma": (mp.digamma, [-7.3, -0.5, 1e-5, 0.1, 0.8, 3.5, 14.9, 1e3, 1e10]),
    "trigamma": (lambda x: mp.polygamma(1, x), [1e-5, 0.1, 0.8, 3.5, 14.9, 1e3, 1e10]),
    "trigamma-negative": (lambda x: mp.polygamma(1, x), [-7.3, -0.5]),
    "polygamma5": (lambda x: mp.polygamma(5, x), [0.1, 0.8, 3.5, 14.9, 1e3]),
    "x^2": (lambda x: x**2, [-3.0, 1e-7, 0.3]),
    "x^7": (lambda x: x**7, [-3.0, 1e-7, 0.3]),
    "x^-1": (lambda x: 1 / x, [-3.0, 1e-7, 0.3]),
    "x^-6": (lambda x: x**-6, [-3.0, 1e-7, 0.3]),
    "x^40": (lambda x: x**40, [-3.0, 1e-7, 0.3]),
    "x^1.5": (lambda x: x ** mpf(1.5), [1e-7, 0.3, 1e4]),
    "x^-0.7": (lambda x: x ** mpf(-0.7), [1e-7, 0.3, 1e4]),
    "3^x": (lambda x: mpf(3) ** x, [-20.0, 0.3, 60.0]),
    "pow": (lambda x, y: x**y, [(0.3, 2.5), (7.0, -1.2), (1e-5, 0.4), (1e5, 3.0), (2.0, 0.0), (0.6, 80.0)]),
    "atan2": (mp.atan2, [(1.0, 2.0), (-3.0, 0.5), (2.0, -5.0), (1e-160, 3e-160), (4e150, 1e149), (0.0, 1.0)]),
    "hill": (hill, [(2.0, 3.0, 2.0), (3.0, 2.0, 4.5), (1e-3, 5.0, 1.5), (5.0, 1e-3, 1.0), (1e4, 20.0, 8.0),
                    (20.0, 1e4, 9.0), (2.0, 3.0, -2.5), (3.0, 2.0, -1.0), (1e60, 1e50, 6.0)]),
}

print("# function; arguments; value; gradient; upper triangle of the Hessian, row by row")
for name, (f, points) in FUNCTIONS.items():
    for point in points:
        x = point if isinstance(point, tuple) else (point,)
        arg = [mpf(v) for v in x]
        def diff(*orders):
            # Differentiate g(s) = f(x scaled by s), so that the step suits each argument.
            size = [abs(a) if a != 0 else mpf(1) for a in arg]
            g = lambda *s: f(*[a + (v - 1) * w for a, v, w in zip(arg, s, size)])
            d = mp.diff(g, tuple([mpf(1)] * len(arg)), orders)
            for w, k in zip(size, orders):
                d /= w**k
            return d
        unit = lambda *on: tuple(sum(1 for k in on if k == i) for i in range(len(arg)))
        fields = [
            [f(*arg)],
            [diff(*unit(i)) for i in range(len(arg))],
            [diff(*unit(i, j)) for i, j in combinations_with_replacement(range(len(arg)), 2)],
        ]
        text = [" ".join(mp.nstr(v, 20, min_fixed=0, max_fixed=0) for v in field) for field in fields]
        print("; ".join([name, " ".join(repr(v) for v in x), *text]))
