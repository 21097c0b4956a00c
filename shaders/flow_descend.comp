// One step of each cell's flow down its window's residuals, by the weight of its texture.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 rows[]; };
layout(std430, binding = 1) readonly restrict buffer Inverse { vec4 inverse[]; };
layout(std430, binding = 2) readonly restrict buffer Flow { vec2 flow[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 next[]; };

void main() {
    const float longest = 1.5;
    CELL
    vec4 sum = vec4(0);
    COLUMN(sum, rows, WINDOW)
    vec4 k = inverse[position];
    vec2 d = vec2(k.x * sum.x + k.y * sum.y, k.y * sum.x + k.z * sum.y);
    next[position] = vec4((flow[position] - clamp(d, -longest, longest)) * k.w, 0, 0);
}
