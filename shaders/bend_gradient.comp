// The bends of the gradient that look at all of it first. MEASURE is the first stage of the sum
// that they need: of the sizes of wet*dy or, to stand at right angles to what is
// remembered, of the products with it and of its squares. Each invocation takes every PARTS-th vec4.
#if !defined(SIGN) && !defined(QUANTISE) && !defined(ORTHOGONAL)
#error not told which bend
#endif
layout(local_size_x = LX) in;
layout(std430, binding = 5) restrict buffer Sums { vec4 sums[]; };
#if defined(ORTHOGONAL)
layout(std430, binding = 6) readonly restrict buffer Past { vec4 past[]; }; // there is one where q is 1
#endif

#if MEASURE == 1
void main() {
    int me = INDEX + first;
    if (me >= end) return;
    int cells = width * height;
    vec2 sum = vec2(0);
    for (int i = me; i < cells * blocks; i += PARTS) {
        ivec2 part = split(i, cells), cell = split(part.x, width);
        vec4 v = LOAD(table, part.y) * LOAD(x, inBase + part.y * inPlane + cell.y * inRow + cell.x);
#if defined(ORTHOGONAL)
        if (q == 0) break;
        vec4 old = past[besideBase + part.y * besidePlane + cell.y * besideRow + cell.x];
        sum += vec2(dot(v, old), dot(old, old));
#else
        sum.x += dot(abs(v), vec4(1));
#endif
    }
    sums[me] = vec4(sum, 0, 0);
}
#else
void main() {
    BENDING
    vec4 part = wet * v, total = sums[0];
#if defined(ORTHOGONAL)
    if (q != 0 && total.y != 0) v -= p * total.x / total.y * past[beside];
#else
    float mean = total.x / q;
#if defined(SIGN)
    v += mix(mix(vec4(0), vec4(-mean), lessThan(part, vec4(0))), vec4(mean), greaterThan(part, vec4(0))) - part;
#else
    float size = p * mean;
    precise vec4 steps = floor(part / size + 0.5);
    v += (size > 0 ? size * steps : vec4(0)) - part;
#endif
#endif
    STORE(here, v)
}
#endif
