package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import dev.lanewise.kernels.ActivationKernels;
import dev.lanewise.kernels.ElementFunction;
import dev.lanewise.runtime.Pool;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of one number, one pass over the elements. Each has loops of its own, which the compiler sees with the function
 * inside; they know full vectors only. What is left over goes through a vector's worth of scratch memory: a second, masked
 * copy of a long function in the same loop is more than the compiler inlines.
 */
final class VectorActivation implements ActivationKernels {
    private static final int KEPT = 0;
    private static final int GRADIENT = LANES;

    private final Pool<float[]> scratch = new Pool<>(() -> new float[2 * LANES]);

    @Override
    public void forward(ElementFunction f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        int full = Lanes.bound(n);
        vectors(f, full, x, xOffset, y, yOffset);
        if (full < n) {
            float[] rest = scratch.acquire();
            System.arraycopy(x, xOffset + full, rest, KEPT, n - full);
            vectors(f, LANES, rest, KEPT, rest, KEPT);
            System.arraycopy(rest, KEPT, y, yOffset + full, n - full);
            scratch.release(rest);
        }
    }

    @Override
    public void backward(
            ElementFunction f, int n, float[] kept, int keptOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        int full = Lanes.bound(n);
        vectorsBackward(f, full, kept, keptOffset, dY, dYOffset, dX, dXOffset);
        if (full < n) {
            float[] rest = scratch.acquire();
            System.arraycopy(kept, keptOffset + full, rest, KEPT, n - full);
            System.arraycopy(dY, dYOffset + full, rest, GRADIENT, n - full);
            vectorsBackward(f, LANES, rest, KEPT, rest, GRADIENT, rest, GRADIENT);
            System.arraycopy(rest, GRADIENT, dX, dXOffset + full, n - full);
            scratch.release(rest);
        }
    }

    /** {@code z = x + bias, y = gelu(z)} in one pass; z may be y, which then overwrites it. */
    void biasGelu(
            int n, float[] x, int xOffset, float[] bias, int biasOffset, float[] z, int zOffset, float[] y,
            int yOffset) {
        int full = Lanes.bound(n);
        GeluLoops.biasGelu(full, x, xOffset, bias, biasOffset, z, zOffset, y, yOffset);
        for (int i = full; i < n; i++) {
            z[zOffset + i] = x[xOffset + i] + bias[biasOffset + i];
        }
        if (full < n) {
            forward(ElementFunction.GELU, n - full, z, zOffset + full, y, yOffset + full);
        }
    }

    private static void vectors(ElementFunction f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        switch (f) {
            case IDENTITY -> System.arraycopy(x, xOffset, y, yOffset, n);
            case RELU -> relu(n, x, xOffset, y, yOffset);
            case GELU -> GeluLoops.gelu(n, x, xOffset, y, yOffset);
            case GELU_TANH -> SigmoidLoops.gated(true, n, x, xOffset, y, yOffset);
            case SILU -> SigmoidLoops.gated(false, n, x, xOffset, y, yOffset);
            case SIGMOID -> SigmoidLoops.sigmoid(n, x, xOffset, y, yOffset);
            case TANH -> ElementaryLoops.tanh(n, x, xOffset, y, yOffset);
            case EXP -> ElementaryLoops.exp(n, x, xOffset, y, yOffset);
            case LOG -> ElementaryLoops.log(n, x, xOffset, y, yOffset);
            case ERF -> ElementaryLoops.erf(n, x, xOffset, y, yOffset);
        }
    }

    private static void vectorsBackward(
            ElementFunction f, int n, float[] kept, int keptOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        switch (f) {
            case IDENTITY -> System.arraycopy(dY, dYOffset, dX, dXOffset, n);
            case RELU -> reluBackward(n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case GELU -> GeluLoops.geluBackward(n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case GELU_TANH -> SigmoidLoops.gatedBackward(true, n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case SILU -> SigmoidLoops.gatedBackward(false, n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case SIGMOID -> sigmoidBackward(n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case TANH -> tanhBackward(n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case EXP -> expBackward(n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case LOG -> logBackward(n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
            case ERF -> ElementaryLoops.erfBackward(n, kept, keptOffset, dY, dYOffset, dX, dXOffset);
        }
    }

    private static void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            // NaN is not less than or equal to zero, so it stays; negative zero is, and becomes zero.
            v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void reluBackward(
            int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector.zero(SPECIES).blend(g, v.compare(VectorOperators.GT, 0f)).intoArray(dX, dXOffset + i);
        }
    }

    private static void sigmoidBackward(
            int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, y, yOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            v.mul(FloatVector.broadcast(SPECIES, 1f).sub(v)).mul(g).intoArray(dX, dXOffset + i);
        }
    }

    private static void tanhBackward(
            int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, y, yOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector.broadcast(SPECIES, 1f).sub(v).mul(v.add(1f)).mul(g).intoArray(dX, dXOffset + i);
        }
    }

    private static void expBackward(
            int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, y, yOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            v.mul(g).intoArray(dX, dXOffset + i);
        }
    }

    private static void logBackward(
            int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            g.div(v).intoArray(dX, dXOffset + i);
        }
    }
}
