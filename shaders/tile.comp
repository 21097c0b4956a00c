// Puts a tile's gradient where its pixels stand on the canvas.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 g[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 canvas[]; };

void main() {
    PIXEL(width, height)
    canvas[around(py + originY, canvasH) * canvasW + around(px + originX, canvasW)] = vec4(GRADIENT(px, py), 0);
}
