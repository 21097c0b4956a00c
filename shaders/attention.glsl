// What the passes of attention share. Shares lie as a map of the queries' size: block head*strips + i has those of a head for the
// keys 4*i to 4*i+3 of the query's window, counted row by row, and zero for keys beyond the map. Behind all heads come the changes
// that the way back makes of them.
// CORNER is the first cell of a cell's window, rows first.
#define CORNER(cy, cx) (windowed == 0 ? ivec2(0) : ivec2(split(cy, windowRows).y * windowRows, split(cx, windowColumns).y * windowColumns))
