// A layer of a function of single values; BACK 1 multiplies the gradient by its slope at the input.
layout(local_size_x = LX) in;

#ifdef NO_UNARY
#error not told which function
#endif

SOURCE(0, In, x);
SOURCE(1, Seen, seen); // the input, on the way back
STORES;

void main() {
    POSITION
    vec4 v = LOAD(x, inBase + block * inPlane + py * inRow + px);
#if BACK == 1
    v *= unarySlope(LOAD(seen, besideBase + block * besidePlane + py * besideRow + px), p, q, r);
#else
    v = unary(v, p, q, r);
#endif
    v = mix(vec4(0), v, greaterThan(LANES(block), vec4(0))); // some are infinite at zero, which must not stand where no channel is
    STORE(here, v)
}
