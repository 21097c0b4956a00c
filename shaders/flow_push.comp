// The residuals times the gradient: what the second picture has at each cell's target less what the first has, nothing where
// that is outside.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer Grid { vec4 grid[]; };
layout(std430, binding = 1) readonly restrict buffer Plane { float plane[]; };
layout(std430, binding = 2) readonly restrict buffer Flow { vec2 flow[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 pushed[]; };

SAMPLE(there, plane)

void main() {
    CELL
    vec4 g = grid[position];
    float v = there(vec2(cell * spacing) + flow[position]);
    float r = v < 0 ? 0 : clamp(v - g.x - lift, -MOST, MOST);
    pushed[position] = vec4(r * g.yz, 0, 0);
}
