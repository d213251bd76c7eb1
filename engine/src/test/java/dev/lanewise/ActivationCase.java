package dev.lanewise;

import dev.lanewise.testing.NormalDistribution;
import java.util.function.DoubleUnaryOperator;

/** A function of one number: how it is called, what it must give in double, and how far it may be off. */
enum ActivationCase {
    RELU(x -> Math.max(x, 0), x -> x > 0 ? 1 : 0, new float[] {INF(), 0, 0, 0, MAX(), 0},
            new float[] {1, 0, 0, 0, 1, 0}),
    GELU(ActivationCase::gelu, ActivationCase::geluSlope, new float[] {INF(), 0, 0, 0, MAX(), 0},
            new float[] {1, 0, 0.5f, 0.5f, 1, 0}),
    GELU_TANH(x -> gated(x, gate(x)), ActivationCase::geluTanhSlope,
            new float[] {INF(), 0, 0, 0, MAX(), 0}, new float[] {1, 0, 0.5f, 0.5f, 1, 0}),
    SILU(x -> gated(x, x), x -> gatedSlope(x, x, 1), new float[] {INF(), 0, 0, 0, MAX(), 0},
            new float[] {1, 0, 0.5f, 0.5f, 1, 0}),
    SIGMOID(ActivationCase::sigmoid, y -> y * (1 - y), new float[] {1, 0, 0.5f, 0.5f, 1, 0},
            new float[] {0, 0, 0.25f, 0.25f, 0, 0}),
    TANH(StrictMath::tanh, y -> 1 - y * y, new float[] {1, -1, 0, 0, 1, -1}, new float[] {0, 0, 1, 1, 0, 0}),
    EXP(x -> overflowing(StrictMath.exp(x)), y -> y, new float[] {INF(), 0, 1, 1, INF(), 0},
            new float[] {INF(), 0, 1, 1, INF(), 0}),
    LOG(StrictMath::log, x -> overflowing(1 / x), new float[] {INF(), Float.NaN, -INF(), -INF(), 88.722839f, Float.NaN},
            new float[] {0, 0, INF(), -INF(), 0, 0}),
    ERF(ActivationCase::erf, x -> 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x), new float[] {1, -1, 0, 0, 1, -1},
            new float[] {0, 0, 1.1283792f, 1.1283792f, 0, 0});

    /** A forward pass. */
    interface Forward {
        void apply(int n, float[] x, int xOffset, float[] y, int yOffset);
    }

    /** A backward pass, from the input or from the output of the forward pass. */
    interface Backward {
        void apply(int n, float[] kept, int keptOffset, float[] dY, int dYOffset, float[] dX, int dXOffset);
    }

    private static final double GATE1 = 2 * Math.sqrt(2 / Math.PI);
    private static final double GATE3 = 0.044715;

    private static final double GELU_BOUND = 1.75e-7;
    private static final double GELU_SLOPE_BOUND = 1.8e-7;
    private static final double GELU_TANH_BOUND = 1.3e-7;
    private static final double GELU_TANH_SLOPE_BOUND = 1.4e-7;
    private static final double SILU_ULPS = 3.4;
    private static final double SILU_SLOPE_BOUND = 1.2e-7;
    private static final double SIGMOID_ULPS = 2.5;
    private static final double TANH_ULPS = 2.5;
    private static final double EXP_ULPS = 0.91;
    private static final double LOG_ULPS = 0.91;
    private static final double ERF_ULPS = 1.9;
    private static final double ERF_SLOPE_ULPS = 3.5;

    private final DoubleUnaryOperator value;
    private final DoubleUnaryOperator slope;
    private final float[] limits;
    private final float[] slopeLimits;

    /** Limits are those at the infinities, at the zeros, and at the largest numbers, positive first. */
    ActivationCase(DoubleUnaryOperator value, DoubleUnaryOperator slope, float[] limits, float[] slopeLimits) {
        this.value = value;
        this.slope = slope;
        this.limits = limits;
        this.slopeLimits = slopeLimits;
    }

    private static float INF() {
        return Float.POSITIVE_INFINITY;
    }

    private static float MAX() {
        return Float.MAX_VALUE;
    }

    Forward forward(ActivationOps ops) {
        return switch (this) {
            case RELU -> ops::relu;
            case GELU -> ops::gelu;
            case GELU_TANH -> ops::geluTanh;
            case SILU -> ops::silu;
            case SIGMOID -> ops::sigmoid;
            case TANH -> ops::tanh;
            case EXP -> ops::exp;
            case LOG -> ops::log;
            case ERF -> ops::erf;
        };
    }

    Backward backward(ActivationOps ops) {
        return switch (this) {
            case RELU -> ops::reluBackward;
            case GELU -> ops::geluBackward;
            case GELU_TANH -> ops::geluTanhBackward;
            case SILU -> ops::siluBackward;
            case SIGMOID -> ops::sigmoidBackward;
            case TANH -> ops::tanhBackward;
            case EXP -> ops::expBackward;
            case LOG -> ops::logBackward;
            case ERF -> ops::erfBackward;
        };
    }

    /** Whether the backward pass starts from the output. */
    boolean keepsOutput() {
        return this == SIGMOID || this == TANH || this == EXP;
    }

    /** Whether it has values only right of zero. */
    boolean positive() {
        return this == LOG;
    }

    double value(double x) {
        return value.applyAsDouble(x);
    }

    /** The derivative, of what the backward pass starts from. */
    double slope(double kept) {
        return slope.applyAsDouble(kept);
    }

    /** How far the value may be off. */
    double bound(double x) {
        return switch (this) {
            case RELU -> 0;
            case GELU -> GELU_BOUND * Math.abs(x) + Float.MIN_VALUE;
            case GELU_TANH -> GELU_TANH_BOUND * Math.abs(x) + Float.MIN_VALUE;
            // Below, the vectors give zero.
            case SILU -> x < -103.97 ? 1e-43 : SILU_ULPS * ulp(value(x));
            case SIGMOID -> SIGMOID_ULPS * ulp(value(x));
            case TANH -> TANH_ULPS * ulp(value(x));
            case EXP -> EXP_ULPS * ulp(value(x));
            case LOG -> LOG_ULPS * ulp(value(x));
            case ERF -> ERF_ULPS * ulp(value(x));
        };
    }

    /** How far the derivative may be off. */
    double slopeBound(double kept) {
        return switch (this) {
            case RELU, EXP -> 0;
            case GELU -> GELU_SLOPE_BOUND;
            case GELU_TANH -> GELU_TANH_SLOPE_BOUND;
            case SILU -> SILU_SLOPE_BOUND;
            case SIGMOID, TANH, LOG -> 2 * ulp(slope(kept));
            case ERF -> ERF_SLOPE_ULPS * ulp(slope(kept));
        };
    }

    /** Of the float next to a number; that of the largest where it is beyond. */
    private static double ulp(double exact) {
        return Double.isInfinite((float) exact) ? Math.ulp(Float.MAX_VALUE) : Math.ulp((float) exact);
    }

    /** What comes out for NaN, the infinities, the zeros and the largest numbers. */
    float[] limits() {
        return withNaN(limits);
    }

    /** The derivative there. */
    float[] slopeLimits() {
        float[] all = withNaN(slopeLimits);
        if (this == RELU) {
            all[0] = 0;
        } else if (this == LOG) {
            all[6] = 0;
        }
        return all;
    }

    private static float[] withNaN(float[] limits) {
        float[] all = new float[limits.length + 1];
        all[0] = Float.NaN;
        System.arraycopy(limits, 0, all, 1, limits.length);
        return all;
    }

    /** Infinity for what is beyond the largest float. */
    private static double overflowing(double x) {
        return Float.isInfinite((float) x) ? (float) x : x;
    }

    private static double gelu(double x) {
        return Math.abs(x) > 1e3 ? Math.max(x, 0) : x * NormalDistribution.phi(x);
    }

    private static double geluSlope(double x) {
        return Math.abs(x) > 1e3
                ? x > 0 ? 1 : 0
                : NormalDistribution.phi(x) + x * NormalDistribution.density(x);
    }

    /** By its series, without the cancellation of 1 - erfc, up to 1. */
    private static double erf(double x) {
        if (Math.abs(x) > 1) {
            return 1 - NormalDistribution.erfc(x);
        }
        double term = x;
        double sum = x;
        for (int i = 1; i < 40; i++) {
            term *= -x * x / i;
            sum += term / (2 * i + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    private static double sigmoid(double x) {
        double e = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    private static double gate(double x) {
        return GATE1 * (x + GATE3 * x * x * x);
    }

    private static double geluTanhSlope(double x) {
        return gatedSlope(x, gate(x), GATE1 * (1 + 3 * GATE3 * x * x));
    }

    private static double gated(double x, double v) {
        return Math.abs(v) > 1e3 ? Math.max(x, 0) : x * sigmoid(v);
    }

    private static double gatedSlope(double x, double v, double derivative) {
        return Math.abs(v) > 1e3
                ? x > 0 ? 1 : 0
                : sigmoid(v) + x * sigmoid(v) * sigmoid(-v) * derivative;
    }
}
