/**
 * Kernels on the Vector API, the only package that imports {@code jdk.incubator.vector}. It is loaded by name, after the
 * checks that the module is there and runs fast.
 *
 * <p>Every result has the same bits in the interpreter, in C1 and in C2 code: sums of lanes are a fixed tree of additions
 * rather than {@code reduceLanes}, transcendental functions are polynomials of fused multiply-adds rather than lanewise
 * calls, and the masked step at the end of a range computes what a full vector would. Sums differ between vector widths,
 * since a wider vector adds in another order; element-wise results do not.
 */
package dev.lanewise.vector;
