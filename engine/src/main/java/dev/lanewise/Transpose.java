package dev.lanewise;

/** Whether an operand of a product is used as it is stored or transposed. */
public enum Transpose {
    /** As stored. */
    NO,
    /** Rows and columns exchanged; nothing is copied. */
    YES
}
