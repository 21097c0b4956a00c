// Convolution, forward and backward, by registers alone: each invocation
// gathers PX positions of a row for 4*OC output channels. Backward is the same
// gather over the output's gradient with the weights turned round, once for
// each phase of the stride (stepOut), so that one kernel serves every shape.
layout(local_size_x = LX, local_size_y = LY) in;

#define WEIGHTS(lane) for (int o = 0; o < OC; o++) k[o] = LOAD(w, wi + 4 * lane + o);

void main() {
    int run = INDEX + first;
    int o4 = int(gl_GlobalInvocationID.y) * OC;
    if (run >= end || o4 >= blocks) return;
    ivec2 g = split(run, runs);
    int gy = g.y, gx = g.x * PX;

    vec4 acc[PX * OC], v[PX], k[OC];
    for (int o = 0; o < OC; o++)
        for (int p = 0; p < PX; p++) acc[p * OC + o] = initial(o4 + o);
    int start = inBase + gy * stepInY * inRow + gx * stepInX + o4 / groupOut4 * in4 * inPlane;
    int wi = (o4 >> 2) * tapsY * tapsX * in4 * 16 + (o4 & 3);
    for (int ty = 0; ty < tapsY; ty++) {
        for (int tx = 0; tx < tapsX; tx++) {
            int at = start + ty * tapRow + tx * tapCol;
            for (int i = 0; i < in4; i++) {
                for (int p = 0; p < PX; p++) v[p] = LOAD(x, at + p * STEP);
                WEIGHTS(0) MULTIPLY(0)
                WEIGHTS(1) MULTIPLY(1)
                WEIGHTS(2) MULTIPLY(2)
                WEIGHTS(3) MULTIPLY(3)
                at += inPlane;
                wi += 16;
            }
        }
    }
    for (int o = 0; o < OC && o4 + o < blocks; o++) {
        int to = outBase + (o4 + o) * outPlane + gy * stepOutY * outRow + gx * stepOutX;
        for (int p = 0; p < PX && gx + p < width; p++) FINISH(to + p * stepOutX, acc[p * OC + o])
    }
}
