// Rounds a canvas to 8-bit pixels, opaque.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 canvas[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { uint pixels[]; };

void main() {
    PIXEL(count, 1)
    uvec3 v = uvec3(clamp(canvas[position].rgb, vec3(0), vec3(255)) + 0.5);
    pixels[position] = v.r | v.g << 8 | v.b << 16 | 0xff000000u;
}
