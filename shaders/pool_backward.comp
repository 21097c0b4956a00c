// Gathers, for each cell, the gradients of the windows over it: those that it
// won, its share of each mean, or (|x|/y)^(p-1) with the sign of x of each norm.
layout(local_size_x = LX) in;

SOURCE(0, In, dy);
#if MAX == 1
SOURCE(1, Arg, arg);
#elif NORM == 1
SOURCE(1, Input, x);
SOURCE(2, Norms, norms);
#endif
STORES;

const ivec2 apart = ivec2(STRIDE_X, STRIDE_Y); // constants divide fast

void main() {
    POSITION
    ivec2 p = cell + pad, reach = (kernel - 1) * dilation + 1;
    ivec2 lo = (max(p - reach, -apart) + apart) / apart;
    ivec2 hi = min(p / apart, windows - 1);
    vec4 sum = vec4(0);
#if NORM == 1
    vec4 v = LOAD(x, here);
#endif
    for (int wy = lo.y; wy <= hi.y; wy++) {
        for (int wx = lo.x; wx <= hi.x; wx++) {
            ivec2 start = ivec2(wx, wy) * apart, k = (p - start) / dilation;
            if (k * dilation != p - start) continue;
            int at = inBase + block * inPlane + wy * inRow + wx;
            vec4 d = LOAD(dy, at);
#if MAX == 1
            vec4 won = LOAD(arg, argBase + block * argPlane + wy * argRow + wx);
            sum += mix(vec4(0), d, equal(won, vec4(k.y * kernel.x + k.x)));
#elif NORM == 1
            vec4 n = LOAD(norms, at);
            sum += mix(d * sign(v) * power(abs(v) / n, norm - 1), vec4(0), equal(v * n, vec4(0)));
#else
            sum += share(start - pad) * d;
#endif
        }
    }
    STORE(here, sum)
}
