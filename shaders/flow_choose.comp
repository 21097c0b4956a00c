// The flow that fits a cell's surroundings best: its own, or that of a cell reach away, continued by its slopes.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer Own { float own[]; };
layout(std430, binding = 1) readonly restrict buffer Others { vec4 others[]; };
layout(std430, binding = 2) readonly restrict buffer Flow { vec2 flow[]; };
layout(std430, binding = 3) readonly restrict buffer Slopes { vec4 slopes[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec2 chosen[]; };

void main() {
    CELL
    float cost = -9 * BETTER;
    vec4 costs = vec4(0);
    for (int y = max(cell.y - 1, 0); y <= min(cell.y + 1, height - 1); y++) {
        for (int x = max(cell.x - 1, 0); x <= min(cell.x + 1, width - 1); x++) {
            cost += own[y * width + x];
            costs += others[y * width + x];
        }
    }
    ivec2 far = ivec2(0);
    if (min(costs.x, costs.y) < cost) {
        far = ivec2(costs.x <= costs.y ? -reach : reach, 0);
        cost = min(costs.x, costs.y);
    }
    if (min(costs.z, costs.w) < cost) far = ivec2(0, costs.z <= costs.w ? -reach : reach);
    ivec2 c = clamp(cell + far, ivec2(0), ivec2(width, height) - 1);
    vec2 e = vec2(cell - c);
    int i = at(c);
    chosen[position] = flow[i] + e.x * slopes[i].xy + e.y * slopes[i].zw;
}
