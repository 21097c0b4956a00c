// A plane of half the size by weights 1 3 3 1 each way; an odd last row or column is left out.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { float from[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { float plane[]; };

void main() {
    CELL
    const float weights[4] = float[](1, 3, 3, 1);
    float sum = 0;
    for (int j = 0; j < 4; j++) {
        int y = clamp(2 * cell.y - 1 + j, 0, planeH - 1);
        float row = 0;
        for (int i = 0; i < 4; i++) row += weights[i] * from[y * planeW + clamp(2 * cell.x - 1 + i, 0, planeW - 1)];
        sum += weights[j] * row;
    }
    plane[position] = sum / 64;
}
