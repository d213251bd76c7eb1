package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.scalar.ScalarKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Tiled attention that never holds the full matrix of scores: borrows an {@link AttentionForward} or an
 * {@link AttentionBackward} and lets it work; {@link AttentionFewQueries} where there are few.
 *
 * <p>In a tile on the edge of a band, keys that a query does not see have a weight of 0, and 0 times NaN or infinity is NaN.
 * Where such values are about, which costs one look at the inputs, the plain loops run instead: they leave out what is not
 * seen.
 */
final class VectorAttention implements AttentionKernels {
    private final Pool<AttentionForward> forwards = new Pool<>(AttentionForward::new);
    private final Pool<AttentionFewQueries> fews = new Pool<>(AttentionFewQueries::new);
    private final Pool<AttentionBackward> backwards = new Pool<>(AttentionBackward::new);
    private final AttentionKernels plain = ScalarKernels.INSTANCE.attention();

    @Override
    public void forward(AttentionCall x, int queryFrom, int queryTo) {
        if (queryFrom >= queryTo) {
            return;
        }
        if (x.queries <= AttentionFewQueries.MOST && x.headDim > 0) {
            AttentionFewQueries few = fews.acquire();
            few.run(x, queryFrom, queryTo);
            fews.release(few);
            return;
        }
        boolean safe = !x.banded() || finite(x.validKeys, x.headDim, x.v, x.vOffset, x.vRowStride);
        if (x.headDim == 0 || !safe) {
            plain.forward(x, queryFrom, queryTo);
            return;
        }
        AttentionForward forward = forwards.acquire();
        forward.run(x, queryFrom, queryTo);
        forwards.release(forward);
    }

    @Override
    public void backward(AttentionCall x, int keyFrom, int keyTo) {
        if (x.headDim == 0 || !safeBackward(x)) {
            plain.backward(x, keyFrom, keyTo);
            return;
        }
        AttentionBackward backward = backwards.acquire();
        backward.run(x, keyFrom, keyTo);
        backwards.release(backward);
    }

    @Override
    public void biasGradient(AttentionCall x, int keyFrom, int keyTo) {
        if (x.headDim == 0 || !safeBackward(x)) {
            plain.biasGradient(x, keyFrom, keyTo);
            return;
        }
        AttentionBackward backward = backwards.acquire();
        backward.biasGradient(x, keyFrom, keyTo);
        backwards.release(backward);
    }

    private static boolean safeBackward(AttentionCall x) {
        return !x.banded() || finite(x.queries, x.headDim, x.q, x.qOffset, x.qRowStride)
                && finite(x.validKeys, x.headDim, x.k, x.kOffset, x.kRowStride)
                && finite(x.validKeys, x.headDim, x.v, x.vOffset, x.vRowStride)
                && finite(x.queries, x.headDim, x.dOut, x.dOutOffset, x.dOutRowStride);
    }

    /** Zero times anything finite is zero, so the sums of those products are zero or NaN. */
    private static boolean finite(int rows, int cols, float[] x, int offset, int ld) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int bound = Lanes.bound(cols);
        VectorMask<Float> tail = VectorMask.fromLong(SPECIES, firstBits(cols - bound));
        for (int r = 0; r < rows; r++) {
            int row = offset + r * ld;
            for (int c = 0; c < bound; c += LANES) {
                sum = FloatVector.fromArray(SPECIES, x, row + c).fma(FloatVector.zero(SPECIES), sum);
            }
            if (bound < cols) {
                sum = FloatVector.fromArray(SPECIES, x, row + bound, tail).fma(FloatVector.zero(SPECIES), sum);
            }
        }
        return sum.compare(VectorOperators.EQ, 0f).allTrue();
    }
}
