// What the passes of bends share (package bend has the maths). Forward they read the map and
// write y = x + wet*(f(x) - x); backward (BACK 1) they read dy and write what reaches x.
#ifndef BACK
#define BACK 0
#endif


SOURCE(0, In, x);
SOURCE(1, Seen, seen);   // the input, or the winners in it, on the way back
SOURCE(2, Table, table); // the wet share of each block's channels, and what the effect puts behind
STORES;

// BENDING gives each invocation a value v with its wet shares, and the place beside.
#define BENDING \
    POSITION \
    int from = inBase + block * inPlane + py * inRow + px; \
    int beside = besideBase + block * besidePlane + py * besideRow + px; \
    vec4 wet = LOAD(table, block), v = LOAD(x, from);

// sound is v with zero for what is not finite, told by its bits: compilers may take
// arithmetic to be finite always.
vec4 sound(vec4 v) { return mix(vec4(0), v, notEqual(floatBitsToUint(v) & 0x7f800000u, uvec4(0x7f800000u))); }
