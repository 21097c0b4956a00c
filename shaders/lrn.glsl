// What both directions of the response normalisation share. R is the number
// of neighbouring blocks that a channel's window reaches into.

// window sums, for the four channels of the middle block among 2*R+1, the
// values of the BEFORE channels before and the AFTER ones after each.
#define WINDOW(sum, q, middle) { \
    sum = vec4(0); \
    for (int away4 = -R; away4 <= R; away4++) for (int lane = 0; lane < 4; lane++) { \
        ivec4 away = 4 * away4 + lane - ivec4(0, 1, 2, 3); \
        sum += q[(middle) + away4][lane] * vec4(lessThanEqual(away, ivec4(AFTER))) * vec4(greaterThanEqual(away, ivec4(-BEFORE))); \
    } }

// lowered is s to the power of -beta.
vec4 lowered(vec4 s) {
#if BETA75 == 1
    vec4 r = inversesqrt(s);
    return r * sqrt(r);
#else
    return pow(s, vec4(-beta));
#endif
}
