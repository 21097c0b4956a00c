// What functions of single values are made of.

// Where a function jumps, its steps must round as the reference's do: precise keeps them apart.

// turned is u between -1 and 3, which is where a fold begins again.
vec4 turned(vec4 u) {
    precise vec4 w = u - 4 * floor(u / 4 + 0.25);
    return w;
}
vec4 folded(vec4 u) { u = turned(u); return min(u, 2 - u); }

// quarterSine is sin(u*pi/2) for u in -1..1, to 4e-6.
vec4 quarterSine(vec4 u) {
    vec4 s = u * u;
    return u * (1.5707963 + s * (-0.64596409 + s * (0.07969260 + s * (-0.00468166 + s * 0.00016044))));
}

bvec4 within(vec4 v, float p) { return lessThanEqual(abs(v), vec4(p)); }
