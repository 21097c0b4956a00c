// The luma of a picture of 8-bit pixels.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { uint pixels[]; };
layout(std430, binding = 4) writeonly restrict buffer Out { float plane[]; };

void main() {
    CELL
    vec3 c = vec3(uvec3(pixels[position]) >> uvec3(0, 8, 16) & 255u);
    plane[position] = dot(c, vec3(.299, .587, .114));
}
