// Multiplies two maps as matrices, for each head: a row for each channel, a column for each position; TURN_A 1 and TURN_B 1 turn them.
// ALIGNED 1 tells that no block of the product has channels of two heads: its four then share what they are multiplied by.
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
#if ALIGNED == 1
    int head = 4 * block / rows;
    for (int k = 0; k < inner; k++) {
#if TURN_A == 1
        int i = 4 * block - head * rows, c = head * inner + k;
        vec4 a = vec4(own(c, i), own(c, i + 1), own(c, i + 2), own(c, i + 3));
#else
        ivec2 at = split(k, inWidth);
        vec4 a = LOAD(x, inBase + block * inPlane + at.y * inRow + at.x);
#endif
#if TURN_B == 1
        v += a * other(head * columns + position, k);
#else
        v += a * other(head * inner + k, position);
#endif
    }
#else
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
#endif
    STORE(here, v)
}
