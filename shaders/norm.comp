// Normalises by the statistics of sets; BACK 1 is the way back.
layout(local_size_x = LX) in;
SOURCE(0, In, x); // on the way back the gradient
SOURCE(1, Stats, stats);
SOURCE(2, Gains, gains); // a scale for each block, then a shift
#if BACK == 1
layout(std430, binding = 5) readonly restrict buffer Seen { vec4 at[]; } seen; // the input
#endif
STORES;

void main() {
    POSITION
    vec4 v = LOAD(x, inBase + block * inPlane + py * inRow + px);
    SETS(block, py, px);
#if BACK == 1
    vec4 d = seen.at[besideBase + block * besidePlane + py * besideRow + px] - mean;
    v = inverse * (v * LOAD(gains, block) - sum - d * inverse * inverse * product);
#else
    v = (v - mean) * inverse * LOAD(gains, block) + LOAD(gains, blocks + block);
#endif
    v *= vec4(lessThan(ivec4(4 * block) + ivec4(0, 1, 2, 3), ivec4(depth)));
    STORE(here, v)
}
