// What the passes over canvases share: a canvas is an array of vec4, row after
// row: red, green, blue in 0..255 and nothing.
#define PIXEL(w, h) \
    int position = INDEX; \
    if (position >= (w) * (h)) return; \
    ivec2 cell = split(position, w); \
    int px = cell.x, py = cell.y;

// around brings i into 0..n-1 by going round; % is undefined below zero.
int around(int i, int n) { return i < 0 ? n - 1 - (-1 - i) % n : i % n; }

// opponent turns red, green and blue into brightness and two colour differences.
vec3 opponent(vec3 c) { return vec3((c.r + c.g + c.b) / 3, c.r - c.g, (c.r + c.g) / 2 - c.b); }

// finite tells which values are neither infinite nor no number, by their bits:
// compilers may take arithmetic to be finite always.
bvec3 finite(vec3 v) { return notEqual(floatBitsToUint(v) & 0x7f800000u, uvec3(0x7f800000u)); }

// GRADIENT is that of the input's pixel px, py among the values g. FOLDED, a cell holds those of
// 2x2 pixels, colour c of pixel x, y as channel 3*(2*(y%2)+x%2)+c of cell x/2, y/2.
#if FOLDED == 1
#define CHANNEL(px, py, c) (3 * (2 * ((py) & 1) + ((px) & 1)) + c)
#define COLOUR(px, py, c) \
    g[inBase + ((py) >> 1) * inRow + ((px) >> 1) + (CHANNEL(px, py, c) >> 2) * inPlane][CHANNEL(px, py, c) & 3]
#define GRADIENT(px, py) vec3(COLOUR(px, py, 0), COLOUR(px, py, 1), COLOUR(px, py, 2))
#else
#define GRADIENT(px, py) g[inBase + (py) * inRow + (px)].rgb
#endif
