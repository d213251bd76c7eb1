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
    };

    /** Has a product followed by the function. */
    abstract void appendTo(MatMulEpilogue epilogue);

    /** {@code y[i] = f(x[xAt + i])}. */
    abstract void apply(Engine engine, int n, float[] x, int xAt, float[] y);

    /** Whether the output may stand for the input in the backward pass, so that one array will do. */
    abstract boolean outputTellsGradient();
}
