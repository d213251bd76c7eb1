package dev.lanewise.kernels;

/**
 * A right operand [k x n] in the order in which an implementation reads it. Only the implementation that made it can use it.
 */
public interface PackedB {
    /**
     * Rows of the operand.
     *
     * @return depth of the products it takes part in
     */
    int k();

    /**
     * Columns of the operand.
     *
     * @return columns of the products it takes part in
     */
    int n();
}
