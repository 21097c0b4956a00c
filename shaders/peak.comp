// Multiply-adds in registers alone, to measure what the device can do at most.
layout(local_size_x = LX) in;
layout(std430, binding = 4) restrict buffer Out { vec4 y[]; };

void main() {
    vec4 a[16], m = vec4(0.999 + 1e-9 * gl_LocalInvocationID.x);
    for (int i = 0; i < 16; i++) a[i] = vec4(i + int(gl_LocalInvocationID.x));
    for (int n = 0; n < ROUNDS; n++)
        for (int i = 0; i < 16; i++) a[i] = fma(a[i], m, vec4(0.001));
    vec4 sum = vec4(0);
    for (int i = 0; i < 16; i++) sum += a[i];
    if (sum.x == 12345.678) y[0] = sum; // never, but the compiler cannot know
}
