// Preprocesses a canvas, or a tile of it, to the net's input, rolled on the way:
// cell p shows pixel p+origin, wrapping round.
layout(local_size_x = LX) in;
layout(std140, binding = 0) uniform Params {
    HEADER
    int canvasW, canvasH, originX, originY;
    int bgr, unused;
    vec4 scale, offset; // of the input's channels
};
layout(std430, binding = 0) readonly restrict buffer In { vec4 canvas[]; };
STORES;

void main() {
    POSITION
    vec4 v = canvas[around(py + originY, canvasH) * canvasW + around(px + originX, canvasW)];
    y[here] = vec4((bgr != 0 ? v.bgr : v.rgb) * scale.rgb + offset.rgb, 0);
}
