// Takes all values along some axes together: SUM, LARGEST or PRODUCT. A work group shares each output. TALLY makes what the
// way back needs: how many are the largest, or the product of the others where a single factor is zero.
layout(local_size_x = LX) in;
SOURCE(0, In, x);
#if defined(TALLY)
SOURCE(1, Seen, seen); // the output
#endif
STORES;

#if defined(LARGEST) && !defined(TALLY)
#define NEUTRAL vec4(uintBitsToFloat(0xff800000u))
#define JOIN(a, b) max(a, b)
#elif defined(PRODUCT)
#define NEUTRAL vec4(1)
#define JOIN(a, b) ((a) * (b))
#else
#define NEUTRAL vec4(0)
#define JOIN(a, b) ((a) + (b))
#endif

shared vec4 share[LX];
#if defined(PRODUCT) && defined(TALLY)
shared vec4 zeros[LX];
#endif

void main() {
    if (GROUP * LX + first >= end) return;
    int me = int(gl_LocalInvocationID.x), position = GROUP + first / LX, block = int(gl_GlobalInvocationID.y);
    ivec2 cell = split(position, width);
    int cells = spanRows * spanColumns;
    vec4 s = NEUTRAL, none = vec4(0);
    for (int i = me; i < spanBlocks * cells; i += LX) {
        ivec2 k = split(i, cells), at = split(k.x, spanColumns);
        int b = block + k.y, cy = cell.y + at.y, cx = cell.x + at.x;
        vec4 v = LOAD(x, inBase + b * inPlane + cy * inRow + cx);
        bvec4 there = lessThan(ivec4(4 * b) + ivec4(0, 1, 2, 3), ivec4(wide));
#if defined(TALLY) && defined(LARGEST)
        v = vec4(equal(v, AT(seen, b, cy, cx)));
#elif defined(TALLY)
        bvec4 zero = equal(v, vec4(0));
        none += mix(vec4(0), vec4(zero), there);
        v = mix(v, vec4(1), zero);
#endif
        s = JOIN(s, mix(NEUTRAL, v, there));
    }
    share[me] = s;
#if defined(PRODUCT) && defined(TALLY)
    zeros[me] = none;
#endif
    for (int n = LX / 2; n > 0; n /= 2) {
        barrier();
        if (me < n) {
            share[me] = JOIN(share[me], share[me + n]);
#if defined(PRODUCT) && defined(TALLY)
            zeros[me] += zeros[me + n];
#endif
        }
    }
    if (me != 0) return;
    s = share[0];
#if defined(PRODUCT) && defined(TALLY)
    none = zeros[0];
    if (single != 0) none = vec4(dot(none, vec4(1)));
#endif
    if (single != 0) s = vec4(JOIN(JOIN(s.x, s.y), JOIN(s.z, s.w)), 0, 0, 0);
#if defined(PRODUCT) && defined(TALLY)
    s = mix(s, vec4(0), greaterThan(none, vec4(1)));
#elif defined(SUM)
    s *= portion;
#endif
    int here = outBase + block * outPlane + cell.y * outRow + cell.x;
    s = mix(vec4(0), s, lessThan(ivec4(4 * block) + ivec4(0, 1, 2, 3), ivec4(single != 0 ? 1 : wide)));
    STORE(here, s)
}
