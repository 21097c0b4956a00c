// The inverse of the gradient's products, summed over each cell's window and damped, and the cell's weight: half the harmonic
// mean of their eigenvalues. Of an edge, which shows motion across it alone, that is little.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 rows[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 inverse[]; }; // xx, xy, yy, weight

void main() {
    CELL
    vec4 sum = vec4(0);
    COLUMN(sum, rows, WINDOW)
    float weight = max(sum.x * sum.y - sum.z * sum.z, 0) / ((sum.x + sum.y) * CELLS + 1e-3) + FAINT;
    vec2 d = sum.xy + DAMPING * CELLS;
    inverse[position] = vec4(vec3(d.y, -sum.z, d.x) / (d.x * d.y - sum.z * sum.z), weight);
}
