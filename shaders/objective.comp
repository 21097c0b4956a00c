// Starts the backward pass at one target and sums its value: LAYER the whole
// layer (gradient the activation, half the squared norm), 1 one channel, 2 a
// guide (each position follows the best of its features), 3 a whole layer with fatigue, as nn.Fatigue
// has it. Each invocation takes every PARTS-th vec4, or position, so that the order of the
// sum is fixed. The second sum, of TIRED, is that of the positions' norms.
layout(local_size_x = LX) in;


SOURCE(0, In, a); // lies as the gradient does
SOURCE(1, Guide, guide); // [feature][block]; under TIRED the gain of each channel, then the mean norm
STORES;
layout(std430, binding = 5) restrict buffer Sums { vec4 sums[]; };

void main() {
    int me = INDEX + first;
    if (me >= end) return;
    int n = width * height;
    float sum = 0, norms = 0;
#if defined(TIRED)
    float usual = LOAD(guide, blocks).x;
    for (int p = me; p < n; p += PARTS) {
        ivec2 cell = split(p, width);
        int at = cell.y * outRow + cell.x;
        float square = 0;
        for (int b = 0; b < blocks; b++) {
            vec4 v = LOAD(a, inBase + at + b * inPlane);
            square += dot(LOAD(guide, b) * v, v);
        }
        float norm = sqrt(square / float(channels));
        float even = usual > 0 ? power(vec4(norm / usual), evenness).x : 1;
        for (int b = 0; b < blocks; b++) {
            vec4 v = LOAD(a, inBase + at + b * inPlane), d = even * LOAD(guide, b) * v;
            sum += 0.5 * dot(d, v);
            int to = outBase + at + b * outPlane;
            STORE(to, weight * d)
        }
        norms += norm;
    }
#elif defined(GUIDE)
    for (int p = me; p < n; p += PARTS) {
        ivec2 cell = split(p, width);
        int at = cell.y * outRow + cell.x;
        float best = uintBitsToFloat(0xff800000u);
        int which = 0;
        for (int j = 0; j < features; j += 4) {
            float s[4] = float[4](0, 0, 0, 0);
            for (int b = 0; b < blocks; b++) {
                vec4 v = LOAD(a, inBase + at + b * inPlane);
                for (int q = 0; q < 4; q++) s[q] += dot(v, LOAD(guide, (j + q) * blocks + b));
            }
            for (int q = 0; q < 4; q++) if (j + q < features && s[q] > best) { best = s[q]; which = j + q; }
        }
        sum += best;
        for (int b = 0; b < blocks; b++) {
            int to = outBase + at + b * outPlane;
            STORE(to, weight * LOAD(guide, which * blocks + b))
        }
    }
#else
    for (int i = me; i < n * blocks; i += PARTS) {
        ivec2 part = split(i, n), cell = split(part.x, width);
        int b = part.y, at = cell.y * outRow + cell.x;
        vec4 v = LOAD(a, inBase + at + b * inPlane);
#if defined(CHANNEL)
        vec4 one = vec4(equal(ivec4(4 * b) + ivec4(0, 1, 2, 3), ivec4(channel)));
        sum += dot(v, one);
        v = one;
#else
        sum += 0.5 * dot(v, v);
#endif
        int to = outBase + at + b * outPlane;
        STORE(to, weight * v)
    }
#endif
    sums[me] = vec4(weight * sum, norms, 0, 0);
}
