// Ends a step for a memory, as nn.Fatigue has it, in one work group: it moves towards each channel's share
// of the energy and the mean norm, which are tallied, and is set by the first step. What
// is not finite is not remembered.
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly restrict buffer Notes { vec4 notes[]; }; // gains, then the tally
layout(std430, binding = 4) restrict buffer Memory { vec4 memory[]; };

struct Seen {
    float energy;
    uint known; // not zero where there is a memory
};
shared Seen seen[64];

// whole is what a block of channels holds, nothing in the lanes beyond the last.
vec4 whole(vec4 v, int block) { return mix(vec4(0), v, notEqual(LANES(block), vec4(0))); }

void main() {
    int me = int(gl_LocalInvocationID.x);
    int tally = blocks + 1;
    Seen s = Seen(0, 0u);
    for (int b = me; b < blocks; b += 64) {
        s.energy += dot(whole(notes[tally + b], b), vec4(1));
        uvec4 m = floatBitsToUint(memory[b]) & 0x7fffffffu;
        s.known |= m.x | m.y | m.z | m.w;
    }
    seen[me] = s;
    for (int n = 32; n > 0; n /= 2) {
        barrier();
        if (me < n) {
            seen[me].energy += seen[me + n].energy;
            seen[me].known |= seen[me + n].known;
        }
    }
    barrier();
    float share = float(channels) / seen[0].energy;
    float moved = seen[0].known == 0u ? 1 : rate;
    if (finite(vec3(share)).x && share > 0)
        for (int b = me; b < blocks; b += 64) memory[b] += moved * (share * whole(notes[tally + b], b) - memory[b]);
    if (me > 0) return;
    vec4 sums = notes[tally + blocks];
    float norm = sums.x / sums.y, usual = memory[blocks].x;
    if (finite(vec3(norm)).x && norm > 0) memory[blocks].x += (usual == 0 ? 1 : evenRate) * (norm - usual);
}
