// What the passes of normalisations share. A set's statistics are its mean, one over its deviation, and on the way back
// the means of the gradient and of its products with the values less their mean. ALONE 1 has a set for each position, else
// one for each group of channels.
#if ALONE == 1
#define SETS(block, cy, cx) vec4 s = LOAD(stats, statBase + (cy) * statRow + (cx)); \
    vec4 mean = vec4(s.x), inverse = vec4(s.y), sum = vec4(s.z), product = vec4(s.w)
#else
#define SETS(block, cy, cx) vec4 mean, inverse, sum, product; \
    for (int i = 0; i < 4; i++) { \
        vec4 s = LOAD(stats, statBase + min(4 * (block) + i, depth - 1) / per); \
        mean[i] = s.x; inverse[i] = s.y; sum[i] = s.z; product[i] = s.w; \
    }
#endif

