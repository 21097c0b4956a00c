// Shows the source through an affine map, bilinear.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 source[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { vec4 canvas[]; };

int inside(int i, int n) {
    if (wrapped != 0) return around(i, n);
    if (n == 1) return 0;
    i = around(i, 2 * n - 2);
    return i < n ? i : 2 * n - 2 - i;
}

vec3 pixel(ivec2 p) {
    return source[inside(p.y, sourceSize.y) * sourceSize.x + inside(p.x, sourceSize.x)].rgb;
}

void main() {
    PIXEL(size.x, size.y)
    ivec2 c;
    vec2 f;
    along(coarseX.xyz, fineX.xyz, vec2(px, py), c.x, f.x);
    along(coarseY.xyz, fineY.xyz, vec2(px, py), c.y, f.y);
    c += start;
    vec3 top = mix(pixel(c), pixel(c + ivec2(1, 0)), f.x);
    vec3 low = mix(pixel(c + ivec2(0, 1)), pixel(c + ivec2(1, 1)), f.x);
    canvas[position] = vec4(mix(top, low, f.y), 0);
}
