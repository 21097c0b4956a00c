// Sets a level of a pyramid from the one before, smoothed by the binomial 1 4 6 4 1 in each direction, as nn.Depth
// has it, and makes the first stage of the sum of its absolute values.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer Fine { vec4 fine[]; };
layout(std430, binding = 4) writeonly restrict buffer Sums { vec4 sums[]; };
layout(std430, binding = 5) writeonly restrict buffer Coarse { vec4 coarse[]; };

const float taps[5] = float[5](1. / 16, 4. / 16, 6. / 16, 4. / 16, 1. / 16);

void main() {
    int me = int(gl_GlobalInvocationID.x);
    if (me >= PARTS) return;
    vec3 total = vec3(0);
    for (int i = me; i < coarseW * coarseH; i += PARTS) {
        ivec2 to = split(i, coarseW);
        vec3 sum = vec3(0);
        for (int dy = 0; dy < 5; dy++) {
            int from = clamp(2 * to.y + dy - 2, 0, height - 1) * width;
            vec3 row = vec3(0);
            for (int dx = 0; dx < 5; dx++) row += taps[dx] * fine[from + clamp(2 * to.x + dx - 2, 0, width - 1)].rgb;
            sum += taps[dy] * row;
        }
        coarse[i] = vec4(sum, 0);
        total += abs(sum);
    }
    sums[me] = vec4(dot(total, vec3(1)), 0, 0, 0);
}
