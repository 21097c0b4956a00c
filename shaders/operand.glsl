// How a map lies of which some axes are broadcast.

// AT is the operand's value that meets a cell of a block of the larger map.
#define AT(name, block, y, x) spread(LOAD(name, name##Base + (block) * name##Plane + (y) * name##Row + (x) * name##Step), name##Single)

vec4 spread(vec4 v, int single) { return single != 0 ? v.xxxx : v; }
