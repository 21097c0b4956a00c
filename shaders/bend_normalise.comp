// Scales each place so that the root mean square of its q chosen channels, which the table marks, is
// p; r is added to the mean square. A column of LY invocations adds up a place's channels.
layout(local_size_x = LX, local_size_y = LY) in;
shared vec2 share[LX * LY];

void main() {
    int position = INDEX + first, row = int(gl_LocalInvocationID.y);
    ivec2 cell = split(min(position, end - 1), width);
    int from = inBase + cell.y * inRow + cell.x, to = outBase + cell.y * outRow + cell.x;
    int beside = besideBase + cell.y * besideRow + cell.x;
    vec2 sum = vec2(0);
    for (int b = row; b < blocks; b += LY) {
#if BACK == 1
        vec4 v = LOAD(seen, beside + b * besidePlane);
        sum.y += dot(LOAD(table, b) * LOAD(x, from + b * inPlane), v);
#else
        vec4 v = LOAD(x, from + b * inPlane);
#endif
        sum.x += dot(LOAD(table, blocks + b) * v, v);
    }
#if LY > 1
    share[gl_LocalInvocationIndex] = sum;
    barrier();
    sum = vec2(0);
    for (int i = 0; i < LY; i++) sum += share[i * LX + int(gl_LocalInvocationID.x)];
#endif
    if (position >= end) return;
    float square = sum.x / q + r;
    float f = p * inversesqrt(square), pull = sum.y / (q * square);
    for (int b = row; b < blocks; b += LY) {
        vec4 v = LOAD(x, from + b * inPlane), wet = LOAD(table, b);
#if BACK == 1
        v += wet * (f - 1) * v - f * pull * LOAD(table, blocks + b) * LOAD(seen, beside + b * besidePlane);
#else
        v += wet * (f * v - v);
#endif
        STORE(to + b * outPlane, v)
    }
}
