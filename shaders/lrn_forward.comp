// Local response normalisation: x * s^-beta, s from the squares of the neighbouring channels.
layout(local_size_x = LX) in;
SOURCE(0, In, x);
STORES;

void main() {
    POSITION
    int from = inBase + py * inRow + px;
    vec4 q[2 * R + 1], s;
    for (int n = -R; n <= R; n++) {
        int b = block + n;
        vec4 v = b < 0 || b >= blocks ? vec4(0) : LOAD(x, from + b * inPlane);
        q[R + n] = v * v;
    }
    WINDOW(s, q, R)
    vec4 v = LOAD(x, from + block * inPlane);
    STORE(here, v * lowered(bias + alpha * s))
}
