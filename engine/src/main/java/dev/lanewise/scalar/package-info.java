/**
 * The kernels as plain loops: what they compute can be read here, and every other implementation is measured and tested
 * against them. They are also what runs where the Vector API is missing.
 *
 * <p>Values are floats; sums over a row are taken in double, but for the inner products of
 * {@link dev.lanewise.scalar.ScalarMatMul} and {@link dev.lanewise.scalar.ScalarAttention}, which are the float loops of
 * the textbook. Exponentials and logarithms come from {@link java.lang.StrictMath}: the same bits in the interpreter, in
 * compiled code and on every machine.
 */
package dev.lanewise.scalar;
