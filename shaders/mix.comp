// The canvas moves to the source by the mask's red, of 255.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly buffer In { vec4 source[]; };
layout(std430, binding = 1) readonly buffer Mask { vec4 mask[]; };
layout(std430, binding = 4) buffer Out { vec4 canvas[]; };

void main() {
    PIXEL(count, 1)
    vec4 v = canvas[position];
    canvas[position] = v + (source[position] - v) * (mask[position].r / 255);
}
