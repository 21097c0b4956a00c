// Joins a level of a pyramid with the next one, grown by the binomial's even and odd halves as nn.Depth
// has it: subtracts that (sign -1), or adds it, both levels divided by their mean absolute values to the
// powers amount and coarseAmount. It makes the first stage of the sum of what comes out in absolute values.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer Coarse { vec4 coarse[]; };
layout(std430, binding = 1) readonly restrict buffer Total { vec4 total; };
layout(std430, binding = 2) readonly restrict buffer CoarseTotal { vec4 coarseTotal; };
layout(std430, binding = 4) restrict buffer Sums { vec4 sums[]; };
layout(std430, binding = 5) restrict buffer Fine { vec4 fine[]; };

// scale is what a level of n values whose absolute values add up to sum is multiplied by; a level of zeros stays.
float scale(float sum, int n, float exponent) {
    if (exponent == 0 || sum == 0) return 1;
    float s = pow(sum / float(n), -exponent);
    return finite(vec3(s)).x ? s : 1;
}

void main() {
    int me = int(gl_GlobalInvocationID.x);
    if (me >= PARTS) return;
    float keep = scale(total.x, 3 * width * height, amount);
    float grow = sign * scale(coarseTotal.x, 3 * coarseW * coarseH, coarseAmount);
    vec3 sum = vec3(0);
    for (int i = me; i < width * height; i += PARTS) {
        ivec2 to = split(i, width), at = to >> 1;
        vec3 h = (to.x & 1) == 0 ? vec3(0.125, 0.75, 0.125) : vec3(0, 0.5, 0.5);
        vec3 v = (to.y & 1) == 0 ? vec3(0.125, 0.75, 0.125) : vec3(0, 0.5, 0.5);
        ivec3 x = clamp(ivec3(at.x - 1, at.x, at.x + 1), 0, coarseW - 1);
        ivec3 y = clamp(ivec3(at.y - 1, at.y, at.y + 1), 0, coarseH - 1) * coarseW;
        vec3 large = vec3(0);
        for (int k = 0; k < 3; k++)
            large += v[k] * (h.x * coarse[y[k] + x.x].rgb + h.y * coarse[y[k] + x.y].rgb + h.z * coarse[y[k] + x.z].rgb);
        vec3 level = keep * fine[i].rgb + grow * large;
        fine[i] = vec4(level, 0);
        sum += abs(level);
    }
    sums[me].x = dot(sum, vec3(1));
}
