// The operations on single values, forward and (from BACKWARD on) backward.
// The second source is what the first gradient meets: an activation or an addend.
#define RELU 0
#define CLIP 1
#define AFFINE 2
#define COPY 3
#define ADD 4
#define RELU_BACKWARD 5
#define CLIP_BACKWARD 6
#define AFFINE_BACKWARD 7
#define MASKED 8
#define ZERO 9
layout(local_size_x = LX) in;

layout(std140, binding = 0) uniform Params {
    HEADER
    int otherBase, otherRow, otherPlane;
    float a, b; // slope, or bounds
};

SOURCE(0, In, x);
SOURCE(1, Other, other); // AFFINE: a scale for each block, then a shift
STORES;

void main() {
    POSITION
    int from = inBase + block * inPlane + py * inRow + px;
    int beside = otherBase + block * otherPlane + py * otherRow + px;
#if MODE == ZERO
    y[here] = vec4(0);
#elif MODE == MASKED
    vec4 v = y[here];
    y[here] = mix(a * v, v, greaterThan(LOAD(x, from), vec4(0)));
#else
    vec4 v = LOAD(x, from);
#if MODE == RELU
    v = mix(a * v, v, greaterThanEqual(v, vec4(0)));
#elif MODE == CLIP
    v = clamp(v, a, b) * LANES(block);
#elif MODE == AFFINE
    v = LOAD(other, block) * v + LOAD(other, blocks + block);
#elif MODE == ADD
    v += LOAD(other, beside);
#elif MODE == RELU_BACKWARD
    v = mix(a * v, v, greaterThan(LOAD(other, beside), vec4(0)));
#elif MODE == CLIP_BACKWARD
    vec4 t = LOAD(other, beside);
    v = mix(vec4(0), v, greaterThan(t, vec4(a)));
    v = mix(vec4(0), v, lessThan(t, vec4(b)));
#elif MODE == AFFINE_BACKWARD
    v *= LOAD(other, block);
#elif MODE != COPY
#error no such MODE
#endif
    STORE(here, v)
#endif
}
