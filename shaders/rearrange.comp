// Moves channels, and positions into channels and back: cells of OUT_Y rows and OUT_X columns are made of those of
// IN_Y rows and IN_X columns. The table has for each position in a cell and each block its first wire, how many there
// are, and what stands where none leads; then for each wire the channels and the positions that it takes.
layout(local_size_x = LX) in;


SOURCE(0, In, x);
SOURCE(1, Table, table);
STORES;

// value is a channel's at a position of the cell that begins at corner, nothing beyond the map.
float value(ivec2 corner, float channel, float place) {
    if (channel < 0) return 0;
    int c = int(channel), p = int(place);
    ivec2 at = corner + ivec2(p & 4095, p >> 12);
    if (any(greaterThanEqual(at, cells))) return 0;
    return LOAD(x, inBase + (c >> 2) * inPlane + at.y * inRow + at.x)[c & 3];
}

void main() {
    POSITION
    ivec2 whole = cell / ivec2(OUT_X, OUT_Y), part = cell - whole * ivec2(OUT_X, OUT_Y), corner = whole * ivec2(IN_X, IN_Y);
    int head = 2 * ((part.y * OUT_X + part.x) * blocks + block);
    vec2 wires = LOAD(table, head).xy;
    vec4 v = LOAD(table, head + 1);
    for (int i = int(wires.x); i < int(wires.x + 2 * wires.y); i += 2) {
        vec4 c = LOAD(table, i), p = LOAD(table, i + 1);
        v += vec4(value(corner, c.x, p.x), value(corner, c.y, p.y), value(corner, c.z, p.z), value(corner, c.w, p.w));
    }
    STORE(here, v)
}
