// Multiplies two maps as matrices, for each head: a row for each channel, a column for each position; TURN_A 1 and TURN_B 1 turn them.
layout(local_size_x = LX) in;
SOURCE(0, In, x);
SOURCE(1, Beside, beside);
STORES;

float own(int channel, int position) {
    ivec2 at = split(position, inWidth);
    return LOAD(x, inBase + (channel >> 2) * inPlane + at.y * inRow + at.x)[channel & 3];
}

float other(int channel, int position) {
    ivec2 at = split(position, besideWidth);
    return LOAD(beside, besideBase + (channel >> 2) * besidePlane + at.y * besideRow + at.x)[channel & 3];
}

void main() {
    POSITION
    vec4 v = vec4(0);
    for (int lane = 0; lane < 4; lane++) {
        int c = 4 * block + lane;
        if (c >= channels) break;
        int head = c / rows, i = c - head * rows;
        float sum = 0;
        for (int k = 0; k < inner; k++) {
#if TURN_A == 1
            float a = own(head * inner + k, i);
#else
            float a = own(c, k);
#endif
#if TURN_B == 1
            sum += a * other(head * columns + position, k);
#else
            sum += a * other(head * inner + k, position);
#endif
        }
        v[lane] = sum;
    }
    STORE(here, v)
}
