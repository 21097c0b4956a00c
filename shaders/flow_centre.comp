// One over the sum of the weights around each cell, and how far it lies from their centre.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 rows[]; }; // sum, and moment along the row
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 centre[]; };

void main() {
    CELL
    vec3 sum = vec3(0);
    for (int y = max(cell.y - reach, 0); y <= min(cell.y + reach, height - 1); y++) {
        vec2 row = rows[y * width + cell.x].xy;
        sum += vec3(row, row.x * float(y - cell.y));
    }
    centre[position] = vec4(1, -sum.yz, 0) / sum.x;
}
