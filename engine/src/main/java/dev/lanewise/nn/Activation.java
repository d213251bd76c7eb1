package dev.lanewise.nn;

import dev.lanewise.Engine;

/** The function between the two maps of a feed-forward layer, element by element. */
public enum Activation {
    /** {@code max(x, 0)}. */
    RELU {
        @Override
        void forward(Engine engine, int n, float[] x, float[] y) {
            engine.activation().relu(n, x, 0, y, 0);
        }

        @Override
        void backward(Engine engine, int n, float[] x, float[] dY, float[] dX) {
            engine.activation().reluBackward(n, x, 0, dY, 0, dX, 0);
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
        void forward(Engine engine, int n, float[] x, float[] y) {
            engine.activation().gelu(n, x, 0, y, 0);
        }

        @Override
        void backward(Engine engine, int n, float[] x, float[] dY, float[] dX) {
            engine.activation().geluBackward(n, x, 0, dY, 0, dX, 0);
        }

        @Override
        boolean outputTellsGradient() {
            return false;
        }
    };

    abstract void forward(Engine engine, int n, float[] x, float[] y);

    abstract void backward(Engine engine, int n, float[] x, float[] dY, float[] dX);

    /** Whether the output may stand for the input in the backward pass, so that one array will do. */
    abstract boolean outputTellsGradient();
}
