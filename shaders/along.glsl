// along gives the cell and the fraction that factors map (x, y, 1) to. Each factor comes as a
// part a of 11 bits after the point, whose products with whole pixels are exact, and the
// rest b: cell and fraction are right to 1e-6 however large the picture.
void along(vec3 a, vec3 b, vec2 p, out int cell, out float part) {
    vec3 coarse = vec3(a.xy * p, a.z);
    vec3 whole = floor(coarse);
    vec3 f = coarse - whole;
    float rest = f.x + f.y + f.z + dot(b, vec3(p, 1));
    float more = floor(rest);
    cell = int(whole.x) + int(whole.y) + int(whole.z) + int(more);
    part = rest - more;
}
