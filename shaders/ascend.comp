// Moves every pixel along the gradient, divided by its mean absolute value, and
// clips; without a gradient it leaves them. A gradient that is not finite counts
// as zero, a pixel that is not becomes mid grey. The gradient lies rolled: pixel
// p is moved by cell p-origin.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 g[]; };
layout(std430, binding = 1) readonly restrict buffer Total { vec4 total; };
layout(std430, binding = 4) restrict buffer Out { vec4 canvas[]; };

void main() {
    PIXEL(width, height)
    float rate = size * float(3 * width * height) / total.x;
    if (!finite(vec3(rate)).x) rate = 0;
    int gx = around(px - originX, width), gy = around(py - originY, height);
    vec3 d = GRADIENT(gx, gy) * scale.rgb;
    d = mix(vec3(0), d, finite(d));
    if (bgr != 0) d = d.bgr;
    vec3 v = canvas[position].rgb;
    vec3 moved = rate == 0 ? v : clamp(v + rate * d, vec3(0), vec3(255));
    canvas[position] = vec4(mix(vec3(127.5), moved, finite(v)), 0);
}
