// Ends motion that nothing shows: where both pictures fit as well without it, but for noise.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 rows[]; };
layout(std430, binding = 1) readonly restrict buffer Inverse { vec4 inverse[]; };
layout(std430, binding = 4) restrict buffer Flow { vec2 flow[]; };

void main() {
    const float level = .25, loud = 20; // squared differences: of a picture's rounding, and of noise at most
    CELL
    vec4 sum = vec4(0);
    COLUMN(sum, rows, WINDOW)
    float e = sum.y;
    // Noise alone has a weight of a sixth of its square. The best flow through it may halve its misfit.
    float noise = 2.5 * falling(CELLS * inverse[position].w / (e + level * CELLS), .3, 2) * falling(e, loud * CELLS, 2 * loud * CELLS);
    flow[position] *= clamp((sum.x - (1 + noise) * e) / (CELLS * level) - 1, 0, 1);
}
