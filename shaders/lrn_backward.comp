// The gradient of the normalisation: dy_i s_i^-beta - 2 alpha beta x_i * sum of
// dy_j x_j s_j^(-beta-1) over the channels j that see i. s is made again from x,
// which lies where the gradient is written; BEFORE and AFTER are those of the forward pass.
layout(local_size_x = LX) in;
SOURCE(0, In, dy);
SOURCE(1, Input, x);
STORES;

void main() {
    POSITION
    int from = inBase + py * inRow + px, at = outBase + py * outRow + px;
    vec4 v[4 * R + 1], q[4 * R + 1], t[2 * R + 1], own, s;
    for (int n = -2 * R; n <= 2 * R; n++) {
        int b = block + n;
        v[2 * R + n] = b < 0 || b >= blocks ? vec4(0) : LOAD(x, at + b * outPlane);
        q[2 * R + n] = v[2 * R + n] * v[2 * R + n];
    }
    vec4 middle = vec4(0);
    for (int n = -R; n <= R; n++) {
        int b = block + n;
        WINDOW(s, q, 2 * R + n)
        s = bias + alpha * s;
        vec4 d = b < 0 || b >= blocks ? vec4(0) : LOAD(dy, from + b * inPlane);
        vec4 l = lowered(s);
        t[R + n] = d * v[2 * R + n] * l / s;
        if (n == 0) middle = d * l;
    }
    vec4 sum = vec4(0);
    for (int n = -R; n <= R; n++) for (int l = 0; l < 4; l++) {
        ivec4 away = ivec4(0, 1, 2, 3) - 4 * n - l; // as channel j sees i
        sum += t[R + n][l] * vec4(lessThanEqual(away, ivec4(AFTER))) * vec4(greaterThanEqual(away, ivec4(-BEFORE)));
    }
    STORE(here, middle - 2 * alpha * beta * v[2 * R] * sum)
}
