// A function of two maps.
layout(local_size_x = LX) in;
SOURCE(0, First, a);
SOURCE(1, Second, b);
STORES;

void main() {
    POSITION
    vec4 v = binary(AT(a, block, py, px), AT(b, block, py, px));
    v = mix(vec4(0), v, greaterThan(LANES(block), vec4(0))); // 0/0 must not stand where no channel is
    STORE(here, v)
}
