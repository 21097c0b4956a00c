// The mean flow around each cell, by weight.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 rows[]; };
layout(std430, binding = 1) readonly restrict buffer Centre { vec4 centre[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 mean[]; };

void main() {
    CELL
    vec4 sum = vec4(0);
    COLUMN(sum, rows, reach)
    mean[position] = sum * centre[position].x;
}
