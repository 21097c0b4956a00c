// Every spacing'th pixel of the first picture's plane with its gradient, by central differences, and the gradient's products.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { float plane[]; };
layout(std430, binding = 4) writeonly restrict buffer Grid { vec4 grid[]; };         // luma, gradient
layout(std430, binding = 5) writeonly restrict buffer Products { vec4 products[]; }; // xx, yy, xy

float pixel(int x, int y) {
    return plane[clamp(y, 0, planeH - 1) * planeW + clamp(x, 0, planeW - 1)];
}

void main() {
    CELL
    ivec2 p = cell * spacing;
    vec2 g = vec2(pixel(p.x + 1, p.y) - pixel(p.x - 1, p.y), pixel(p.x, p.y + 1) - pixel(p.x, p.y - 1)) / 2;
    grid[position] = vec4(pixel(p.x, p.y), g, 0);
    products[position] = vec4(g.x * g.x, g.y * g.y, g.x * g.y, 0);
}
