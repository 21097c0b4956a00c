// How sure it is that each pixel was seen where the flow back says: its surroundings' colours are there, and the flow ahead
// leads back to it.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { float miss[]; };
layout(std430, binding = 1) readonly restrict buffer Back { vec2 back[]; };
layout(std430, binding = 2) readonly restrict buffer Ahead { vec2 ahead[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { float seen[]; };

void main() {
    CELL
    float sum = 0;
    for (int y = max(cell.y - 1, 0); y <= min(cell.y + 1, height - 1); y++) {
        for (int x = max(cell.x - 1, 0); x <= min(cell.x + 1, width - 1); x++) sum += miss[y * width + x];
    }
    vec2 f = back[position], p = vec2(cell) + f;
    if (!(p.x > -1 && p.y > -1 && p.x < float(width) && p.y < float(height))) {
        seen[position] = 0;
        return;
    }
    vec2 d = f + ahead[at(clamp(ivec2(p + .5), ivec2(0), ivec2(width, height) - 1))];
    // The rounding to pixels and a flow's slopes make for some disagreement.
    float far = dot(d, d) / (1 + .02 * dot(f, f));
    seen[position] = falling(sum / 9, least, most) * falling(far, .5, 2);
}
