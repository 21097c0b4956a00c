// The sum, difference, product or quotient of two maps.
layout(local_size_x = LX) in;
layout(std140, binding = 0) uniform Params {
    HEADER
    OPERAND(a);
    OPERAND(b);
};
SOURCE(0, First, a);
SOURCE(1, Second, b);
STORES;

void main() {
    POSITION
    vec4 u = AT(a, block, py, px), v = AT(b, block, py, px);
#if FN == PLUS
    u += v;
#elif FN == MINUS
    u -= v;
#elif FN == TIMES
    u *= v;
#elif FN == OVER
    u /= v;
#else
#error no such FN
#endif
    u = mix(vec4(0), u, greaterThan(LANES(block), vec4(0))); // 0/0 must not stand where no channel is
    STORE(here, u)
}
