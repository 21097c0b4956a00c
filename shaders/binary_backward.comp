// What a function of two maps sends back to one of its operands: the gradient times a factor, summed over all that
// the operand was broadcast to. With REDUCE a work group shares each sum.
layout(local_size_x = LX) in;
SOURCE(0, In, dy);
SOURCE(1, First, a);
SOURCE(2, Second, b);
STORES;

// term is the summand of a cell.
vec4 term(int block, int y, int x) {
    vec4 d = LOAD(dy, inBase + block * inPlane + y * inRow + x);
#if SIDE == 0
    d *= slopeA(AT(a, block, y, x), AT(b, block, y, x));
#else
    d *= slopeB(AT(a, block, y, x), AT(b, block, y, x));
#endif
    return mix(vec4(0), d, lessThan(ivec4(4 * block) + ivec4(0, 1, 2, 3), ivec4(wide)));
}

#if REDUCE == 1
shared vec4 share[LX];

void main() {
    if (GROUP * LX + first >= end) return;
    int me = int(gl_LocalInvocationID.x), position = GROUP + first / LX, block = int(gl_GlobalInvocationID.y);
    ivec2 cell = split(position, width);
    vec4 s = vec4(0);
    for (int k = block; k < block + spanBlocks; k++) {
        for (int i = me; i < spanRows * spanColumns; i += LX) {
            ivec2 at = split(i, spanColumns);
            s += term(k, cell.y + at.y, cell.x + at.x);
        }
    }
    share[me] = s;
    for (int n = LX / 2; n > 0; n /= 2) {
        barrier();
        if (me < n) share[me] += share[me + n];
    }
    if (me != 0) return;
    s = share[0];
    if (single != 0) s = vec4(dot(s, vec4(1)), 0, 0, 0);
    int here = outBase + block * outPlane + cell.y * outRow + cell.x;
    STORE(here, s)
}
#else
void main() {
    POSITION
    STORE(here, term(block, py, px))
}
#endif
