// Pools the cells under a window. The maximum also notes which cell of the
// window won, counted along its rows, or -1.
layout(local_size_x = LX) in;

SOURCE(0, In, x);
STORES;
#if MAX == 1
layout(std430, binding = 5) writeonly restrict buffer Arg { vec4 arg[]; };
#endif

void main() {
    POSITION
    ivec2 start = ivec2(px, py) * stride - pad, lo, hi;
    under(start, lo, hi);
    int plane = inBase + block * inPlane + start.y * inRow + start.x;
#if MAX == 1
    vec4 best = vec4(uintBitsToFloat(0xff800000u)), won = vec4(-1);
#else
    vec4 sum = vec4(0);
#endif
    for (int ky = lo.y; ky < hi.y; ky++) {
        for (int kx = lo.x; kx < hi.x; kx++) {
            vec4 v = LOAD(x, plane + ky * dilation.y * inRow + kx * dilation.x);
#if MAX == 1
            bvec4 more = not(lessThanEqual(v, best)); // NaN wins, too
            best = mix(best, v, more);
            won = mix(won, vec4(ky * kernel.x + kx), more);
#elif NORM == 1
            sum += power(abs(v), norm);
#else
            sum += v;
#endif
        }
    }
#if MAX == 1
    arg[argBase + block * argPlane + py * argRow + px] = won;
    STORE(here, mix(best, vec4(0), lessThan(won, vec4(0))))
#elif NORM == 1
    STORE(here, power(sum, 1 / norm))
#else
    STORE(here, share(start) * sum)
#endif
}
