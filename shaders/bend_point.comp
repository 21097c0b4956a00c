// The bends of single values: the functions of bend.Pointwise by their CODE, noise, and what
// is mixed with what was before. REMEMBER writes what the next step is to find; PASS is the way of
// what a bend leaves alone: an activation, or a gradient that goes straight back.
#define LINEAR 0
#define KNEE 1
#define SOFT 2
#define HARD 3
#define BINARY 4
#define CLAMP 5
#define FOLD 6
#define WRAP 7
#define CRUSH 8
#define SINE 9
#define NOISE 10
#define MEMORY 11
#define REMEMBER 12
#define PASS 13
#if CODE > PASS
#error no such CODE
#endif
layout(local_size_x = LX) in;
#if CODE == MEMORY
layout(std430, binding = 6) readonly restrict buffer Past { vec4 past[]; };
#endif

// Where a function jumps, its steps must round as the reference's do: precise keeps them apart.

// turned is u between -1 and 3, which is where a fold begins again.
vec4 turned(vec4 u) {
    precise vec4 w = u - 4 * floor(u / 4 + 0.25);
    return w;
}
vec4 folded(vec4 u) { u = turned(u); return min(u, 2 - u); }

// quarterSine is sin(u*pi/2) for u in -1..1, to 1e-7.
vec4 quarterSine(vec4 u) {
    vec4 s = u * u;
    return u * (1.5707963 + s * (-0.64596409 + s * (0.07969260 + s * (-0.00468166 + s * 0.00016044))));
}

bvec4 within(vec4 v) { return lessThanEqual(abs(v), vec4(p)); }

// bent is the function's value.
vec4 bent(vec4 v) {
#if CODE == LINEAR
    return p * v + q;
#elif CODE == KNEE
    return mix(v, p * v, lessThan(v, vec4(0)));
#elif CODE == SOFT
    return v - clamp(v, vec4(-p), vec4(p));
#elif CODE == HARD
    return mix(v, vec4(0), within(v));
#elif CODE == BINARY
    return mix(vec4(0), vec4(q), greaterThan(v, vec4(p)));
#elif CODE == CLAMP
    return clamp(v, vec4(-p), vec4(p));
#elif CODE == FOLD
    return p * folded(r * v);
#elif CODE == WRAP
    precise vec4 turns = floor(v * r / 2 + 0.5);
    return v - 2 * p * turns;
#elif CODE == CRUSH
    precise vec4 steps = floor(v * r + 0.5);
    return p * steps;
#elif CODE == SINE
    return q * quarterSine(folded(r * v));
#else
    return v;
#endif
}

// derivative is its slope.
vec4 derivative(vec4 v) {
#if CODE == LINEAR
    return vec4(p);
#elif CODE == KNEE
    return mix(vec4(1), vec4(p), lessThan(v, vec4(0)));
#elif CODE == SOFT || CODE == HARD
    return mix(vec4(1), vec4(0), within(v));
#elif CODE == CLAMP
    return mix(vec4(0), vec4(1), within(v));
#elif CODE == FOLD
    return mix(vec4(1), vec4(-1), greaterThan(turned(r * v), vec4(1)));
#elif CODE == SINE
    return p * quarterSine(folded(r * v + 1));
#else
    return vec4(1);
#endif
}

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
#if CODE == PASS
    STORE(here, v)
#elif BACK == 1
#if CODE == LINEAR
    v *= 1 + wet * (p - 1);
#else
    v *= 1 + wet * (derivative(LOAD(seen, beside)) - 1);
#endif
    STORE(here, v)
#elif CODE == REMEMBER
    vec4 f = p * v * (1 + r * (wet - 1));
    if (q != 0) f += q * y[here];
    y[here] = sound(f);
#else
    vec4 f = bent(v);
#if CODE == NOISE
    f += p * draw(n.x, block, position);
    if (q != 0) f += q * draw(n.y, block, position);
#elif CODE == MEMORY
    f *= p;
    if (q != 0) f += q * past[beside];
#endif
    v += wet * (f - v);
    STORE(here, v)
#endif
}
