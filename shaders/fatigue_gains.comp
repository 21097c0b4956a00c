// Makes a layer's gains from its memory, as nn.Fatigue has them, in one work group, and clears
// what the step is to tally. Both blocks hold a vec4 for each block of channels and
// one more: the memory the mean norm, the rest the mean norm behind the gains, and the sums of the
// norms and of the positions behind the energies.
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly restrict buffer Memory { vec4 memory[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 y[]; }; // gains, then the tally

shared uint known[64];

void main() {
    int me = int(gl_LocalInvocationID.x);
    uint bits = 0;
    for (int b = me; b < blocks; b += 64) {
        uvec4 m = floatBitsToUint(memory[b]) & 0x7fffffffu;
        bits |= m.x | m.y | m.z | m.w;
    }
    known[me] = bits;
    for (int n = 32; n > 0; n /= 2) {
        barrier();
        if (me < n) known[me] |= known[me + n];
    }
    barrier();
    for (int b = me; b <= blocks; b += 64) {
        vec4 gain = vec4(1);
        if (b == blocks) gain = memory[b];
        else if (known[0] != 0u) gain = power(memory[b], exponent);
        y[b] = b < blocks ? gain * LANES(b) : gain;
        y[blocks + 1 + b] = vec4(0);
    }
}
