// What the passes over maps share. A map is an array of vec4, one for four
// channels of one cell: at(c, y, x) = base + (c/4)*plane + y*row + x.

// OpenGL takes no macro that is not defined for zero, as C does.
#ifndef TEXEL
#define TEXEL 0
#endif
#ifndef MASK
#define MASK 0
#endif
#ifndef FOLDED
#define FOLDED 0
#endif
#ifndef KEPT
#define KEPT 0
#endif

// SOURCE declares an array that is read, through a buffer texture (TEXEL 1)
// or as a storage block; LOAD reads its vec4 at i.
#if TEXEL == 1
#define SOURCE(slot, block, name) layout(binding = slot) uniform samplerBuffer name
#define LOAD(name, i) texelFetch(name, i)
#else
#define SOURCE(slot, block, name) layout(std430, binding = slot) readonly restrict buffer block { vec4 at[]; } name
#define LOAD(name, i) name.at[i]
#endif

// STORES declares the map that is written and, under MASK, the activation that the gradient passes on its way:
// scaled by slope where it is not above zero, stopped where it is not between low and high.
#if MASK == 1
#define STORES layout(std430, binding = 4) restrict buffer Out { vec4 y[]; }; SOURCE(3, Activation, activated)
#define PASSED(i, v) passed(LOAD(activated, i), v, slope, low, high)
#else
#define STORES layout(std430, binding = 4) restrict buffer Out { vec4 y[]; }
#define PASSED(i, v) (v)
#endif
#define STORE(i, v) { vec4 s = PASSED(i, v); if (accumulate != 0) s += y[i]; y[i] = s; }

vec4 passed(vec4 y, vec4 v, float slope, float low, float high) {
    v = mix(slope * v, v, greaterThan(y, vec4(0)));
    v = mix(vec4(0), v, greaterThan(y, vec4(low)));
    return mix(vec4(0), v, lessThan(y, vec4(high)));
}

// ACTIVATE applies what a convolution takes in: 1 rectifies by the slope actA, 2 clips to actA..actB, where zero lies.
#define ACTIVATE(r) \
    if (act == 1) r = mix(actA * r, r, greaterThan(r, vec4(0))); \
    else if (act == 2) r = clamp(r, vec4(actA), vec4(actB));

// split divides i >= 0 into whole rows of w and what is left. Rasterisers on
// the CPU divide integers one by one; floats are off by one row at most.
ivec2 split(int i, int w) {
    int y = int((float(i) + 0.5) / float(w));
    int x = i - y * w;
    if (x < 0) return ivec2(x + w, y - 1);
    if (x >= w) return ivec2(x - w, y + 1);
    return ivec2(x, y);
}

// GROUP and INDEX number the work groups and invocations of the first axis, which go on along the third where one axis has too few.
#define GROUP int(gl_WorkGroupID.x + gl_WorkGroupID.z * gl_NumWorkGroups.x)
#define INDEX (GROUP * int(gl_WorkGroupSize.x) + int(gl_LocalInvocationID.x))

// POSITION gives each invocation one cell (px, py) and one block of channels, or ends it.
#define POSITION \
    int position = INDEX + first; \
    int block = int(gl_GlobalInvocationID.y); \
    if (position >= end || block >= blocks) return; \
    ivec2 cell = split(position, width); \
    int px = cell.x, py = cell.y; \
    int here = outBase + block * outPlane + py * outRow + px;

// lanes is one for the channels of a block that the map has, zero for the rest.
#define LANES(block) vec4(lessThan(ivec4(4 * (block)) + ivec4(0, 1, 2, 3), ivec4(channels)))
