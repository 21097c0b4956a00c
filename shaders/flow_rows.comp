// Sums over reach cells to the left and right; with MOMENT the second one is the first value times how far to the right it lies.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 values[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 rows[]; };

void main() {
    CELL
    vec4 sum = vec4(0);
    for (int x = max(cell.x - reach, 0); x <= min(cell.x + reach, width - 1); x++) {
#if MOMENT == 1
        float v = values[cell.y * width + x].w;
        sum.xy += v * vec2(1, x - cell.x);
#else
        sum += values[cell.y * width + x];
#endif
    }
    rows[position] = sum;
}
