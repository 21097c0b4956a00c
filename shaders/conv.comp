// Convolution, forward and backward, by registers alone: each invocation
// gathers PX positions of a row for 4*OC output channels. Backward is the same
// gather over the output's gradient with the weights turned round, once for
// each phase of the stride (stepOut), so that one kernel serves every shape.
layout(local_size_x = LX, local_size_y = LY) in;

layout(std140, binding = 0) uniform Params {
    HEADER
    int stepInY, stepInX, stepOutY, stepOutX; // cells between positions
    int runs;                                 // of PX positions in a row
    int tapsY, tapsX, tapRow, tapCol;         // the kernel and its steps through the input
    int in4, groupOut4;                       // blocks of channels of a group
    int bias;                                 // where the bias stands among the weights, or -1
    int act; float actSlope;                  // 1 applies the rectifier
};

SOURCE(0, In, x);
SOURCE(1, Weights, w); // [out/16][tapY][tapX][in][16 out]
STORES;

#define RANK1(lane) \
    for (int o = 0; o < OC; o++) k[o] = LOAD(w, wi + 4 * lane + o); \
    for (int p = 0; p < PX; p++) for (int o = 0; o < OC; o++) acc[p * OC + o] += v[p][lane] * k[o];

void main() {
    int run = int(gl_GlobalInvocationID.x) + first;
    int o4 = int(gl_GlobalInvocationID.y) * OC;
    if (run >= end || o4 >= blocks) return;
    int gy = run / runs, gx = (run - gy * runs) * PX;

    vec4 acc[PX * OC], v[PX], k[OC];
    for (int o = 0; o < OC; o++) {
        vec4 b = bias < 0 ? vec4(0) : LOAD(w, bias + o4 + o);
        for (int p = 0; p < PX; p++) acc[p * OC + o] = b;
    }
    int start = inBase + gy * stepInY * inRow + gx * stepInX + o4 / groupOut4 * in4 * inPlane;
    int wi = (o4 >> 2) * tapsY * tapsX * in4 * 16 + (o4 & 3);
    for (int ty = 0; ty < tapsY; ty++) {
        for (int tx = 0; tx < tapsX; tx++) {
            int at = start + ty * tapRow + tx * tapCol;
            for (int i = 0; i < in4; i++) {
                for (int p = 0; p < PX; p++) v[p] = LOAD(x, at + p * STEP);
                RANK1(0) RANK1(1) RANK1(2) RANK1(3)
                at += inPlane;
                wi += 16;
            }
        }
    }
    for (int o = 0; o < OC && o4 + o < blocks; o++) {
        int to = outBase + (o4 + o) * outPlane + gy * stepOutY * outRow + gx * stepOutX;
        for (int p = 0; p < PX && gx + p < width; p++) {
            vec4 r = acc[p * OC + o];
            if (act != 0) r = mix(actSlope * r, r, greaterThan(r, vec4(0)));
            STORE(to + p * stepOutX, r)
        }
    }
}
