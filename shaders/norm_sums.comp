// The statistics of a normalisation's sets; BACK 1 adds what the way back needs, of the gradient.
layout(local_size_x = LX) in;
SOURCE(0, In, x); // on the way back the gradient
#if BACK == 1
SOURCE(1, Seen, seen); // the input
SOURCE(2, Gains, gains);
#endif
STORES;

vec4 within(int block, int low) { // one for the channels of a block that the set from channel low has
    ivec4 c = ivec4(4 * block) + ivec4(0, 1, 2, 3);
    return vec4(greaterThanEqual(c, ivec4(low))) * vec4(lessThan(c, ivec4(low + per)));
}

// before and after are sums over the set before the mean is known and then.
vec4 before(int block, int cy, int cx, vec4 here) {
    vec4 v = LOAD(x, inBase + block * inPlane + cy * inRow + cx);
#if BACK == 1
    v *= LOAD(gains, block);
#endif
    return v * here;
}
vec4 after(int block, int cy, int cx, vec4 here, float mean) {
#if BACK == 1
    vec4 v = LOAD(seen, besideBase + block * besidePlane + cy * besideRow + cx) - mean;
    return v * before(block, cy, cx, here);
#else
    vec4 v = LOAD(x, inBase + block * inPlane + cy * inRow + cx) - mean;
    return v * v * here;
#endif
}

// keep writes the statistics down.
void keep(int here, float level, float spread) {
#if BACK == 1
    y[here] = vec4(y[here].xy, centred != 0 ? level : 0, spread);
#else
    y[here] = vec4(level, inversesqrt(spread + eps), 0, 0);
#endif
}

#if ALONE == 1
void main() {
    POSITION
    int count = (depth + 3) / 4;
    float level = 0, spread = 0, mean = 0;
#if BACK == 1
    mean = y[here].x;
#else
    if (centred != 0)
#endif
    for (int b = 0; b < count; b++) level += dot(before(b, py, px, within(b, 0)), vec4(1));
    level /= float(depth);
#if BACK == 0
    mean = level;
#endif
    for (int b = 0; b < count; b++) spread += dot(after(b, py, px, within(b, 0), mean), vec4(1));
    keep(here, level, spread / float(depth));
}
#else
shared float share[LX];

// TOTAL sets v to its sum over the work group.
#define TOTAL(v) \
    share[me] = v; \
    for (int n = LX / 2; n > 0; n /= 2) { \
        barrier(); \
        if (me < n) share[me] += share[me + n]; \
    } \
    barrier(); \
    v = share[0]; \
    barrier();

void main() {
    if (GROUP * LX + first >= end) return;
    int me = int(gl_LocalInvocationID.x), set = GROUP + first / LX, here = outBase + set;
    int low = set * per, from = low / 4, cells = rows * columns, count = ((low + per + 3) / 4 - from) * cells;
    float mean = 0, level = 0, spread = 0;
#if BACK == 1
    mean = y[here].x;
#endif
    for (int i = me; i < count; i += LX) {
        ivec2 at = split(i, cells), cell = split(at.x, columns);
        level += dot(before(from + at.y, cell.y, cell.x, within(from + at.y, low)), vec4(1));
    }
    TOTAL(level)
    level /= float(per * cells);
    if (centred == 0) level = 0;
#if BACK == 0
    mean = level;
#endif
    for (int i = me; i < count; i += LX) {
        ivec2 at = split(i, cells), cell = split(at.x, columns);
        spread += dot(after(from + at.y, cell.y, cell.x, within(from + at.y, low), mean), vec4(1));
    }
    TOTAL(spread)
    spread /= float(per * cells);
    if (me == 0) keep(here, level, spread);
}
#endif
