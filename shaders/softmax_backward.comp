// dx = y * (dy - sum of dy*y over the channels).
layout(local_size_x = LX) in;
SOURCE(0, In, dy);
SOURCE(1, Output, shares); // lies as dy does
STORES;

void main() {
    POSITION
    int from = inBase + py * inRow + px;
    float sum = 0;
    for (int b = 0; b < blocks; b++) sum += dot(LOAD(dy, from + b * inPlane), LOAD(shares, from + b * inPlane));
    from += block * inPlane;
    STORE(here, LOAD(shares, from) * (LOAD(dy, from) - sum))
}
