// What a reduction sends back: of a sum the gradient, of the largest a share of it, of a product the gradient times the other factors.
layout(local_size_x = LX) in;
SOURCE(0, In, dy);
#if !defined(SUM)
SOURCE(1, Seen, seen); // the input
SOURCE(2, Result, result);
layout(std430, binding = 5) readonly restrict buffer Tally { vec4 at[]; } tally;
#endif
STORES;

void main() {
    POSITION
    vec4 d = AT(dy, block, py, px);
#if defined(SUM)
    d *= portion;
#else
    vec4 v = LOAD(seen, besideBase + block * besidePlane + py * besideRow + px), r = AT(result, block, py, px);
    vec4 t = spread(tally.at[tallyBase + block * tallyPlane + py * tallyRow + px * tallyStep], tallySingle);
#if defined(LARGEST)
    d = mix(vec4(0), d / t, equal(v, r));
#else
    d *= mix(r / v, t, equal(v, vec4(0)));
    d = mix(d, vec4(0), bvec4(vec4(equal(r, vec4(0))) * vec4(notEqual(v, vec4(0)))));
#endif
#endif
    d = mix(vec4(0), d, greaterThan(LANES(block), vec4(0)));
    STORE(here, d)
}
