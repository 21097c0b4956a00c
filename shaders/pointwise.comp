// What is done with single values, by the name of a macro.
// The second source is what the first gradient meets: an activation or an addend.
layout(local_size_x = LX) in;


SOURCE(0, In, x);
SOURCE(1, Other, other); // AFFINE: a scale for each block, then a shift
STORES;

void main() {
    POSITION
    int from = inBase + block * inPlane + py * inRow + px;
    int beside = otherBase + block * otherPlane + py * otherRow + px;
#if defined(ZERO)
    y[here] = vec4(0);
#elif defined(MASKED)
    vec4 v = y[here];
    y[here] = passed(LOAD(x, from), v, slope, low, high);
#else
    vec4 v = LOAD(x, from);
#if defined(RELU)
    v = mix(a * v, v, greaterThanEqual(v, vec4(0)));
#elif defined(CLIP)
    v = clamp(v, a, b) * LANES(block);
#elif defined(AFFINE)
    v = LOAD(other, block) * v + LOAD(other, blocks + block);
#elif defined(ADD)
    v += LOAD(other, beside);
#elif defined(RELU_BACKWARD)
    v = mix(a * v, v, greaterThan(LOAD(other, beside), vec4(0)));
#elif defined(CLIP_BACKWARD)
    vec4 t = LOAD(other, beside);
    v = mix(vec4(0), v, greaterThan(t, vec4(a)));
    v = mix(vec4(0), v, lessThan(t, vec4(b)));
#elif defined(AFFINE_BACKWARD)
    v *= LOAD(other, block);
#elif !defined(COPY)
#error not told what to do
#endif
    STORE(here, v)
#endif
}
