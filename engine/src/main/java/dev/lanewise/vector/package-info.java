/**
 * Kernels on the Vector API, the only package that imports {@code jdk.incubator.vector}. It is loaded by name, after the
 * checks that the module is there and runs fast.
 *
 * <p>Every result has the same bits in the interpreter, in C1 and in C2 code: sums of lanes are a fixed tree of additions
 * rather than {@code reduceLanes}, transcendental functions are polynomials of fused multiply-adds rather than lanewise
 * calls, and the masked step at the end of a range computes what a full vector would. Sums differ between vector widths,
 * since a wider vector adds in another order; element-wise results do not.
 *
 * <h2>What the compiler inlines</h2>
 * The methods of the Vector API are always inlined, methods of ours until C2's budget of nodes is spent, which about sixty
 * vector operations do. Therefore loops call the Vector API directly, a body with a helper in it occurs once in a method
 * (full and partial vectors go through the same one), and reductions are written out. A row kernel of more than 325
 * bytecodes (FreqInlineSize) is never merged into its caller and keeps its budget to itself. At the other end, C1 gives up
 * on a method with too many vectors, and C2 then never starts. {@code AllocationTest} notices either.
 */
package dev.lanewise.vector;
