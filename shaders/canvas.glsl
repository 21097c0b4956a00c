// What the passes over canvases share: a canvas is an array of vec4, row after
// row: red, green, blue in 0..255 and nothing.
#define PIXEL(w, h) \
    int position = int(gl_GlobalInvocationID.x); \
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
