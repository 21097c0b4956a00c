// What the passes over a gradient's Laplacian pyramid share: a level is an array of vec4 as a canvas is.
