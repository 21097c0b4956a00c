// Gathers, for each cell, the gradients of the windows over it: those that it
// won, or its share of each mean.
layout(local_size_x = LX) in;

layout(std140, binding = 0) uniform Params {
    HEADER
    ivec2 unused, pad, padEnd, kernel, cells; // x, y; cells of the map that was pooled
    int includePad;
    int argBase, argRow, argPlane;
    ivec2 windows; // how many there are
};

SOURCE(0, In, dy);
#if MAX == 1
SOURCE(1, Arg, arg);
#endif
STORES;

const ivec2 stride = ivec2(STRIDE_X, STRIDE_Y); // constants divide fast

void main() {
    POSITION
    ivec2 p = cell + pad;
    ivec2 lo = (max(p - kernel, ivec2(-1) * stride) + stride) / stride;
    ivec2 hi = min(p / stride, windows - 1);
    vec4 sum = vec4(0);
    for (int wy = lo.y; wy <= hi.y; wy++) {
        for (int wx = lo.x; wx <= hi.x; wx++) {
            vec4 d = LOAD(dy, inBase + block * inPlane + wy * inRow + wx);
            ivec2 start = ivec2(wx, wy) * stride;
#if MAX == 1
            vec4 won = LOAD(arg, argBase + block * argPlane + wy * argRow + wx);
            float mine = float((p.y - start.y) * kernel.x + p.x - start.x);
            sum += mix(vec4(0), d, equal(won, vec4(mine)));
#else
            start -= pad;
            ivec2 n = includePad != 0 ? min(start + kernel, cells + padEnd) - start
                                      : min(start + kernel, cells) - max(start, ivec2(0));
            sum += d / float(n.x * n.y);
#endif
        }
    }
    STORE(here, sum)
}
