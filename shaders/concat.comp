// Copies channels to a place that is no multiple of four: one value for each
// invocation, channel c of the target from channel c+shift of the source.
layout(local_size_x = LX) in;


SOURCE(0, In, x);
layout(std430, binding = 4) restrict buffer Out { float values[]; };
#if MASK == 1
SOURCE(3, Activation, activated);
#endif

void main() {
    POSITION // a block is one channel here
    int c = block + shift;
    if (c < 0 || c >= sources) return;
    float v = LOAD(x, inBase + (c >> 2) * inPlane + py * inRow + px)[c & 3];
    int at = outBase + (block >> 2) * outPlane + py * outRow + px;
#if MASK == 1
    v = PASSED(at, vec4(v))[block & 3];
#endif
    at = 4 * at + (block & 3);
    if (accumulate != 0) v += values[at];
    values[at] = v;
}
