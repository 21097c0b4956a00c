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
#if defined(ADD)
    u += v;
#elif defined(SUB)
    u -= v;
#elif defined(MUL)
    u *= v;
#else
    u /= v;
#endif
    u = mix(vec4(0), u, greaterThan(LANES(block), vec4(0))); // 0/0 must not stand where no channel is
    STORE(here, u)
}
