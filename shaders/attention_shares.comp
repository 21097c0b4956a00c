// A query's shares, the softmax of its scaled products with the keys of its window; BACK 1 makes their changes of the gradient's
// products with the values. A work group shares a query of a head.
layout(local_size_x = LX) in;
SOURCE(0, In, x);         // queries; the gradient
SOURCE(1, Beside, beside); // keys; values
#if BIAS == 1
SOURCE(2, Bias, bias);
#endif
STORES;

shared float share[LX];

// TOGETHER sets v to what the work group's come to.
#define TOGETHER(v, join) \
    share[me] = v; \
    for (int n = LX / 2; n > 0; n /= 2) { \
        barrier(); \
        if (me < n) share[me] = join(share[me], share[me + n]); \
    } \
    barrier(); \
    v = share[0]; \
    barrier();

float plus(float a, float b) { return a + b; }

void main() {
    if (GROUP * LX + first >= end) return;
    int me = int(gl_LocalInvocationID.x), position = GROUP + first / LX, head = int(gl_GlobalInvocationID.y);
    ivec2 cell = split(position, width), from = CORNER(cell.y, cell.x);
    int query = inBase + cell.y * inRow + cell.x, here = outBase + head * strips * outPlane + cell.y * outRow + cell.x;
    int low = head * per, above = low + per, wide = windowRows * windowColumns;
#if BACK == 1
    int there = here + heads * strips * outPlane; // the changes
    float mean = 0;
#else
    float top = uintBitsToFloat(0xff800000u), sum = 0;
#if BIAS == 1
    int place = 0;
    if (places == 4) place = int(from.y + windowColumns >= keyColumns) + 2 * int(from.x + windowRows >= keyRows);
    int biased = ((place * biasHeads + min(head, biasHeads - 1)) * wide + (cell.y - from.x) * windowColumns + cell.x - from.y) * strips;
#endif
#endif
    for (int i = me; i < strips; i += LX) {
        vec4 s = vec4(0);
        bvec4 met = bvec4(false);
        for (int lane = 0; lane < 4; lane++) {
            ivec2 at = split(4 * i + lane, windowColumns);
            int ky = from.x + at.y, kx = from.y + at.x;
            if (4 * i + lane >= wide || ky >= keyRows || kx >= keyColumns) continue;
            met[lane] = true;
            int key = besideBase + ky * besideRow + kx;
            for (int b = low / 4; 4 * b < above; b++) {
                ivec4 c = ivec4(4 * b) + ivec4(0, 1, 2, 3);
                vec4 own = vec4(greaterThanEqual(c, ivec4(low))) * vec4(lessThan(c, ivec4(above)));
                s[lane] += dot(LOAD(x, query + b * inPlane) * own, LOAD(beside, key + b * besidePlane));
            }
        }
#if BACK == 1
        y[there + i * outPlane] = s;
        mean += dot(s, y[here + i * outPlane]);
    }
    TOGETHER(mean, plus)
    for (int i = me; i < strips; i += LX) {
        int at = i * outPlane;
        y[there + at] = scale * y[here + at] * (y[there + at] - mean);
    }
#else
        s *= scale;
#if BIAS == 1
        s += LOAD(bias, biased + i);
#endif
        s = mix(vec4(uintBitsToFloat(0xff800000u)), s, met);
        y[here + i * outPlane] = s;
        top = max(top, max(max(s.x, s.y), max(s.z, s.w)));
    }
    TOGETHER(top, max)
    for (int i = me; i < strips; i += LX) {
        vec4 s = exp(y[here + i * outPlane] - top);
        y[here + i * outPlane] = s;
        sum += dot(s, vec4(1));
    }
    TOGETHER(sum, plus)
    for (int i = me; i < strips; i += LX) y[here + i * outPlane] /= sum;
#endif
}
