// Adds a layer's energy in each channel, the sum of squares over all positions, to the tally
// that fatigue_gains.comp cleared: one work group for each block of channels, always in the same
// order. The first adds the sum of the norms too, which the seed left, and the positions.
layout(local_size_x = LANE) in;
SOURCE(0, In, a);
SOURCE(1, Total, total); // of the target
layout(std430, binding = 4) restrict buffer Out { vec4 y[]; }; // gains, then the tally

shared vec4 share[LANE];

void main() {
    int me = int(gl_LocalInvocationID.x), block = int(gl_WorkGroupID.y), n = width * height;
    vec4 sum = vec4(0);
    for (int i = me; i < n; i += LANE) {
        ivec2 cell = split(i, width);
        vec4 v = LOAD(a, inBase + cell.y * inRow + cell.x + block * inPlane);
        sum += v * v;
    }
    share[me] = sum;
    for (int k = LANE / 2; k > 0; k /= 2) {
        barrier();
        if (me < k) share[me] += share[me + k];
    }
    if (me > 0) return;
    y[blocks + 1 + block] += share[0];
    if (block == 0) y[2 * blocks + 1] += vec4(LOAD(total, 0).y, n, 0, 0);
}
