// What the passes over a gradient's Laplacian pyramid share: a level is an array of vec4 as a canvas is.
layout(std140, binding = 0) uniform Params {
    HEADER
    int coarseW, coarseH; // of the next level
    float amount, coarseAmount, sign;
};
