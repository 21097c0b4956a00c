// The bends that look elsewhere on the map, zero beyond its border: a weighted sum of a
// value's 3x3 neighbours, the map moved, and the largest or smallest of the neighbours. Both ways are
// gathers: each cell asks who sends it something.
#define STENCIL 0
#define RESAMPLE 1
#define MORPH 2
layout(local_size_x = LX) in;
#if KIND == MORPH
layout(std430, binding = 5) restrict buffer Winners { vec4 winner[]; }; // counted along the 3x3
#endif

bool inside(ivec2 c) { return all(greaterThanEqual(c, ivec2(0))) && all(lessThan(c, ivec2(width, height))); }

// value is what the map says at a cell of a block that begins at plane.
vec4 value(int plane, ivec2 c) {
    ivec2 near = clamp(c, ivec2(0), ivec2(width, height) - 1);
    vec4 v = LOAD(x, plane + near.y * inRow + near.x);
    return inside(c) ? v : vec4(0);
}

#if KIND == RESAMPLE
// moved gives the cell, and the share of the next one, that a cell shows.
void moved(ivec2 c, out ivec2 to, out vec2 part) {
    along(k[0].xyz, k[1].xyz, vec2(c), to.x, part.x);
    along(k[2].xyz, k[3].xyz, vec2(c), to.y, part.y);
    to += ivec2(n.xy);
}

#if BACK == 0
vec4 bent(int plane, ivec2 c) {
    ivec2 at;
    vec2 f;
    moved(c, at, f);
    vec4 top = mix(value(plane, at), value(plane, at + ivec2(1, 0)), f.x);
    vec4 low = mix(value(plane, at + ivec2(0, 1)), value(plane, at + ivec2(1, 1)), f.x);
    return mix(top, low, f.y);
}
#else
// The cells that show c lie around where the inverse (k[4], k[5]) takes it, no further than it stretches.
vec4 bent(int plane, ivec2 c) {
    vec2 middle = vec2(dot(k[4].xyz, vec3(c, 1)), dot(k[5].xyz, vec3(c, 1)));
    vec2 reach = vec2(k[4].w, k[5].w);
    ivec2 low = max(ivec2(ceil(middle - reach)), ivec2(0));
    ivec2 high = min(ivec2(floor(middle + reach)), ivec2(width, height) - 1);
    vec4 sum = vec4(0);
    for (int i = low.y; i <= high.y; i++) {
        for (int j = low.x; j <= high.x; j++) {
            ivec2 at;
            vec2 f;
            moved(ivec2(j, i), at, f);
            ivec2 d = c - at;
            if (d.x < 0 || d.x > 1 || d.y < 0 || d.y > 1) continue;
            f = mix(1 - f, f, equal(d, ivec2(1)));
            sum += f.x * f.y * LOAD(x, plane + i * inRow + j);
        }
    }
    return sum;
}
#endif
#endif

#if KIND == STENCIL
vec4 bent(int plane, ivec2 c) {
    vec4 sum = vec4(0);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) sum += k[i][j] * value(plane, c + ivec2(j - 1, i - 1));
    return sum;
}
#endif

void main() {
    BENDING
    int plane = inBase + block * inPlane;
#if KIND == MORPH
    ivec2 low = max(cell - 1, ivec2(0)), high = min(cell + 1, ivec2(width, height) - 1);
#if BACK == 1
    vec4 f = vec4(0);
    for (int i = low.y; i <= high.y; i++) {
        for (int j = low.x; j <= high.x; j++) {
            vec4 w = winner[besideBase + block * besidePlane + i * besideRow + j];
            vec4 mine = vec4(3 * (py - i + 1) + px - j + 1);
            f += mix(vec4(0), LOAD(x, plane + i * inRow + j), equal(w, mine));
        }
    }
#else
    vec4 f = LOAD(x, plane + low.y * inRow + low.x); // p is -1 for the smallest
    vec4 won = vec4(3 * (low.y - py + 1) + low.x - px + 1);
    for (int i = low.y; i <= high.y; i++) {
        for (int j = low.x; j <= high.x; j++) {
            vec4 w = LOAD(x, plane + i * inRow + j);
            bvec4 more = greaterThan(p * w, p * f);
            f = mix(f, w, more);
            won = mix(won, vec4(3 * (i - py + 1) + j - px + 1), more);
        }
    }
    winner[beside] = won;
#endif
#else
    vec4 f = bent(plane, cell);
#endif
    v += wet * (f - v);
    STORE(here, v)
}
