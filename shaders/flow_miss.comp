// How far each pixel's colours are, in the mean of the three, from those that its flow finds in the other picture; OUTSIDE where
// that finds nothing.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { uint here[]; };
layout(std430, binding = 1) readonly restrict buffer Other { uint there[]; };
layout(std430, binding = 2) readonly restrict buffer Flow { vec2 flow[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { float miss[]; };

vec3 colour(uint c) { return vec3(uvec3(c) >> uvec3(0, 8, 16) & 255u); }

void main() {
    CELL
    ivec2 size = ivec2(width, height);
    vec2 p = vec2(cell) + flow[position];
    if (!(p.x > -1 && p.y > -1 && p.x < float(width) && p.y < float(height))) {
        miss[position] = OUTSIDE;
        return;
    }
    p = clamp(p, vec2(0), vec2(size - 1));
    ivec2 c = min(ivec2(p), max(size - 2, ivec2(0)));
    ivec2 n = min(c + 1, size - 1);
    vec2 f = p - vec2(c);
    vec3 top = mix(colour(there[c.y * width + c.x]), colour(there[c.y * width + n.x]), f.x);
    vec3 low = mix(colour(there[n.y * width + c.x]), colour(there[n.y * width + n.x]), f.x);
    miss[position] = dot(abs(mix(top, low, f.y) - colour(here[position]) - lift), vec3(1. / 3));
}
