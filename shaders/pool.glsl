// What both passes of a pool share. DILATION_X and DILATION_Y are constants, which divide fast.

const ivec2 dilation = ivec2(DILATION_X, DILATION_Y);

// steps is how many steps of the kernel lead beyond n cells.
ivec2 steps(ivec2 n) { return (max(n, ivec2(0)) + dilation - 1) / dilation; }

// under is the kernel's cells on the map, lo to before hi, of a window that begins at start.
void under(ivec2 start, out ivec2 lo, out ivec2 hi) {
    lo = steps(-start);
    hi = max(min(kernel, steps(cells - start)), lo);
}

// share is one over what a mean divides by, 0 for nothing.
float share(ivec2 start) {
    ivec2 lo, hi;
    under(start, lo, hi);
    ivec2 n = includePad != 0 ? min(kernel, steps(cells + padEnd - start)) : hi - lo;
    return n.x * n.y == 0 ? 0 : 1 / float(n.x * n.y);
}

#if NORM > 0
// power is v^by for v not below zero.
vec4 power(vec4 v, float by) {
    if (by == 0) return vec4(1);
    if (by == 1) return v;
    if (by == 2) return v * v;
    if (by == 0.5) return sqrt(v);
    return mix(pow(max(v, vec4(1e-37)), vec4(by)), vec4(0), equal(v, vec4(0)));
}
#endif
