// Convolution in groups that do not fall on blocks of four channels, the
// depthwise one (DEPTHWISE 1) among them: one position and block for each invocation.
layout(local_size_x = LX) in;


SOURCE(0, In, x);
SOURCE(1, Weights, w); // [out/4][tapY][tapX][in of a group][4 out]
STORES;

// value is channel c of the map at a cell of block 0.
float value(int at, int c) { return LOAD(x, at + (c >> 2) * inPlane)[c & 3]; }

void main() {
    POSITION
    here = outBase + block * outPlane + py * stepOutY * outRow + px * stepOutX;
    int start = inBase + py * stepInY * inRow + px * stepInX;
    int wi = block * tapsY * tapsX * groupIn;
    vec4 acc = bias < 0 ? vec4(0) : LOAD(w, bias + block);
    ivec4 from = min(4 * block + ivec4(0, 1, 2, 3), ivec4(channels - 1)) / groupOut * groupIn;
    for (int ty = 0; ty < tapsY; ty++) {
        for (int tx = 0; tx < tapsX; tx++) {
            int at = start + ty * tapRow + tx * tapCol;
#if DEPTHWISE == 1
            acc += LOAD(x, at + block * inPlane) * LOAD(w, wi++);
#else
            for (int i = 0; i < groupIn; i++) {
                vec4 v = vec4(value(at, from.x + i), value(at, from.y + i), value(at, from.z + i), value(at, from.w + i));
                acc += v * LOAD(w, wi++);
            }
#endif
        }
    }
    ACTIVATE(acc)
    STORE(here, acc)
}
