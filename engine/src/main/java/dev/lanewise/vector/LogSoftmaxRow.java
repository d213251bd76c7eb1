package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The last pass over a row of log-softmax, and that of its gradient. */
final class LogSoftmaxRow {
    private LogSoftmaxRow() {}

    /** {@code y = x - max - logSum}: two steps, since the sum of the two may be large and would be rounded first. */
    static void shift(int n, float max, float logSum, float[] x, int xOffset, float[] y, int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).sub(max).sub(logSum).intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = SPECIES.indexInRange(i, n);
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(max).sub(logSum).intoArray(y, yOffset + i, mask);
        }
    }

    /** {@code dX = dY - exp(y) * sum}. */
    static void gradient(
            int n, float sum, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        FloatVector factor = FloatVector.broadcast(SPECIES, -sum);
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            VectorMath.expScaled(FloatVector.fromArray(SPECIES, y, yOffset + i)).mul(VectorMath.DESCALE)
                    .fma(factor, FloatVector.fromArray(SPECIES, dY, dYOffset + i)).intoArray(dX, dXOffset + i);
        }
        if (i < n) {
            gradientOfTail(n, sum, y, yOffset, dY, dYOffset, dX, dXOffset);
        }
    }

    /** For the partial vector. A method of its own: a second copy of the exponential in one method may stay a call. */
    private static void gradientOfTail(
            int n, float sum, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        int i = Lanes.bound(n);
        VectorMask<Float> mask = SPECIES.indexInRange(i, n);
        VectorMath.expScaled(FloatVector.fromArray(SPECIES, y, yOffset + i, mask)).mul(VectorMath.DESCALE)
                .fma(FloatVector.broadcast(SPECIES, -sum), FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask))
                .intoArray(dX, dXOffset + i, mask);
    }
}
