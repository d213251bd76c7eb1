package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A tile of scores, [keys x queries]: one row a key, queries in the lanes. That way round, maximum, exponential and sum over
 * the keys of a query are plain vertical operations, a key that is masked is a row that is left out, and the tile feeds the
 * products that come after it as it lies.
 */
final class AttentionTile {
    /**
     * Queries in a tile, and the constant distance between its rows: a multiple of the rows of every register tile (12 and
     * 6) and of its columns (32, 16 and 8).
     */
    static final int QUERIES = 96;

    /** Keys in a tile: a multiple of 12 and 6; with 96 queries the tile takes 90 KB, well inside L2. */
    static final int KEYS = 240;

    /** Rows of the register tile. */
    static final int MR = LANES == 16 ? AttentionKernel12x2.MR : AttentionKernel6x2.MR;

    /** Columns of the register tile. */
    static final int NR = 2 * LANES;

    private AttentionTile() {}

    /** A tile, with a row behind the keys for the rescaling of what came before. */
    static float[] allocate() {
        return new float[(KEYS + 1) * QUERIES];
    }

    /**
     * {@code tile[j, i] = A[j, :] . B[:, i]} for the given rows and columns, rounded up to whole register tiles: the scores
     * of keys against queries, or values against gradients.
     *
     * @param rows keys
     * @param cols queries
     * @param depth headDim
     * @param a panels of MR keys, from {@code aOffset}
     * @param aOffset index of the first panel
     * @param b panels of NR queries
     * @param tile overwritten
     */
    static void scores(int rows, int cols, int depth, float[] a, int aOffset, float[] b, float[] tile) {
        for (int j = 0; j < cols; j += NR) {
            for (int i = 0; i < rows; i += MR) {
                int at = i * QUERIES + j;
                if (LANES == 16) {
                    AttentionKernel12x2.multiply(depth, a, aOffset + i * depth, b, j * depth, tile, at, QUERIES);
                } else {
                    AttentionKernel6x2.multiply(depth, a, aOffset + i * depth, b, j * depth, tile, at, QUERIES);
                }
            }
        }
    }

    /**
     * {@code C[i, :] += sum over j < keys of tile[j, i] * B[j, :]} for the queries: weights times values.
     *
     * @param queries rows of C, rounded up to MR
     * @param keys depth
     * @param tile weights
     * @param b panels of NR columns, {@code panel} floats each
     * @param bOffset index of the first key's values
     * @param panel floats in a panel of B
     * @param c [queries x cols], row-major; modified
     * @param cols columns of C, a multiple of NR
     */
    static void addByColumns(
            int queries, int keys, float[] tile, float[] b, int bOffset, int panel, float[] c, int cols) {
        for (int j = 0; j < cols; j += NR) {
            int panelB = bOffset + j / NR * panel;
            for (int i = 0; i < queries; i += MR) {
                if (LANES == 16) {
                    AttentionKernel12x2.addByColumns(keys, tile, i, b, panelB, c, i * cols + j, cols);
                } else {
                    AttentionKernel6x2.addByColumns(keys, tile, i, b, panelB, c, i * cols + j, cols);
                }
            }
        }
    }

    /**
     * {@code C[j, :] += sum over i < queries of tile[j, i] * B[i, :]} for the keys: transposed weights times gradients.
     *
     * @param keys rows of C, rounded up to MR
     * @param queries depth
     * @param tile weights
     * @param b panels of NR columns, {@code panel} floats each
     * @param panel floats in a panel of B
     * @param c [keys x cols], row-major, from {@code cOffset}; modified
     * @param cOffset index of the first key's row
     * @param cols columns of C, a multiple of NR
     */
    static void addByRows(
            int keys, int queries, float[] tile, float[] b, int panel, float[] c, int cOffset, int cols) {
        for (int j = 0; j < cols; j += NR) {
            int panelB = j / NR * panel;
            for (int i = 0; i < keys; i += MR) {
                int at = cOffset + i * cols + j;
                if (LANES == 16) {
                    AttentionKernel12x2.addByRows(queries, tile, i * QUERIES, b, panelB, c, at, cols);
                } else {
                    AttentionKernel6x2.addByRows(queries, tile, i * QUERIES, b, panelB, c, at, cols);
                }
            }
        }
    }

    /**
     * Masks what a causal query does not see: key {@code firstKey + j} is seen by the queries from
     * {@code firstKey + j - shift} on, so the queries before are the front of row j.
     */
    static void maskFuture(int keys, int queries, int firstKey, int firstQuery, int shift, float[] tile) {
        for (int j = 0; j < keys; j++) {
            int hidden = Math.min(queries, firstKey + j - shift - firstQuery);
            if (hidden > 0) {
                Arrays.fill(tile, j * QUERIES, j * QUERIES + hidden, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Clears the rows behind the last key that a product over whole register tiles would read. */
    static void clearBehind(int keys, float[] tile) {
        Arrays.fill(tile, keys * QUERIES, Blocking.roundUp(keys, MR) * QUERIES, 0f);
    }

    /**
     * Turns scores into weights relative to the running maximum of each query, and keeps the books of the online softmax
     * (Milakov, Gimelshein, 2018, 1805.02867): {@code newMax = max(oldMax, scores)},
     * {@code rescale = exp(oldMax - newMax)}, {@code sum = sum * rescale + sum of weights}. Weights and sums are
     * {@link VectorMath#SCALE} times the exponential; whoever divides one by the other does not notice.
     */
    static void softmax(
            int keys, int queries, float[] tile, float[] max, float[] sum, float[] rescale, float[] blockSum) {
        for (int i = 0; i < queries; i += 2 * LANES) {
            maximum(keys, tile, i, max);
            weights(1, tile, KEYS * QUERIES + i, max, i, blockSum);
            weights(keys, tile, i, max, i, blockSum);
        }
        for (int i = 0; i < queries; i += LANES) {
            FloatVector factor = FloatVector.fromArray(SPECIES, tile, KEYS * QUERIES + i).mul(VectorMath.DESCALE);
            factor.intoArray(rescale, i);
            FloatVector.fromArray(SPECIES, sum, i).fma(factor, FloatVector.fromArray(SPECIES, blockSum, i))
                    .intoArray(sum, i);
        }
    }

    /** Raises the maximum of two vectors of queries, and leaves the old one in the row behind the keys. */
    private static void maximum(int keys, float[] tile, int i, float[] max) {
        FloatVector max0 = FloatVector.fromArray(SPECIES, max, i);
        FloatVector max1 = FloatVector.fromArray(SPECIES, max, i + LANES);
        max0.intoArray(tile, KEYS * QUERIES + i);
        max1.intoArray(tile, KEYS * QUERIES + i + LANES);
        for (int j = 0, at = i; j < keys; j++, at += QUERIES) {
            FloatVector s0 = FloatVector.fromArray(SPECIES, tile, at);
            FloatVector s1 = FloatVector.fromArray(SPECIES, tile, at + LANES);
            max0 = max0.blend(s0, s0.compare(VectorOperators.GT, max0));
            max1 = max1.blend(s1, s1.compare(VectorOperators.GT, max1));
        }
        max0.intoArray(max, i);
        max1.intoArray(max, i + LANES);
    }

    /**
     * {@code row = exp(row - max)} for two vectors of queries in some rows, and the sum of those rows: enough independent
     * work to hide the latency of the exponential, which is {@link VectorMath#expScaled} written out. As a call it was left
     * out of line when this method became part of a larger one, and every vector then was an object.
     */
    private static void weights(int rows, float[] tile, int from, float[] max, int i, float[] sums) {
        FloatVector log2e = FloatVector.broadcast(SPECIES, VectorMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(SPECIES, VectorMath.ROUNDER);
        FloatVector ln2High = FloatVector.broadcast(SPECIES, -VectorMath.LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(SPECIES, -VectorMath.LN2_LOW);
        FloatVector e2 = FloatVector.broadcast(SPECIES, VectorMath.E2);
        FloatVector e3 = FloatVector.broadcast(SPECIES, VectorMath.E3);
        FloatVector e4 = FloatVector.broadcast(SPECIES, VectorMath.E4);
        FloatVector e5 = FloatVector.broadcast(SPECIES, VectorMath.E5);
        FloatVector e6 = FloatVector.broadcast(SPECIES, VectorMath.E6);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector base0 = FloatVector.fromArray(SPECIES, max, i);
        FloatVector base1 = FloatVector.fromArray(SPECIES, max, i + LANES);
        // A query that has seen no key yet: relative to 0 its weights are exp(-infinity) = 0 rather than NaN.
        base0 = base0.blend(0f, base0.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        base1 = base1.blend(0f, base1.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        for (int j = 0, at = from; j < rows; j++, at += QUERIES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, tile, at).sub(base0);
            FloatVector x1 = FloatVector.fromArray(SPECIES, tile, at + LANES).sub(base1);
            FloatVector bits0 = x0.fma(log2e, rounder);
            FloatVector n0 = bits0.sub(rounder);
            FloatVector r0 = n0.fma(ln2Low, n0.fma(ln2High, x0));
            FloatVector p0 = r0.fma(e6, e5).fma(r0, e4).fma(r0, e3).fma(r0, e2).fma(r0, one).fma(r0, one);
            FloatVector power0 = bits0.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector bits1 = x1.fma(log2e, rounder);
            FloatVector n1 = bits1.sub(rounder);
            FloatVector r1 = n1.fma(ln2Low, n1.fma(ln2High, x1));
            FloatVector p1 = r1.fma(e6, e5).fma(r1, e4).fma(r1, e3).fma(r1, e2).fma(r1, one).fma(r1, one);
            FloatVector power1 = bits1.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector w0 = p0.mul(power0).blend(0f, x0.compare(VectorOperators.LE, VectorMath.EXP_ZERO));
            FloatVector w1 = p1.mul(power1).blend(0f, x1.compare(VectorOperators.LE, VectorMath.EXP_ZERO));
            sum0 = sum0.add(w0);
            sum1 = sum1.add(w1);
            w0.intoArray(tile, at);
            w1.intoArray(tile, at + LANES);
        }
        sum0.intoArray(sums, i);
        sum1.intoArray(sums, i + LANES);
    }

    /**
     * The weights of the forward pass again, from its logSumExp, and from them the gradient of the scores:
     * {@code P = exp(score - logSumExp)}, {@code dS = scale * P * (dP - D)}, each query in its lanes.
     *
     * @param weights scores; become P
     * @param gradients dP; become dS
     * @param logSumExp one for each query; positive infinity where the query sees nothing, which gives weights of 0
     * @param dots D, one for each query
     */
    static void weightsAndGradients(
            int keys, int queries, float scale, float[] weights, float[] gradients, float[] logSumExp, float[] dots) {
        for (int i = 0; i < queries; i += LANES) {
            weightsAndGradients(keys, scale, weights, gradients, i, logSumExp, dots);
        }
    }

    private static void weightsAndGradients(
            int keys, float scale, float[] weights, float[] gradients, int i, float[] logSumExp, float[] dots) {
        FloatVector log2e = FloatVector.broadcast(SPECIES, VectorMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(SPECIES, VectorMath.ROUNDER);
        FloatVector ln2High = FloatVector.broadcast(SPECIES, -VectorMath.LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(SPECIES, -VectorMath.LN2_LOW);
        FloatVector e2 = FloatVector.broadcast(SPECIES, VectorMath.E2);
        FloatVector e3 = FloatVector.broadcast(SPECIES, VectorMath.E3);
        FloatVector e4 = FloatVector.broadcast(SPECIES, VectorMath.E4);
        FloatVector e5 = FloatVector.broadcast(SPECIES, VectorMath.E5);
        FloatVector e6 = FloatVector.broadcast(SPECIES, VectorMath.E6);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector base = FloatVector.fromArray(SPECIES, logSumExp, i);
        FloatVector dot = FloatVector.fromArray(SPECIES, dots, i);
        FloatVector factor = FloatVector.broadcast(SPECIES, scale);
        FloatVector descale = FloatVector.broadcast(SPECIES, VectorMath.DESCALE);
        for (int j = 0, at = i; j < keys; j++, at += QUERIES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, weights, at).sub(base);
            FloatVector bits0 = x0.fma(log2e, rounder);
            FloatVector n0 = bits0.sub(rounder);
            FloatVector r0 = n0.fma(ln2Low, n0.fma(ln2High, x0));
            FloatVector p0 = r0.fma(e6, e5).fma(r0, e4).fma(r0, e3).fma(r0, e2).fma(r0, one).fma(r0, one);
            FloatVector power0 = bits0.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector w0 = p0.mul(power0).blend(0f, x0.compare(VectorOperators.LE, VectorMath.EXP_ZERO)).mul(descale);
            FloatVector d0 = FloatVector.fromArray(SPECIES, gradients, at).sub(dot);
            w0.intoArray(weights, at);
            d0.mul(w0).mul(factor).intoArray(gradients, at);
        }
    }
}
