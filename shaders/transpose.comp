// Puts a map's axes, channels, rows and columns, in another order: axis i of what is written is axis order[i] of what is read.
layout(local_size_x = LX) in;
SOURCE(0, In, x);
STORES;

void main() {
    POSITION
    vec4 v = vec4(0);
    for (int lane = 0; lane < 4; lane++) {
        int c = 4 * block + lane;
        if (c >= channels) break;
        ivec3 at;
        at[order0] = c;
        at[order1] = py;
        at[order2] = px;
        v[lane] = LOAD(x, inBase + (at.x >> 2) * inPlane + at.y * inRow + at.z)[at.x & 3];
    }
    STORE(here, v)
}
