// The channels' shares at each position.
layout(local_size_x = LX) in;
SOURCE(0, In, x);
STORES;

void main() {
    POSITION
    int from = inBase + py * inRow + px;
    float top = uintBitsToFloat(0xff800000u), sum = 0;
    for (int c = 0; c < channels; c++) top = max(top, LOAD(x, from + (c >> 2) * inPlane)[c & 3]);
    for (int c = 0; c < channels; c++) sum += exp(LOAD(x, from + (c >> 2) * inPlane)[c & 3] - top);
    STORE(here, exp(LOAD(x, from + block * inPlane) - top) / sum * LANES(block))
}
