// Gives each channel a share of what others say, as the table's part from n.x on has it: for each
// block the share of a channel's own value, then its first wire and how many there are, then the
// wires, each a source for every channel of the block and its weights.
layout(local_size_x = LX) in;

void main() {
    BENDING
    int part = int(n.x);
    v *= LOAD(table, part + block);
    from -= block * inPlane;
    vec2 wires = LOAD(table, part + blocks + block).xy;
    int at = part + 2 * blocks + 2 * int(wires.x);
    for (int i = 0; i < int(wires.y); i++) {
        ivec4 c = ivec4(LOAD(table, at++));
        vec4 heard = vec4(
            LOAD(x, from + (c.x >> 2) * inPlane)[c.x & 3], LOAD(x, from + (c.y >> 2) * inPlane)[c.y & 3],
            LOAD(x, from + (c.z >> 2) * inPlane)[c.z & 3], LOAD(x, from + (c.w >> 2) * inPlane)[c.w & 3]);
        v += LOAD(table, at++) * heard;
    }
    STORE(here, v)
}
