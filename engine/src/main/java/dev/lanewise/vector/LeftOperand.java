package dev.lanewise.vector;

/** How register tiles read A. */
enum LeftOperand {
    /** A panel in which the rows of a step lie side by side, {@code Tiles.packed}. */
    PACKED,

    /** A panel of rows as they are in memory, but a constant distance apart, {@code Tiles.copied}. */
    COPIED,

    /** Rows where they lie, {@code Tiles.rows}. */
    IN_PLACE
}
