package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearTest {
    private final Engine engine = Engine.serial();

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 5, 7", "17, 16, 33", "0, 4, 4"})
    void forwardAndGradientsAreThoseOfTheOracle(int rows, int in, int out) {
        Parameters.Builder builder = Parameters.builder(3);
        Linear layer = new Linear(builder, "layer", in, out);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, rows * in);
        float[] dY = Gradients.random(6, rows * out);
        float[] y = new float[rows * out];
        float[] dX = new float[rows * in];
        layer.forward(engine, rows, x, y);
        layer.backward(engine, rows, x, dY, dX, Write.OVERWRITE);

        double[] w = Gradients.doubles(parameters).get("layer.weight");
        double[] b = Gradients.doubles(parameters).get("layer.bias");
        Gradients.assertClose("y", Oracle.linear(Gradients.doubles(x), rows, w, b), y, 0);
        Gradients.assertInputGradient(
                dX, x, v -> Gradients.dot(Oracle.linear(v, rows, w, b), dY));
        Gradients.assertParameterGradients(
                parameters,
                p -> Gradients.dot(Oracle.linear(p, "layer", Gradients.doubles(x), rows), dY));
    }

    @Test
    void addsToParameterGradientsAndWhereAskedToTheInputGradient() {
        Parameters.Builder builder = Parameters.builder(3);
        Linear layer = new Linear(builder, "layer", 4, 8);
        Parameters parameters = builder.build();
        float[] x = Gradients.random(5, 3 * 4);
        float[] dY = Gradients.random(6, 3 * 8);
        float[] dX = new float[3 * 4];
        layer.backward(engine, 3, x, dY, dX, Write.OVERWRITE);
        float[] once = parameters.gradients().clone();
        float[] dXOnce = dX.clone();
        layer.backward(engine, 3, x, dY, dX, Write.ADD);
        for (int i = 0; i < once.length; i++) {
            assertEquals(2 * once[i], parameters.gradients()[i], 1e-5f);
        }
        for (int i = 0; i < dX.length; i++) {
            assertEquals(2 * dXOnce[i], dX[i], 1e-5f);
        }
        layer.backward(engine, 3, x, dY, dX, Write.OVERWRITE);
        assertArrayEquals(dXOnce, dX);
    }

    @Test
    void aSmallArrayIsRefusedWithBothShapes() {
        Parameters.Builder builder = Parameters.builder(3);
        Linear layer = new Linear(builder, "layer", 4, 8);
        builder.build();
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> layer.forward(engine, 3, new float[11], new float[24]));
        assertTrue(thrown.getMessage().contains("[3 x 4]"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("11"), thrown.getMessage());
    }

    @Test
    void beforeTheParametersAreBuiltItSaysWhatToCall() {
        Linear layer = new Linear(Parameters.builder(3), "layer", 4, 8);
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> layer.forward(engine, 1, new float[4], new float[8]));
        assertTrue(thrown.getMessage().contains("build()"), thrown.getMessage());
    }

    @Test
    void inputGradientMayReplaceTheInput() {
        Parameters.Builder builder = Parameters.builder(3);
        Linear layer = new Linear(builder, "layer", 4, 8);
        Parameters parameters = builder.build();
        float[] x = Gradients.random(5, 3 * 4);
        float[] dY = Gradients.random(6, 3 * 8);
        float[] dX = new float[3 * 4];
        layer.backward(engine, 3, x, dY, dX, Write.OVERWRITE);
        float[] gradients = parameters.gradients().clone();
        parameters.zeroGradients();
        layer.backward(engine, 3, x, dY, x, Write.OVERWRITE);
        assertArrayEquals(dX, x);
        assertArrayEquals(gradients, parameters.gradients());
    }
}
