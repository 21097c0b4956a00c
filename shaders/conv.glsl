// What both kernels of a convolution share.

SOURCE(0, In, x);
SOURCE(1, Weights, w); // [out/16][tapY][tapX][in][16 out]
STORES;

// MULTIPLY adds to acc what input channel lane of v gives; k holds its weights.
// Kernels differ in who computes what, never in the order of these sums.
#define MULTIPLY(lane) \
    for (int p = 0; p < PX; p++) for (int o = 0; o < OC; o++) \
        acc[p * OC + o] = fma(vec4(v[p][lane]), k[o], acc[p * OC + o]);

// FINISH applies the activation and stores one result.
#define FINISH(to, value) { \
    vec4 r = value; \
    ACTIVATE(r) \
    STORE(to, r) }

vec4 initial(int o4) { return bias < 0 ? vec4(0) : LOAD(w, bias + o4); }
