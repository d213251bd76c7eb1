package dev.lanewise.scalar;

import dev.lanewise.kernels.ActivationKernels;
import dev.lanewise.kernels.ElementFunction;

/** The functions of one number, computed in double and rounded once. */
final class ScalarActivation implements ActivationKernels {
    private static final double SQRT_HALF = 0.7071067811865476;

    /** {@code 1 / sqrt(2 * pi)}, the height of the normal density. */
    private static final double DENSITY = 0.3989422804014327;

    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;

    /** {@code 2 * sqrt(2 / pi)}. */
    private static final double TANH_FACTOR = 1.5957691216057308;

    private static final double TANH_CUBE = 0.044715;

    @Override
    public void forward(ElementFunction f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = forward(f, x[xOffset + i]);
        }
    }

    @Override
    public void backward(
            ElementFunction f, int n, float[] kept, int keptOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int i = 0; i < n; i++) {
            dX[dXOffset + i] = backward(f, kept[keptOffset + i], dY[dYOffset + i]);
        }
    }

    /** {@code f(x)}; NaN stays NaN. */
    static float forward(ElementFunction f, float x) {
        return switch (f) {
            case IDENTITY -> x;
            case RELU -> Math.max(x, 0f);
            case GELU -> gated(x, normal(x));
            case GELU_TANH -> gated(x, sigmoid(gate(x)));
            case SILU -> gated(x, sigmoid(x));
            case SIGMOID -> (float) sigmoid(x);
            case TANH -> (float) StrictMath.tanh(x);
            case EXP -> (float) StrictMath.exp(x);
            case LOG -> (float) StrictMath.log(x);
            // Around zero 1 - erfc would cancel.
            case ERF -> Math.abs(x) < 1e-4f
                    ? (float) (TWO_OVER_SQRT_PI * (x - (double) x * x * x / 3))
                    : (float) (1 - ErrorFunction.erfc(x));
        };
    }

    /** {@code f' * dY}, from x or {@code f(x)}, whichever f asks for. */
    static float backward(ElementFunction f, double kept, float dY) {
        return switch (f) {
            case IDENTITY -> dY;
            case RELU -> kept > 0 ? dY : 0f;
            case GELU -> (float) (dY * (beyond(kept)
                    ? step(kept)
                    : normal(kept) + kept * DENSITY * StrictMath.exp(-0.5 * kept * kept)));
            case GELU_TANH -> (float) (dY * gatedSlope(
                    kept, gate(kept), TANH_FACTOR * (1 + 3 * TANH_CUBE * kept * kept)));
            case SILU -> (float) (dY * gatedSlope(kept, kept, 1));
            case SIGMOID -> (float) (dY * (kept * (1 - kept)));
            case TANH -> (float) (dY * (1 - kept * kept));
            case EXP -> (float) (dY * kept);
            case LOG -> (float) (dY / kept);
            case ERF -> (float) (dY * (TWO_OVER_SQRT_PI * StrictMath.exp(-kept * kept)));
        };
    }

    /** {@code x * gate}, with the limit where that is infinity times zero. */
    private static float gated(float x, double gate) {
        return x == Float.NEGATIVE_INFINITY ? -0f : (float) (x * gate);
    }

    /** The derivative of {@code x * sigmoid(v)}, where v' is that of v. */
    private static double gatedSlope(double x, double v, double derivative) {
        if (beyond(v)) {
            return step(x);
        }
        double s = sigmoid(v);
        return s + x * s * sigmoid(-v) * derivative;
    }

    /** Whether the exponential in a formula is zero and what it is multiplied with may be infinite. */
    private static boolean beyond(double x) {
        return Math.abs(x) > 1e3;
    }

    private static double step(double x) {
        return x > 0 ? 1 : 0;
    }

    private static double gate(double x) {
        return TANH_FACTOR * (x + TANH_CUBE * x * x * x);
    }

    private static double sigmoid(double x) {
        double e = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** {@code (1 + erf(x / sqrt(2))) / 2}, through erfc so that the far left keeps its relative accuracy. */
    private static double normal(double x) {
        return 0.5 * ErrorFunction.erfc(-x * SQRT_HALF);
    }
}
