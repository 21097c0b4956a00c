// By how much the second picture misses each cell without motion and with it, squared.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer Grid { vec4 grid[]; };
layout(std430, binding = 1) readonly restrict buffer Plane { float plane[]; };
layout(std430, binding = 2) readonly restrict buffer Flow { vec2 flow[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 misses[]; };

SAMPLE(there, plane)

float squared(float v, float want) {
    return v < 0 ? OUTSIDE * OUTSIDE : min((v - want) * (v - want), MOST * MOST);
}

void main() {
    CELL
    float want = grid[position].x + lift;
    vec2 p = vec2(cell * spacing);
    misses[position] = vec4(squared(there(p), want), squared(there(p + flow[position]), want), 0, 0);
}
