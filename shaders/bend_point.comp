// The bends of single values: a function of nn.Unaries, NOISE, and MEMORY, what is mixed with
// what was before. REMEMBER writes what the next step is to find; PASS is the way of
// what a bend leaves alone: an activation, or a gradient that goes straight back.
#if defined(NO_UNARY) && !defined(NOISE) && !defined(MEMORY) && !defined(REMEMBER) && !defined(PASS)
#error not told which bend
#endif
layout(local_size_x = LX) in;
#if defined(MEMORY)
layout(std430, binding = 6) readonly restrict buffer Past { vec4 past[]; };
#endif

// hash and draw are bend.Hash and bend.Draw, for four channels.
uvec4 hash(uvec4 i) {
    i = (i ^ i >> 16) * 0x7feb352du;
    i = (i ^ i >> 15) * 0x846ca68bu;
    return i ^ i >> 16;
}
vec4 draw(uint pattern, int block, int place) {
    uvec4 channel = hash(pattern + uint(4 * block) + uvec4(0, 1, 2, 3));
    return vec4(hash(channel + uint(place)) >> 8) * (1.0 / 8388608.0) - 1;
}

void main() {
    BENDING
#if defined(PASS)
    STORE(here, v)
#elif BACK == 1
    v *= 1 + wet * (unarySlope(LOAD(seen, beside), p, q, r) - 1);
    STORE(here, v)
#elif defined(REMEMBER)
    vec4 f = p * v * (1 + r * (wet - 1));
    if (q != 0) f += q * y[here];
    y[here] = sound(f);
#else
    vec4 f = unary(v, p, q, r);
#if defined(NOISE)
    f += p * draw(n.x, block, position);
    if (q != 0) f += q * draw(n.y, block, position);
#elif defined(MEMORY)
    f *= p;
    if (q != 0) f += q * past[beside];
#endif
    v += wet * (f - v);
    STORE(here, v)
#endif
}
