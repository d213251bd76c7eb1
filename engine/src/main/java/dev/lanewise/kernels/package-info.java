/**
 * The contracts between the checked facades of {@code dev.lanewise} and the implementations ({@code dev.lanewise.scalar}
 * and {@code dev.lanewise.vector}). Nothing is checked here: sizes, ranges and aliasing have been checked by the caller.
 *
 * <h2>Conventions</h2>
 * Arrays are {@code float[]} with an offset. A row-major matrix has a leading dimension ({@code ldx}), the distance
 * between its rows, at least its number of columns. Kernels run on the calling thread over the range they are given,
 * but for {@link dev.lanewise.kernels.MatMulKernels}, which splits its own work; they allocate nothing in steady state.
 * Where a method doesn't say "adds", its output is overwritten without being read. Work that is done in ranges gives the
 * same bits however the range is cut.
 *
 * <h2>Glossary</h2>
 * <table>
 * <caption>Names used throughout the engine</caption>
 * <tr><th>name</th><th>meaning</th></tr>
 * <tr><td>m, n, k</td><td>rows of the product, its columns, the summed dimension</td></tr>
 * <tr><td>lda, ldx ...</td><td>leading dimension: distance in floats between two rows</td></tr>
 * <tr><td>mr, nr</td><td>rows and columns of the register tile of a micro-kernel</td></tr>
 * <tr><td>mc, kc, nc</td><td>rows, depth and columns of the cache blocks of a product</td></tr>
 * <tr><td>batch, seqLen, heads, headDim, modelDim</td><td>dimensions of a transformer; modelDim = heads * headDim</td></tr>
 * <tr><td>x, y, dX, dY</td><td>input, output, and the gradients of the loss with respect to them</td></tr>
 * <tr><td>weight, bias, gamma, beta</td><td>parameters</td></tr>
 * <tr><td>mean, rstd, logSumExp</td><td>what a forward pass keeps for its backward pass</td></tr>
 * <tr><td>lanes, bound, va, vb, acc0</td><td>floats in a vector, end of the full vectors, vectors of a and b,
 * accumulators</td></tr>
 * </table>
 */
package dev.lanewise.kernels;
