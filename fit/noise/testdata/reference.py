"""Writes reference.csv: log densities and log probabilities of the distributions of fit/noise, with derivatives,
straight from their definitions at 60 digits with mpmath. Run as: python3 reference.py > reference.csv"""
from mpmath import mp, mpf, log, log10, exp, sqrt, pi, gamma, loggamma, gammainc, betainc, erfc, diff, quad, inf

mp.dps = 60


def normal(y, m, s):
    return log(2 * pi) / 2 + log(s) + ((y - m) / s) ** 2 / 2


def lognormal(y, m, s):
    return normal(log(y), log(m), s) + log(y)


def log10normal(y, m, s):
    return normal(log10(y), log10(m), s) + log(y) + log(log(mpf(10)))


def laplace(y, m, b):
    return log(2 * b) + abs(y - m) / b


def student(y, m, s, nu):
    return -(loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(nu * pi) / 2 - log(s)
             - (nu + 1) / 2 * log(1 + ((y - m) / s) ** 2 / nu))


def poisson(k, m):
    return -(k * log(m) - m - loggamma(k + 1))


def negbinomial(k, m, r):
    return -(loggamma(k + r) - loggamma(k + 1) - loggamma(r) + r * log(r / (r + m)) + k * log(m / (r + m)))


def phi(u):
    return erfc(-u / sqrt(mpf(2))) / 2


def c_normal(side, c, m, s):
    return -log(phi(side * (c - m) / s))


def c_lognormal(side, c, m, s):
    return c_normal(side, log(c), log(m), s)


def c_log10normal(side, c, m, s):
    return c_normal(side, log10(c), log10(m), s)


def c_laplace(side, c, m, b):
    u = side * (c - m) / b
    return -log(exp(u) / 2 if u < 0 else 1 - exp(-u) / 2)


def c_student(side, c, m, s, nu):
    u = side * (c - m) / s
    t = u * u / nu
    tail = betainc(nu / 2, mpf(1) / 2, 0, 1 / (1 + t), regularized=True) / 2
    return -log(tail if u < 0 else 1 - tail)


def count(side, c):
    return mp.ceil(c) - 1 if side > 0 else mp.floor(c)


def c_poisson(side, c, m):
    k = count(side, c)
    if side > 0:
        return -log(gammainc(k + 1, m, inf, regularized=True))
    return -log(gammainc(k + 1, 0, m, regularized=True))


def c_negbinomial(side, c, m, r):
    k = count(side, c)
    if side > 0:
        return -log(betainc(r, k + 1, 0, r / (r + m), regularized=True))
    return -log(betainc(k + 1, r, 0, m / (r + m), regularized=True))


def row(name, kind, f, value, args):
    value, args = mpf(value), [mpf(a) for a in args]
    v = f(value, *args)
    ds = []
    for i in range(len(args)):
        # an odd five-point rule at 60 digits: its error is of order (1e-10)^4
        h = abs(args[i]) * mpf(10) ** -10 if args[i] else mpf(10) ** -10

        def g(x, i=i):
            return f(value, *(args[:i] + [x] + args[i + 1:]))
        a = args[i]
        ds.append((8 * (g(a + h) - g(a - h)) - (g(a + 2 * h) - g(a - 2 * h))) / (12 * h))
    pad = [""] * (3 - len(args))
    out = [name, kind, mp.nstr(value, 17)] + [mp.nstr(a, 17) for a in args] + pad
    out += [mp.nstr(v, 18)] + [mp.nstr(d, 18) for d in ds] + pad
    print(",".join(out))


def info_student(nu):
    """information about nu: integral of f (d ln f/d nu)^2, from the trigamma function"""
    nu = mpf(nu)
    v = (mp.psi(1, nu / 2) - mp.psi(1, (nu + 1) / 2)) / 4 - (nu + 5) / (2 * nu * (nu + 1) * (nu + 3))
    return v


def info_negbinomial(m, r):
    """sum of f (d ln f/d size)^2, ascending until nothing is added"""
    m, r = mpf(m), mpf(r)
    mp.dps = 30
    p = (r / (r + m)) ** r
    k, total, mass = 0, mpf(0), mpf(0)
    step = mpf(0)  # psi(r+k) - psi(r)
    while True:
        d = step + log(r / (r + m)) + (m - k) / (r + m)
        total += p * d * d
        mass += p
        if 1 - mass < mpf(10) ** -22:
            break
        step += 1 / (r + k)
        p *= (k + r) / (k + 1) * m / (r + m)
        k += 1
    mp.dps = 60
    return total


print("# made by reference.py; see README.md")
print("distribution,kind,value,a0,a1,a2,nll,d0,d1,d2")
for y, m, s in (("1.5", "1", "0.25"), ("-3000", "-2900", "7"), ("1e-9", "1", "3"), ("0.1", "0.3", "1e-3")):
    row("normal", "density", normal, y, (m, s))
    row("laplace", "density", laplace, y, (m, s))
    for nu in ("0.3", "1", "4.5", "49.9", "50.1", "1000", "1e6"):
        row("student", "density", student, y, (m, s, nu))
for y, m, s in (("1.5", "1", "0.25"), ("3e-7", "2e-4", "1.5"), ("1e5", "100001", "0.01"), ("1e-200", "1e150", "40")):
    row("lognormal", "density", lognormal, y, (m, s))
    row("log10normal", "density", log10normal, y, (m, s))
for k, m in ((0, "0.3"), (0, "40"), (1, "1e-6"), (7, "7.25"), (15, "16"), (1000, "900"), (10 ** 6, "1001000"),
             (10 ** 12, "1000001000000"), (3, "700")):
    row("poisson", "density", poisson, k, (m,))
    for r in ("0.01", "1", "12.5", "1e4", "1e8"):
        row("negbinomial", "density", negbinomial, k, (m, r))
for side, kind in ((1, "below"), (-1, "above")):
    for z in ("-40", "-30", "-8", "-5.001", "-4.999", "-1", "0", "0.5", "3", "9", "30"):
        m, s = mpf(2), mpf("0.5")
        row("normal", kind, lambda c, *a: c_normal(side, c, *a), m + mpf(z) * s, (m, s))
        if z != "0":
            row("laplace", kind, lambda c, *a: c_laplace(side, c, *a), m + mpf(z) * s, (m, s))
        row("lognormal", kind, lambda c, *a: c_lognormal(side, c, *a), mpf(mp.nstr(m * exp(mpf(z) * s), 17)), (m, s))
        row("log10normal", kind, lambda c, *a: c_log10normal(side, c, *a), mpf(mp.nstr(m * exp(mpf(z) * s), 17)), (m, s))
        if z != "0":
            for nu in ("0.5", "3", "30", "2000"):
                row("student", kind, lambda c, *a: c_student(side, c, *a), m + mpf(z) * s, (m, s, nu))
    for c, m in ((1, "0.5"), ("2.5", "0.5"), (3, "4"), ("10", "2"), (3, "800"), (500, "1"), (900, "1000"), (1100, "1000"),
                 (1000, "3000"), (10 ** 6, "1000500")):
        row("poisson", kind, lambda c, *a: c_poisson(side, c, *a), c, (m,))
        for r in ("0.05", "1", "7.5", "1e3"):
            if mpf(c) <= 3000:
                row("negbinomial", kind, lambda c, *a: c_negbinomial(side, c, *a), c, (m, r))
for nu in ("0.1", "1", "7", "49.5", "50", "51", "300", "1e5", "1e9"):
    print("student,information,,,,%s,%s,,," % (nu, mp.nstr(info_student(nu), 18)))
for m, r in (("0.001", "0.001"), ("0.5", "0.1"), ("3", "1"), ("3", "40"), ("20", "0.3"), ("100", "5"), ("0.01", "10"), ("5", "1e4"),
             ("2", "3.5e6"), ("2", "1e8"), ("300", "2"), ("1000", "1000")):
    print("negbinomial,information,,%s,%s,,%s,,," % (m, r, mp.nstr(info_negbinomial(m, r), 18)))
