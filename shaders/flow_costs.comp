// How far each cell's own flow misses, and those of the cells reach to the left, the right, above and below, continued to it
// by their slopes.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer Grid { vec4 grid[]; };
layout(std430, binding = 1) readonly restrict buffer Plane { float plane[]; };
layout(std430, binding = 2) readonly restrict buffer Flow { vec2 flow[]; };
layout(std430, binding = 3) readonly restrict buffer Slopes { vec4 slopes[]; };
layout(std430, binding = 4) writeonly restrict buffer Own { float own[]; };
layout(std430, binding = 5) writeonly restrict buffer Others { vec4 others[]; };

SAMPLE(there, plane)

float misses(ivec2 cell, vec2 f, float luma) {
    float v = there(vec2(cell * spacing) + f);
    return v < 0 ? OUTSIDE : min(abs(v - luma - lift), MOST);
}

float continued(ivec2 cell, ivec2 far, float luma) {
    ivec2 c = clamp(cell + far, ivec2(0), ivec2(width, height) - 1);
    vec2 e = vec2(cell - c);
    int i = at(c);
    return misses(cell, flow[i] + e.x * slopes[i].xy + e.y * slopes[i].zw, luma);
}

void main() {
    CELL
    float luma = grid[position].x;
    own[position] = misses(cell, flow[position], luma);
    others[position] = vec4(continued(cell, ivec2(-reach, 0), luma), continued(cell, ivec2(reach, 0), luma),
        continued(cell, ivec2(0, -reach), luma), continued(cell, ivec2(0, reach), luma));
}
