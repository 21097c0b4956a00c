// Moves a canvas's tone towards another, as nn.Tone.Shift has it, and clips. A tone that is not
// finite moves nothing.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer Mean { vec4 total; };
layout(std430, binding = 1) readonly restrict buffer Spread { vec4 squares; };
layout(std430, binding = 4) restrict buffer Out { vec4 canvas[]; };

void main() {
    PIXEL(count, 1)
    vec3 m = total.rgb / float(count), s = sqrt(squares.rgb / float(count));
    if (!all(finite(m)) || !all(finite(s))) return;
    vec3 want = clamp(spread.rgb / max(s, vec3(1)), 0.5, 2.0);
    vec3 gain = mix(vec3(1), 1 + amount * (want - 1), greaterThanEqual(s, vec3(1)));
    vec3 o = gain * (opponent(canvas[position].rgb) - m) + m + amount * (mean.rgb - m);
    float b = o.x - o.z * 2 / 3;
    float sum = 2 * (o.z + b);
    canvas[position] = vec4(clamp(vec3((sum + o.y) / 2, (sum - o.y) / 2, b), vec3(0), vec3(255)), 0);
}
