// Makes each cell of a few others, by its row and by its column. The table has where the taps of each row begin and
// how many there are, the same of each column, and then what each tap takes and its weight.
layout(local_size_x = LX) in;


SOURCE(0, In, x);
SOURCE(1, Table, table);
STORES;

void main() {
    POSITION
    vec2 rows = LOAD(table, py).xy, columns = LOAD(table, height + px).xy;
    int plane = inBase + block * inPlane;
    vec4 sum = vec4(0);
    for (int i = int(rows.x); i < int(rows.x + rows.y); i++) {
        vec2 row = LOAD(table, i).xy;
        int from = plane + int(row.x) * inRow;
        vec4 s = vec4(0);
        for (int j = int(columns.x); j < int(columns.x + columns.y); j++) {
            vec2 column = LOAD(table, j).xy;
            s += column.y * LOAD(x, from + int(column.x));
        }
        sum += row.y * s;
    }
    if (rows.y * columns.y == 0) sum = fill * LANES(block);
    STORE(here, sum)
}
