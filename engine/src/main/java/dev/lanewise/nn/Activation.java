package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.MatMulEpilogue;

/** The function between the two maps of a feed-forward layer, element by element. */
public enum Activation {
    /** {@code max(x, 0)}. */
    RELU {
        @Override
        void appendTo(MatMulEpilogue epilogue) {
            epilogue.relu();
        }

        @Override
        void apply(Engine engine, int n, float[] x, int xAt, float[] y) {
            engine.activation().relu(n, x, xAt, y, 0);
        }

        @Override
        boolean outputTellsGradient() {
            return true;
        }
    },
    /**
     * {@code x * Phi(x)} with Phi the normal distribution, in the exact form. Source: Hendrycks,
     * Gimpel, Gaussian Error Linear Units, 2016 (1606.08415).
     */
    GELU {
        @Override
        void appendTo(MatMulEpilogue epilogue) {
            epilogue.gelu();
        }

        @Override
        void apply(Engine engine, int n, float[] x, int xAt, float[] y) {
            engine.activation().gelu(n, x, xAt, y, 0);
        }

        @Override
        boolean outputTellsGradient() {
            return false;
        }
    },
    /**
     * {@code x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2}, the form that approximates {@link #GELU}. Source: the same
     * paper.
     */
    GELU_TANH {
        @Override
        void appendTo(MatMulEpilogue epilogue) {
            epilogue.geluTanh();
        }

        @Override
        void apply(Engine engine, int n, float[] x, int xAt, float[] y) {
            engine.activation().geluTanh(n, x, xAt, y, 0);
        }

        @Override
        boolean outputTellsGradient() {
            return false;
        }
    },
    /**
     * {@code x / (1 + exp(-x))}. Source: Elfwing, Uchibe, Doya, Sigmoid-Weighted Linear Units, 2017 (1702.03118).
     */
    SILU {
        @Override
        void appendTo(MatMulEpilogue epilogue) {
            epilogue.silu();
        }

        @Override
        void apply(Engine engine, int n, float[] x, int xAt, float[] y) {
            engine.activation().silu(n, x, xAt, y, 0);
        }

        @Override
        boolean outputTellsGradient() {
            return false;
        }
    };

    /** Has a product followed by the function. */
    abstract void appendTo(MatMulEpilogue epilogue);

    /** {@code y[i] = f(x[xAt + i])}. */
    abstract void apply(Engine engine, int n, float[] x, int xAt, float[] y);

    /** Whether the output may stand for the input in the backward pass, so that one array will do. */
    abstract boolean outputTellsGradient();
}
