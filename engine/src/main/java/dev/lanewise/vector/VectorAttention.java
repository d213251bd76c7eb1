package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.scalar.ScalarKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Tiled attention that never holds the full matrix of scores: borrows an {@link AttentionHead} and lets it work.
 *
 * <p>In a tile on the diagonal of a causal head, keys that a query does not see have a weight of 0, and 0 times NaN or
 * infinity is NaN. Where such values are about, which costs one look at the inputs, the plain loops run instead: they leave
 * out what is not seen.
 */
final class VectorAttention implements AttentionKernels {
    private final Pool<AttentionHead> heads = new Pool<>(AttentionHead::new);
    private final AttentionKernels plain = ScalarKernels.INSTANCE.attention();

    @Override
    public void forward(
            int queryFrom, int queryTo, int queries, int keys, int validKeys, int headDim, boolean causal, float scale,
            float[] q, int qOffset, int ldq, float[] k, int kOffset, int ldk, float[] v, int vOffset, int ldv,
            float[] out, int outOffset, int ldOut, float[] logSumExp, int logSumExpOffset) {
        if (queryFrom >= queryTo) {
            return;
        }
        if (causal && !finite(validKeys, headDim, v, vOffset, ldv)) {
            plain.forward(
                    queryFrom, queryTo, queries, keys, validKeys, headDim, true, scale, q, qOffset, ldq, k, kOffset,
                    ldk,
                    v, vOffset, ldv, out, outOffset, ldOut, logSumExp, logSumExpOffset);
            return;
        }
        AttentionHead head = heads.acquire();
        head.forward(
                queryFrom, queryTo, queries, keys, validKeys, headDim, causal, scale, q, qOffset, ldq, k, kOffset, ldk,
                v,
                vOffset, ldv, out, outOffset, ldOut, logSumExp, logSumExpOffset);
        heads.release(head);
    }

    @Override
    public void backward(
            int queries, int keys, int validKeys, int headDim, boolean causal, float scale, float[] q, int qOffset,
            int ldq, float[] k, int kOffset, int ldk, float[] v, int vOffset, int ldv, float[] out, int outOffset,
            int ldOut, float[] logSumExp, int logSumExpOffset, float[] dOut, int dOutOffset, float[] dQ, int dQOffset,
            float[] dK, int dKOffset, float[] dV, int dVOffset) {
        boolean safe = !causal || finite(queries, headDim, q, qOffset, ldq)
                && finite(validKeys, headDim, k, kOffset, ldk)
                && finite(validKeys, headDim, v, vOffset, ldv) && finite(queries, headDim, dOut, dOutOffset, ldOut);
        if (!safe) {
            plain.backward(
                    queries, keys, validKeys, headDim, true, scale, q, qOffset, ldq, k, kOffset, ldk, v, vOffset, ldv,
                    out, outOffset, ldOut, logSumExp, logSumExpOffset, dOut, dOutOffset, dQ, dQOffset, dK, dKOffset, dV,
                    dVOffset);
            return;
        }
        AttentionHead head = heads.acquire();
        head.backward(
                queries, keys, validKeys, headDim, causal, scale, q, qOffset, ldq, k, kOffset, ldk, v, vOffset, ldv,
                out,
                outOffset, ldOut, logSumExp, logSumExpOffset, dOut, dOutOffset, dQ, dQOffset, dK, dKOffset, dV,
                dVOffset);
        heads.release(head);
    }

    /** Zero times anything finite is zero, so the sum of those products is zero or NaN. */
    private static boolean finite(int rows, int cols, float[] x, int offset, int ld) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int bound = Lanes.bound(cols);
        VectorMask<Float> tail = SPECIES.indexInRange(bound, cols);
        for (int r = 0; r < rows; r++) {
            int row = offset + r * ld;
            for (int c = 0; c < bound; c += LANES) {
                sum = FloatVector.fromArray(SPECIES, x, row + c).fma(FloatVector.zero(SPECIES), sum);
            }
            if (bound < cols) {
                sum = FloatVector.fromArray(SPECIES, x, row + bound, tail).fma(FloatVector.zero(SPECIES), sum);
            }
        }
        return Lanes.sum(sum) == 0f;
    }
}
