// dst = own*dst + weight*source; a factor of zero reads nothing.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly buffer In { vec4 source[]; };
layout(std430, binding = 4) buffer Out { vec4 canvas[]; };

void main() {
    PIXEL(count, 1)
    vec4 v = vec4(0);
    if (own != 0) v = own * canvas[position];
    if (weight != 0) v += weight * source[position];
    canvas[position] = v;
}
