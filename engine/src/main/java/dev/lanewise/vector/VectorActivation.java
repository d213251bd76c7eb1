package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import dev.lanewise.kernels.ActivationKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Activation functions, one pass over the elements. */
final class VectorActivation implements ActivationKernels {
    @Override
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            relu(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = SPECIES.indexInRange(i, n);
            relu(FloatVector.fromArray(SPECIES, x, xOffset + i, mask)).intoArray(y, yOffset + i, mask);
        }
    }

    /** NaN is not less than or equal to zero, so it stays; negative zero is, and becomes zero. */
    private static FloatVector relu(FloatVector x) {
        return x.blend(0f, x.compare(VectorOperators.LE, 0f));
    }

    @Override
    public void reluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            reluGradient(FloatVector.fromArray(SPECIES, x, xOffset + i),
                    FloatVector.fromArray(SPECIES, dY, dYOffset + i)).intoArray(dX, dXOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = SPECIES.indexInRange(i, n);
            reluGradient(FloatVector.fromArray(SPECIES, x, xOffset + i, mask),
                    FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask))
                    .intoArray(dX, dXOffset + i, mask);
        }
    }

    private static FloatVector reluGradient(FloatVector x, FloatVector dY) {
        return FloatVector.zero(SPECIES).blend(dY, x.compare(VectorOperators.GT, 0f));
    }

    @Override
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i += LANES) {
            // One body for full vectors and the partial one: two copies of it are more than the compiler inlines.
            boolean full = i + LANES <= n;
            FloatVector vx = full
                    ? FloatVector.fromArray(SPECIES, x, xOffset + i)
                    : FloatVector.fromArray(SPECIES, x, xOffset + i, SPECIES.indexInRange(i, n));
            FloatVector vy = VectorMath.gelu(vx);
            if (full) {
                vy.intoArray(y, yOffset + i);
            } else {
                vy.intoArray(y, yOffset + i, SPECIES.indexInRange(i, n));
            }
        }
    }

    @Override
    public void geluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            boolean full = i + LANES <= n;
            FloatVector vx = full
                    ? FloatVector.fromArray(SPECIES, x, xOffset + i)
                    : FloatVector.fromArray(SPECIES, x, xOffset + i, SPECIES.indexInRange(i, n));
            FloatVector slope = VectorMath.geluSlope(vx);
            if (full) {
                slope.mul(FloatVector.fromArray(SPECIES, dY, dYOffset + i)).intoArray(dX, dXOffset + i);
            } else {
                VectorMask<Float> mask = SPECIES.indexInRange(i, n);
                slope.mul(FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask)).intoArray(dX, dXOffset + i, mask);
            }
        }
    }
}
