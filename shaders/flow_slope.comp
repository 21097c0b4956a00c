// The slopes of the mean flow, as far as they are those of one thing that turns or grows, and by them the flow at each cell
// itself, which is not the centre of what the mean was taken of.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 mean[]; };
layout(std430, binding = 1) readonly restrict buffer Centre { vec4 centre[]; };
layout(std430, binding = 4) writeonly restrict buffer Slopes { vec4 slopes[]; }; // along the row, and down
layout(std430, binding = 5) writeonly restrict buffer Flow { vec2 flow[]; };

void main() {
    const int d = 2;
    CELL
    vec2 steepest = vec2(float(spacing) / 10);
    int l = max(cell.x - d, 0), r = min(cell.x + d, width - 1), t = max(cell.y - d, 0), b = min(cell.y + d, height - 1);
    vec2 along = (mean[cell.y * width + r].xy - mean[cell.y * width + l].xy) / float(max(r - l, 1));
    vec2 down = (mean[b * width + cell.x].xy - mean[t * width + cell.x].xy) / float(max(b - t, 1));
    along = clamp(along, -steepest, steepest);
    down = clamp(down, -steepest, steepest);
    vec4 c = centre[position];
    slopes[position] = vec4(along, down);
    flow[position] = mean[position].xy + c.y * along + c.z * down;
}
