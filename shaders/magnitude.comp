// The first stage of the sum of the gradient's absolute values, with respect to
// 0..255 pixels, and beside it of the pixels that have something not finite, on the
// canvas or in the gradient, where it counts as zero. KEPT, the gradient that is summed is also kept, row after
// row, as a canvas is.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 g[]; };
layout(std430, binding = 1) readonly restrict buffer Canvas { vec4 canvas[]; };
layout(std430, binding = 4) writeonly restrict buffer Sums { vec4 sums[]; };
#if KEPT == 1
layout(std430, binding = 5) writeonly restrict buffer Level { vec4 level[]; };
#endif

void main() {
    int me = int(gl_GlobalInvocationID.x);
    if (me >= PARTS) return;
    vec2 sum = vec2(0);
    for (int i = me; i < width * height; i += PARTS) {
        ivec2 cell = split(i, width);
        vec3 v = GRADIENT(cell.x, cell.y) * scale.rgb;
        sum.x += dot(mix(vec3(0), abs(v), finite(v)), vec3(1));
#if KEPT == 1
        level[i] = vec4(mix(vec3(0), v, finite(v)), 0);
#endif
        if (!all(finite(v)) || !all(finite(canvas[i].rgb))) sum.y++;
    }
    sums[me] = vec4(sum, 0, 0);
}
