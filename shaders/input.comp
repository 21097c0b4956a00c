// Preprocesses a canvas, or a tile of it, to the net's input, rolled on the way:
// cell p shows pixel p+origin, wrapping round; FOLDED, it shows four, see canvas.glsl.
layout(local_size_x = LX) in;
layout(std430, binding = 0) readonly restrict buffer In { vec4 canvas[]; };
STORES;

vec3 preprocessed(int px, int py) {
    if (px >= tileW || py >= tileH) return vec3(0); // the convolution's padding
    vec3 v = canvas[around(py + originY, canvasH) * canvasW + around(px + originX, canvasW)].rgb;
    return (bgr != 0 ? v.bgr : v.rgb) * scale.rgb + offset.rgb;
}

void main() {
    POSITION
#if FOLDED == 1
    vec3 v[4];
    for (int i = 0; i < 4; i++) v[i] = preprocessed(2 * px + (i & 1), 2 * py + (i >> 1));
    y[here] = vec4(v[0], v[1].r);
    y[here + outPlane] = vec4(v[1].gb, v[2].rg);
    y[here + 2 * outPlane] = vec4(v[2].b, v[3]);
#else
    y[here] = vec4(preprocessed(px, py), 0);
#endif
}
