// Convolution as an implicit matrix product: a work group computes a tile of
// ROWS positions by COLS blocks of outputs. DEPTH blocks of inputs at a time go
// through shared memory, the next ones loaded into registers meanwhile.
#define THREADS (LX * LY)
#define XS (DEPTH * ROWS / THREADS)
#define WS ((DEPTH * 4 * COLS + THREADS - 1) / THREADS)
layout(local_size_x = LX, local_size_y = LY) in; // ROWS/PX, COLS/OC

shared vec4 xs[DEPTH * ROWS];     // [block of inputs][position]
shared vec4 ws[DEPTH * 4 * COLS]; // [input][block of outputs]

// place gives the column and row of a position; those past the end repeat the last.
ivec2 place(int n) { return split(min(n, end - 1), width); }

void main() {
    int me = int(gl_LocalInvocationIndex), tx = int(gl_LocalInvocationID.x), ty = int(gl_LocalInvocationID.y);
    int n0 = GROUP * ROWS + first, o0 = int(gl_WorkGroupID.y) * COLS;
    int depth = tapsY * tapsX * in4; // blocks of inputs in all
    float perTap = 1.0 / float(in4), perRow = 1.0 / float(tapsX);

    int base[XS]; // where the positions that this invocation loads begin
    for (int j = 0; j < XS; j++) {
        ivec2 p = place(n0 + (me + j * THREADS) % ROWS);
        base[j] = inBase + p.y * stepInY * inRow + p.x * stepInX;
    }
    vec4 nextX[XS], nextW[WS];

// FETCH loads the inputs and weights of a slab that begins at block d0.
#define FETCH(d0) \
    for (int j = 0; j < XS; j++) { \
        int d = (d0) + (me + j * THREADS) / ROWS; \
        int tap = int((float(d) + 0.5) * perTap), tapY = int((float(tap) + 0.5) * perRow); \
        int at = base[j] + tapY * tapRow + (tap - tapY * tapsX) * tapCol + (d - tap * in4) * inPlane; \
        nextX[j] = vec4(0); \
        if (d < depth) nextX[j] = LOAD(x, at); \
    } \
    for (int j = 0; j < WS; j++) { \
        int i = (d0) * 4 + (me + j * THREADS) / COLS, o4 = o0 + (me + j * THREADS) % COLS; \
        nextW[j] = vec4(0); \
        if (i < 4 * depth && o4 < blocks) nextW[j] = LOAD(w, ((o4 >> 2) * depth * 4 + i) * 4 + (o4 & 3)); \
    }

    vec4 acc[PX * OC], v[PX], k[OC];
    for (int o = 0; o < OC; o++) {
        vec4 b = initial(min(o0 + o * LY + ty, blocks - 1));
        for (int p = 0; p < PX; p++) acc[p * OC + o] = b;
    }
    FETCH(0)
    for (int d0 = 0; d0 < depth; d0 += DEPTH) {
        barrier();
        for (int j = 0; j < XS; j++) xs[me + j * THREADS] = nextX[j];
        for (int j = 0; j < WS; j++) if (me + j * THREADS < DEPTH * 4 * COLS) ws[me + j * THREADS] = nextW[j];
        barrier();
        if (d0 + DEPTH < depth) { FETCH(d0 + DEPTH) }
        for (int d = 0; d < DEPTH; d++) {
            for (int p = 0; p < PX; p++) v[p] = xs[d * ROWS + p * LX + tx];
#define WEIGHTS(lane) for (int o = 0; o < OC; o++) k[o] = ws[(4 * d + lane) * COLS + o * LY + ty];
            WEIGHTS(0) MULTIPLY(0)
            WEIGHTS(1) MULTIPLY(1)
            WEIGHTS(2) MULTIPLY(2)
            WEIGHTS(3) MULTIPLY(3)
        }
    }
    for (int p = 0; p < PX; p++) {
        int n = n0 + p * LX + tx;
        if (n >= end) continue;
        ivec2 g = place(n);
        for (int o = 0; o < OC; o++) {
            int o4 = o0 + o * LY + ty;
            if (o4 >= blocks) continue;
            FINISH(outBase + o4 * outPlane + g.y * stepOutY * outRow + g.x * stepOutX, acc[p * OC + o])
        }
    }
}
