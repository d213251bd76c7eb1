package dev.lanewise;

/** The checks of integer operands: ids, labels and lengths. */
final class Indices {
    private Indices() {}

    /** That each of n numbers is within from..to, both included. */
    static void within(String name, int[] values, int offset, int n, int from, int to) {
        for (int i = 0; i < n; i++) {
            int value = values[offset + i];
            if (value < from || value > to) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] is " + value + ", but must be within " + from + ".." + to);
            }
        }
    }

    /** That each of n ids is below the number of rows; negative ids stand for nothing. */
    static void below(String name, int[] ids, int offset, int n, int rows) {
        for (int i = 0; i < n; i++) {
            if (ids[offset + i] >= rows) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] is " + ids[offset + i] + ", but the table has " + rows + " rows");
            }
        }
    }
}
