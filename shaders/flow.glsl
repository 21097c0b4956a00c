// What the passes of optical flow share; the algorithm and its numbers are those of package app/flow. A flow is a vec2 for
// each cell, how far what it shows lies to the right and below in the other picture's plane, in pixels.

#define WINDOW 3                                      // cells to each side that are matched together
#define CELLS float((2 * WINDOW + 1) * (2 * WINDOW + 1))
#define DAMPING 1.0                                   // a squared gradient that is added to each window's mean
#define FAINT 0.01                                    // the weight of a cell without texture
#define MOST 30.0                                     // a residual at most
#define OUTSIDE 8.0                                   // the cost of a pixel whose target is outside
#define BETTER 0.4                                    // by how much, a pixel's share, another flow must fit better

#define CELL \
    int position = INDEX; \
    if (position >= width * height) return; \
    ivec2 cell = split(position, width);

int at(ivec2 c) { return c.y * width + c.x; }

// falling is 1 up to from, 0 beyond to, and goes smoothly from one to the other between.
float falling(float v, float from, float to) {
    float t = clamp((to - v) / (to - from), 0, 1);
    return t * t * (3 - 2 * t);
}

// SAMPLE defines a function that gives an array of luma bilinearly at a place in pixels, -1 outside.
#define SAMPLE(name, plane) \
    float name(vec2 p) { \
        if (!(p.x >= 0 && p.y >= 0 && p.x < float(planeW - 1) && p.y < float(planeH - 1))) return -1; \
        ivec2 i = ivec2(p); \
        vec2 f = p - vec2(i); \
        int k = i.y * planeW + i.x; \
        float top = plane[k] + f.x * (plane[k + 1] - plane[k]); \
        float low = plane[k + planeW] + f.x * (plane[k + planeW + 1] - plane[k + planeW]); \
        return top + f.y * (low - top); \
    }

// COLUMN sums an array of sums of rows over the cells above and below.
#define COLUMN(sum, rows, r) \
    for (int y = max(cell.y - (r), 0); y <= min(cell.y + (r), height - 1); y++) sum += rows[y * width + cell.x];
