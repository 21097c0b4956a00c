// What queries take of a map of the keys by their shares; TURNED 1 what keys take of a map of the queries. ALIGNED 1 tells that no
// block has channels of two heads.
layout(local_size_x = LX) in;
SOURCE(0, In, x);
SOURCE(1, Shares, shares);
STORES;

#if ALIGNED == 1
#define SHARES(at) vec4(LOAD(shares, (at) + head.x * strips * sharesPlane)[lane])
#else
#define SHARES(at) vec4(LOAD(shares, (at) + head.x * strips * sharesPlane)[lane], LOAD(shares, (at) + head.y * strips * sharesPlane)[lane], \
    LOAD(shares, (at) + head.z * strips * sharesPlane)[lane], LOAD(shares, (at) + head.w * strips * sharesPlane)[lane])
#endif

void main() {
    POSITION
    ivec2 from = CORNER(py, px);
    ivec4 head = min((ivec4(4 * block) + ivec4(0, 1, 2, 3)) / per, ivec4(heads - 1));
    int base = sharesBase + changes * heads * strips * sharesPlane;
    vec4 sum = vec4(0);
#if TURNED == 1
    int own = (py - from.x) * windowColumns + px - from.y, lane = own & 3;
    int rows = windowed == 0 ? queryRows : min(from.x + windowRows, queryRows), columns = windowed == 0 ? queryColumns : min(from.y + windowColumns, queryColumns);
    base += (own >> 2) * sharesPlane;
    for (int cy = from.x; cy < rows; cy++)
        for (int cx = from.y; cx < columns; cx++)
            sum += SHARES(base + cy * sharesRow + cx) * LOAD(x, inBase + block * inPlane + cy * inRow + cx);
#else
    base += py * sharesRow + px;
    int rows = min(from.x + windowRows, keyRows), columns = min(from.y + windowColumns, keyColumns);
    for (int cy = from.x; cy < rows; cy++)
        for (int cx = from.y; cx < columns; cx++) {
            int own = (cy - from.x) * windowColumns + cx - from.y, lane = own & 3;
            sum += SHARES(base + (own >> 2) * sharesPlane) * LOAD(x, inBase + block * inPlane + cy * inRow + cx);
        }
#endif
    sum *= vec4(lessThan(ivec4(4 * block) + ivec4(0, 1, 2, 3), ivec4(channels)));
    STORE(here, sum)
}
