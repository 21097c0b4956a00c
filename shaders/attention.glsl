// What the passes of attention share. Shares lie as a map of the queries' size: block head*strips + i has those of a head for the
// keys 4*i to 4*i+3 of the query's window, counted row by row, and zero for keys beyond the map. Behind all heads come the changes
// that the way back makes of them.
#define ATTENTION \
    int sharesBase, sharesRow, sharesPlane; \
    int strips, heads; \
    int per;                         /* channels of a head */ \
    int queryRows, queryColumns, keyRows, keyColumns; \
    int windowRows, windowColumns;   /* the keys' map where there are no windows */ \
    int windowed; \
    int places, biasHeads;           /* of the bias, 0 for none */ \
    int besideBase, besideRow, besidePlane; /* a second map */ \
    int changes;                     /* 1 takes the changes for the shares */ \
    float scale

// CORNER is the first cell of a cell's window, rows first.
#define CORNER(cy, cx) (windowed == 0 ? ivec2(0) : ivec2(split(cy, windowRows).y * windowRows, split(cx, windowColumns).y * windowColumns))
