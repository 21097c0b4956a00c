// The first stage of a canvas's tone: the sum of its opponent colours, or
// (SPREAD 1) of their squared distances from the mean.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 canvas[]; };
layout(std430, binding = 1) readonly restrict buffer Mean { vec4 total; };
layout(std430, binding = 4) writeonly restrict buffer Sums { vec4 sums[]; };

void main() {
    int me = int(gl_GlobalInvocationID.x);
    if (me >= PARTS) return;
    vec3 sum = vec3(0);
    for (int i = me; i < count; i += PARTS) {
        vec3 o = opponent(canvas[i].rgb);
#if SPREAD == 1
        o -= total.rgb / float(count);
        o *= o;
#endif
        sum += o;
    }
    sums[me] = vec4(sum, 0);
}
