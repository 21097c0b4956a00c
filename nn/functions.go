package nn

// What rows of Unaries share. The generators of assembly and GLSL read this file: functions of floats that are made of
// definitions and a result, without branches. What bends are made of rounds its products by float32(): without it
// compilers may fuse them with sums, as Go's does on arm64, and old recipes would dream something else there. Polynomials not otherwise named are those of Cephes' single precision library (Moshier).

// turned is u moved by fours to -1..3, which is where a fold begins again.
func turned(u float32) float32 { return u - 4*floor(u*0.25+0.25) }

// folded reflects u at -1 and 1 until it lies between.
func folded(u float32) float32 {
	t := turned(u)
	return min(t, 2-t)
}

// quarterSine is sin(u*pi/2) for u in -1..1, to 4e-6.
func quarterSine(u float32) float32 {
	s := u * u
	return u * (1.5707963 + float32(s*(-0.64596409+float32(s*(0.07969260+float32(s*(-0.00468166+float32(s*0.00016044))))))))
}

// bounded is x, and the largest float in place of an infinity.
func bounded(x float32) float32 { return min(max(x, -3.4028235e38), 3.4028235e38) }

// halvings is how often exp(x) doubles one, and rest what is left of x then, up to half a doubling.
func halvings(x float32) float32 { return nearest(x * 1.44269504) }
func rest(x, n float32) float32  { return x - n*0.693359375 - n*-2.12194440e-4 }

// powers is exp(r)-1 for what rest leaves.
func powers(r float32) float32 {
	p := 5.0000001201e-1 + r*(1.6666665459e-1+r*(4.1665795894e-2+r*(8.3334519073e-3+r*(1.3981999507e-3+r*1.9875691500e-4))))
	return r + r*r*p
}

func exp(x float32) float32 {
	v := min(max(x, -104), 89)
	n := halvings(v)
	return scaled(1+powers(rest(v, n)), n)
}

// expm1 is exp(x)-1 for x up to 88, with all digits also near zero.
func expm1(x float32) float32 {
	v := min(max(x, -104), 88)
	n := halvings(v)
	return scaled(powers(rest(v, n)), n) + (scaled(1, n) - 1)
}

func log(x float32) float32 {
	v := choose(x < 1.1754944e-38, x*33554432, x) // what is too small to be normal, 25 doublings larger
	m, e := mantissa(v), exponent(v)-choose(x < 1.1754944e-38, 25, 0)
	f := choose(m > 1.41421356, 0.5*m, m) - 1
	n := choose(m > 1.41421356, e+1, e)
	z := f * f
	p := 3.3333331174e-1 + f*(-2.4999993993e-1+f*(2.0000714765e-1+f*(-1.6668057665e-1+f*(1.4249322787e-1+
		f*(-1.2420140846e-1+f*(1.1676998740e-1+f*(-1.1514610310e-1+f*7.0376836292e-2)))))))
	y := f + (f*z*p + n*-2.12194440e-4 - 0.5*z) + n*0.693359375
	odd := choose(x > 0, x, choose(x < 0, sqrt(x), -1/abs(x))) // of infinities and what has no logarithm
	return choose(x > 0, choose(x > 3.4028234e38, x, y), odd)
}

// log1p is log(1+x) for finite x, with all digits also near zero.
func log1p(x float32) float32 {
	u := 1 + x
	return log(u) + (x-(u-1))/u
}

func sigmoid(x float32) float32 { return 1 / (1 + exp(-x)) }

// tanh goes by the fraction t/(t+2) of t = exp(2x)-1.
func tanh(x float32) float32 {
	t := expm1(2 * min(abs(x), 10))
	return withSign(t/(t+2), x)
}

// erf is Norbert Juffa's erff, to 2 units in the last place.
func erf(x float32) float32 {
	t, s := min(abs(x), 4), x*x
	far := (t*-1.72853470e-5+3.83197126e-4)*(t*t) + (t*-3.88396438e-3 + 2.42546219e-2)
	far = ((far*t-1.06777877e-1)*t-6.34846687e-1)*t - 1.28717512e-1
	near := ((((s*-5.96761703e-4+4.99119423e-3)*s-2.67681349e-2)*s+1.12819925e-1)*s-3.76125336e-1)*s + 1.28379166e-1
	return choose(t > 0.927734375, withSign(1-exp(far*t-t), x), near*x+x)
}

// bell is exp(-x*x/2).
func bell(x float32) float32 { return exp(x * x * -0.5) }

// wave is sin(x + quarter*pi/2), right as long as x itself tells places on the wave apart.
func wave(x, quarter float32) float32 {
	n := nearest(x * 0.63661977)
	r := x - n*1.5703125 - n*4.837512969970703125e-4 - n*7.54978995489188216e-8
	k := n + quarter
	k = k - 4*floor(k*0.25)
	z := r * r
	s := r + r*z*(-1.6666654611e-1+z*(8.3321608736e-3+z*-1.9515295891e-4))
	c := 1 - 0.5*z + z*z*(4.166664568298827e-2+z*(-1.388731625493765e-3+z*2.443315711809948e-5))
	v := min(max(choose(k-2*floor(k*0.5) > 0.5, c, s), -1), 1)
	return choose(k > 1.5, -v, v)
}

// arc is asin(a) for a up to a half, and the same of sqrt((1-a)/2) for more.
func arc(a float32) float32 {
	z := choose(a > 0.5, 0.5-0.5*a, a*a)
	t := choose(a > 0.5, sqrt(z), a)
	p := 1.6666752422e-1 + z*(7.4953002686e-2+z*(4.5470025998e-2+z*(2.4181311049e-2+z*4.2163199048e-2)))
	return t + t*z*p
}

func asin(x float32) float32 {
	a := abs(x)
	return withSign(choose(a > 0.5, 1.5707963268-2*arc(a), arc(a)), x)
}

func acos(x float32) float32 {
	a := abs(x)
	s := arc(a)
	return choose(a > 0.5, choose(x > 0, 2*s, 3.1415926536-2*s), 1.5707963268-withSign(s, x))
}

func atan(x float32) float32 {
	a := abs(x)
	from := choose(a > 2.41421356, 1.5707963268, choose(a > 0.41421356, 0.7853981634, 0))
	t := choose(a > 2.41421356, -1/a, choose(a > 0.41421356, (a-1)/(a+1), a))
	z := t * t
	p := -3.33329491539e-1 + z*(1.99777106478e-1+z*(-1.38776856032e-1+z*8.05374449538e-2))
	return withSign(from+(t+t*z*p), x)
}

func sinh(x float32) float32 {
	a := abs(x)
	t, h := expm1(min(a, 1)), exp(0.5*a)
	return withSign(choose(a > 1, 0.5*h*h-0.5/(h*h), 0.5*(t+t/(t+1))), x)
}

func cosh(x float32) float32 {
	h := exp(0.5 * abs(x))
	return 0.5*h*h + 0.5/(h*h)
}

func asinh(x float32) float32 {
	a := abs(x)
	n := min(a, 1e4)
	return withSign(choose(a > 1e4, log(a)+0.6931471806, log1p(n+n*n/(1+sqrt(1+n*n)))), x)
}

func acosh(x float32) float32 {
	t := min(x, 1e4) - 1
	y := choose(x > 1e4, log(x)+0.6931471806, log1p(t+sqrt(2*t+t*t)))
	return choose(x < 1, sqrt(x-1), y)
}

func atanh(x float32) float32 {
	a := abs(x)
	n := min(a, 0.99999994)
	return withSign(choose(a < 1, 0.5*log1p(2*n/(1-n)), 1/sqrt(1-a)), x)
}

// power is |x|^p, the result of x below zero multiplied by below.
func power(x, p, below float32) float32 {
	v := exp(p * log(abs(x)))
	return choose(x < 0, below*v, v)
}

// raised is a to the b: that of |a|, with a sign below zero where b is odd, and no number there where b is not whole.
func raised(a, b float32) float32 {
	h := 0.5 * b
	odd := 2 * (h - floor(h))
	below := choose(abs(b-floor(b)) > 0, sqrt(-1-abs(a)), 1-2*odd)
	return choose(abs(b) > 0, power(a, b, below), 1)
}

// times is how often b goes into a, towards zero.
func times(a, b float32) float32 {
	q := a / b
	n := withSign(floor(abs(q)), q)
	r := a - b*n // of the other sign where the quotient was rounded up to a whole
	return choose(r*a < 0, withSign(floor(abs(q))-1, q), n)
}
