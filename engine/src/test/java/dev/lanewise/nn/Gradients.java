package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Data for tests of layers, and the comparison of float results with the oracle in double. */
final class Gradients {
    /**
     * Bound on the error of an element, as a share of the root mean square of its array: some hundred
     * roundings of float32, for sums of a hundred terms through several layers.
     */
    static final double TOLERANCE = 2e-5;

    /** Step of the central difference: its error is of the order of the step squared. */
    private static final double H = 1e-5;

    private Gradients() {}

    /** Numbers within -1..1. */
    static float[] random(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextDouble(-1, 1);
        }
        return x;
    }

    static double[] doubles(float[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i];
        }
        return y;
    }

    /** All parameters in double, by name. */
    static Map<String, double[]> doubles(Parameters parameters) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Parameter parameter : parameters.all()) {
            double[] copy = new double[parameter.size()];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = parameter.values()[parameter.offset() + i];
            }
            values.put(parameter.name(), copy);
        }
        return values;
    }

    /** Moves biases and norms off the zeros and ones they start with, so that an error in them shows. */
    static void disturb(Parameters parameters, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = parameters.values();
        for (int i = parameters.decayingSize(); i < values.length; i++) {
            values[i] += (float) random.nextDouble(-0.3, 0.3);
        }
    }

    static double dot(double[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    /** The gradient of the loss at x, by central differences; x is left as it was. */
    static double[] numeric(double[] x, ToDoubleFunction<double[]> loss) {
        double[] gradient = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double value = x[i];
            x[i] = value + H;
            double above = loss.applyAsDouble(x);
            x[i] = value - H;
            double below = loss.applyAsDouble(x);
            x[i] = value;
            gradient[i] = (above - below) / (2 * H);
        }
        return gradient;
    }

    static void assertInputGradient(
            float[] actual, float[] x, ToDoubleFunction<double[]> loss) {
        assertClose("dX", numeric(doubles(x), loss), actual, 0);
    }

    /** That the gradients of all parameters are those of the loss. */
    static void assertParameterGradients(
            Parameters parameters, ToDoubleFunction<Map<String, double[]>> loss) {
        Map<String, double[]> values = doubles(parameters);
        for (Parameter parameter : parameters.all()) {
            double[] expected = numeric(values.get(parameter.name()), ignored -> loss.applyAsDouble(values));
            assertClose(
                    "gradient of " + parameter, expected, parameter.gradients(), parameter.offset());
        }
    }

    static void assertClose(String what, double[] expected, float[] actual, int offset) {
        assertClose(what, expected, actual, offset, TOLERANCE);
    }

    static void assertClose(
            String what, double[] expected, float[] actual, int offset, double tolerance) {
        double squares = 0;
        for (double value : expected) {
            squares += value * value;
        }
        // Where all is zero by nature, such as the gradient of a key bias, roundings of terms of
        // order one remain.
        double bound = tolerance * Math.max(0.1, Math.sqrt(squares / Math.max(1, expected.length)));
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(expected[i] - actual[offset + i]);
            String message = what + "[" + i + "] is " + actual[offset + i] + ", expected " + expected[i]
                    + " within " + bound;
            // Written so that NaN fails.
            assertTrue(error <= bound, message);
        }
    }
}
