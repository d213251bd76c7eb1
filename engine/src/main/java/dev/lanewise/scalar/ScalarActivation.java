package dev.lanewise.scalar;

import dev.lanewise.kernels.ActivationKernels;

/** ReLU, and GELU in its exact form, computed in double and rounded once. */
final class ScalarActivation implements ActivationKernels {
    private static final double SQRT_HALF = 0.7071067811865476;

    /** {@code 1 / sqrt(2 * pi)}, the height of the normal density. */
    private static final double DENSITY = 0.3989422804014327;

    @Override
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = relu(x[xOffset + i]);
        }
    }

    @Override
    public void reluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i++) {
            dX[dXOffset + i] = reluBackward(x[xOffset + i], dY[dYOffset + i]);
        }
    }

    @Override
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = gelu(x[xOffset + i]);
        }
    }

    @Override
    public void geluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i++) {
            dX[dXOffset + i] = geluBackward(x[xOffset + i], dY[dYOffset + i]);
        }
    }

    /** NaN stays NaN. */
    static float relu(float x) {
        return Math.max(x, 0f);
    }

    /** NaN stays NaN. */
    static float gelu(float x) {
        // The limit, where the formula would say infinity times zero.
        return x == Float.NEGATIVE_INFINITY ? -0f : (float) (x * normal(x));
    }

    static float reluBackward(float x, float dY) {
        return x > 0f ? dY : 0f;
    }

    static float geluBackward(float x, float dY) {
        return (float) (dY * geluSlope(x));
    }

    private static double geluSlope(double x) {
        return Double.isInfinite(x) ? (x > 0 ? 1 : 0) : normal(x) + x * DENSITY * StrictMath.exp(-0.5 * x * x);
    }

    /** {@code (1 + erf(x / sqrt(2))) / 2}, through erfc so that the far left keeps its relative accuracy. */
    private static double normal(double x) {
        return 0.5 * ErrorFunction.erfc(-x * SQRT_HALF);
    }
}
