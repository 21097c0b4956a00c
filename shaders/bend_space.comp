// The bends that look elsewhere on the map, zero beyond its border: a weighted sum of a
// value's 3x3 neighbours, the map moved, and the largest or smallest of the neighbours. Both ways are
// gathers: each cell asks who sends it something, for BLOCKS blocks of channels at once.
#if !defined(STENCIL) && !defined(RESAMPLE) && !defined(MORPH)
#error not told which bend
#endif
layout(local_size_x = LX) in;
#if defined(MORPH) && BACK == 0
layout(std430, binding = 5) writeonly restrict buffer Winners { vec4 winner[]; }; // counted along the 3x3; seen on the way back
#endif

int start = 0, count = 0; // the first block, and how many there are
int planes[BLOCKS];       // where the blocks that are read begin
vec4 f[BLOCKS];           // what the effect makes of them

bool inside(ivec2 c) { return all(greaterThanEqual(c, ivec2(0))) && all(lessThan(c, ivec2(width, height))); }

// hear adds a share of a cell.
void hear(ivec2 c, float share) {
    int at = c.y * inRow + c.x;
    for (int b = 0; b < BLOCKS; b++) f[b] += share * LOAD(x, planes[b] + at);
}

#if defined(RESAMPLE)
// moved gives the cell, and the share of the next one, that a cell shows.
void moved(ivec2 c, out ivec2 to, out vec2 part) {
    along(k[0].xyz, k[1].xyz, vec2(c), to.x, part.x);
    along(k[2].xyz, k[3].xyz, vec2(c), to.y, part.y);
    to += ivec2(n.xy);
}

#if BACK == 0
void bend(ivec2 c) {
    ivec2 at;
    vec2 part;
    moved(c, at, part);
    for (int i = 0; i < 4; i++) {
        ivec2 d = ivec2(i & 1, i >> 1);
        vec2 share = mix(1 - part, part, equal(d, ivec2(1)));
        if (inside(at + d)) hear(at + d, share.x * share.y);
    }
}
#else
// The cells that show c lie around where the inverse (k[4], k[5]) takes it, no further than it stretches.
void bend(ivec2 c) {
    vec2 middle = vec2(dot(k[4].xyz, vec3(c, 1)), dot(k[5].xyz, vec3(c, 1)));
    vec2 reach = vec2(k[4].w, k[5].w);
    ivec2 low = max(ivec2(ceil(middle - reach)), ivec2(0));
    ivec2 high = min(ivec2(floor(middle + reach)), ivec2(width, height) - 1);
    for (int i = low.y; i <= high.y; i++) {
        for (int j = low.x; j <= high.x; j++) {
            ivec2 at;
            vec2 part;
            moved(ivec2(j, i), at, part);
            ivec2 d = c - at;
            vec2 share = mix(1 - part, part, equal(d, ivec2(1)));
            if (d == (d & 1)) hear(ivec2(j, i), share.x * share.y);
        }
    }
}
#endif
#endif

#if defined(STENCIL)
void bend(ivec2 c) {
    for (int i = 0; i < 9; i++) {
        ivec2 at = c + ivec2(i % 3, i / 3) - 1;
        if (inside(at)) hear(at, k[i / 3][i % 3]);
    }
}
#endif

#if defined(MORPH)
void bend(ivec2 c) {
    ivec2 low = max(c - 1, ivec2(0)), high = min(c + 1, ivec2(width, height) - 1);
    int beside = besideBase + start * besidePlane;
#if BACK == 0 // p is -1 for the smallest
    vec4 won[BLOCKS];
    for (int b = 0; b < BLOCKS; b++) {
        f[b] = LOAD(x, planes[b] + low.y * inRow + low.x);
        won[b] = vec4(3 * (low.y - c.y + 1) + low.x - c.x + 1);
    }
    for (int i = low.y; i <= high.y; i++) {
        for (int j = low.x; j <= high.x; j++) {
            int index = 3 * (i - c.y + 1) + j - c.x + 1;
            for (int b = 0; b < BLOCKS; b++) {
                vec4 v = LOAD(x, planes[b] + i * inRow + j);
                bvec4 more = greaterThan(p * v, p * f[b]);
                f[b] = mix(f[b], v, more);
                won[b] = mix(won[b], vec4(index), more);
            }
        }
    }
    for (int b = 0; b < BLOCKS; b++) if (b < count) winner[beside + b * besidePlane + c.y * besideRow + c.x] = won[b];
#else
    for (int i = low.y; i <= high.y; i++) {
        for (int j = low.x; j <= high.x; j++) {
            int mine = 3 * (c.y - i + 1) + c.x - j + 1;
            for (int b = 0; b < BLOCKS; b++) {
                vec4 won = LOAD(seen, beside + min(b, count - 1) * besidePlane + i * besideRow + j);
                f[b] += mix(vec4(0), LOAD(x, planes[b] + i * inRow + j), equal(won, vec4(mine)));
            }
        }
    }
#endif
}
#endif

void main() {
    int position = INDEX + first;
    start = BLOCKS * int(gl_GlobalInvocationID.y);
    count = min(blocks - start, BLOCKS);
    if (position >= end || count <= 0) return;
    ivec2 cell = split(position, width);
    for (int b = 0; b < BLOCKS; b++) {
        planes[b] = inBase + (start + min(b, count - 1)) * inPlane;
        f[b] = vec4(0);
    }
    bend(cell);
    for (int b = 0; b < BLOCKS; b++) {
        if (b >= count) break;
        vec4 v = LOAD(x, planes[b] + cell.y * inRow + cell.x);
        v += LOAD(table, start + b) * (f[b] - v);
        STORE(outBase + (start + b) * outPlane + cell.y * outRow + cell.x, v)
    }
}
