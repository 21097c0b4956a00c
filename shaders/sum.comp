// The second stage of a sum: one work group for each slot adds the parts that
// the first stage left, always in the same order. The first slot comes as first.
layout(local_size_x = 64) in;


layout(std430, binding = 4) restrict buffer Sums { vec4 sums[]; }; // a total for each slot, then their parts

shared vec4 share[64];

void main() {
    int me = int(gl_LocalInvocationID.x), slot = first + int(gl_WorkGroupID.x);
    vec4 s = vec4(0);
    for (int i = me; i < PARTS; i += 64) s += sums[SLOTS * STRIDE + slot * PARTS + i];
    share[me] = s;
    for (int n = 32; n > 0; n /= 2) {
        barrier();
        if (me < n) share[me] += share[me + n];
    }
    if (me == 0) sums[slot * STRIDE] = share[0];
}
