// How a map lies of which some axes are broadcast.

// OPERAND declares where a map lies: a step is 0 along the axes of one cell, single is 1 where
// the only channel meets all.
#define OPERAND(name) int name##Base, name##Plane, name##Row, name##Step, name##Single

// AT is the operand's value that meets a cell of a block of the larger map.
#define AT(name, block, y, x) spread(LOAD(name, name##Base + (block) * name##Plane + (y) * name##Row + (x) * name##Step), name##Single)

vec4 spread(vec4 v, int single) { return single != 0 ? v.xxxx : v; }
