// Sets a canvas from 8-bit pixels.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { uint pixels[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 canvas[]; };

void main() {
    PIXEL(count, 1)
    uint v = pixels[position];
    canvas[position] = vec4(v & 255u, v >> 8 & 255u, v >> 16 & 255u, 0);
}
