// A flow between the cells of another one of planeW x planeH, bilinear.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec2 from[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec2 flow[]; };

void main() {
    CELL
    ivec2 size = ivec2(planeW, planeH);
    vec2 p = clamp(scale * vec2(cell) + shift, vec2(0), vec2(size - 1));
    ivec2 c = min(ivec2(p), max(size - 2, ivec2(0)));
    ivec2 n = min(c + 1, size - 1);
    vec2 f = p - vec2(c);
    vec2 top = mix(from[c.y * planeW + c.x], from[c.y * planeW + n.x], f.x);
    vec2 low = mix(from[n.y * planeW + c.x], from[n.y * planeW + n.x], f.x);
    flow[position] = times * mix(top, low, f.y);
}
