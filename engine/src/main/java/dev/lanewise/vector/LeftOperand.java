package dev.lanewise.vector;

/** How register tiles read A. */
enum LeftOperand {
    /** A panel in which the rows of a step lie side by side, {@code Tiles.packed}. */
    PACKED,

    /** Columns where they lie, those of a transposed operand: such a panel whose steps are apart, {@code Tiles.columns}. */
    COLUMNS,

    /** A panel of rows as they are in memory, but a constant distance apart, {@code Tiles.copied}. */
    COPIED,

    /** Rows where they lie, {@code Tiles.rows}. */
    ROWS;

    /** Whether A is neither packed nor copied. */
    boolean isInPlace() {
        return this == COLUMNS || this == ROWS;
    }
}
