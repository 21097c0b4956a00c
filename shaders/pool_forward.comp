// Pools the cells under a window. The maximum also notes which cell of the
// window won, counted along its rows, or -1.
layout(local_size_x = LX) in;

layout(std140, binding = 0) uniform Params {
    HEADER
    ivec2 stride, pad, padEnd, kernel, cells; // x, y
    int includePad;
    int argBase, argRow, argPlane;
};

SOURCE(0, In, x);
STORES;
#if MAX == 1
layout(std430, binding = 5) writeonly restrict buffer Arg { vec4 arg[]; };
#endif

void main() {
    POSITION
    ivec2 start = ivec2(px, py) * stride - pad;
    ivec2 lo = max(start, ivec2(0)), hi = min(start + kernel, cells);
    int plane = inBase + block * inPlane;
#if MAX == 1
    vec4 best = vec4(uintBitsToFloat(0xff800000u)), won = vec4(-1);
    for (int cy = lo.y; cy < hi.y; cy++) {
        for (int cx = lo.x; cx < hi.x; cx++) {
            vec4 v = LOAD(x, plane + cy * inRow + cx);
            bvec4 more = not(lessThanEqual(v, best)); // NaN wins, too
            best = mix(best, v, more);
            won = mix(won, vec4((cy - start.y) * kernel.x + cx - start.x), more);
        }
    }
    arg[argBase + block * argPlane + py * argRow + px] = won;
    STORE(here, mix(best, vec4(0), lessThan(won, vec4(0))))
#else
    vec4 sum = vec4(0);
    for (int cy = lo.y; cy < hi.y; cy++)
        for (int cx = lo.x; cx < hi.x; cx++) sum += LOAD(x, plane + cy * inRow + cx);
    ivec2 n = max((includePad != 0 ? min(start + kernel, cells + padEnd) - start : hi - lo), ivec2(0));
    STORE(here, n.x * n.y == 0 ? vec4(0) : sum / float(n.x * n.y))
#endif
}
