package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.Engine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RmsNormTest {
    private final Engine engine = Engine.serial();

    @ParameterizedTest
    @CsvSource({"1, 2", "5, 7", "9, 32", "3, 65"})
    void forwardAndGradientsAreThoseOfTheOracle(int rows, int dim) {
        Parameters.Builder builder = Parameters.builder(3);
        RmsNorm layer = new RmsNorm(builder, "norm", dim);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, rows * dim);
        float[] dY = Gradients.random(6, rows * dim);
        float[] y = new float[rows * dim];
        float[] dX = new float[rows * dim];
        RmsNorm.Activations kept = new RmsNorm.Activations();
        layer.forward(engine, rows, x, y, kept);
        layer.backward(engine, rows, x, dY, dX, kept);

        double[] xDouble = Gradients.doubles(x);
        var values = Gradients.doubles(parameters);
        Gradients.assertClose("y", Oracle.norm(values, "norm", xDouble), y, 0);
        Gradients.assertInputGradient(
                dX, x, v -> Gradients.dot(Oracle.norm(values, "norm", v), dY));
        Gradients.assertParameterGradients(
                parameters, p -> Gradients.dot(Oracle.norm(p, "norm", xDouble), dY));
    }

    @Test
    void addsToTheInputGradient() {
        Parameters.Builder builder = Parameters.builder(3);
        RmsNorm layer = new RmsNorm(builder, "norm", 8);
        builder.build();
        float[] x = Gradients.random(5, 16);
        float[] dY = Gradients.random(6, 16);
        RmsNorm.Activations kept = new RmsNorm.Activations();
        layer.forward(engine, 2, x, new float[16], kept);
        float[] alone = new float[16];
        layer.backward(engine, 2, x, dY, alone, kept);
        float[] added = new float[16];
        Arrays.fill(added, 1f);
        layer.backward(engine, 2, x, dY, added, kept);
        double[] expected = Gradients.doubles(alone);
        for (int i = 0; i < expected.length; i++) {
            expected[i] += 1;
        }
        Gradients.assertClose("dX", expected, added, 0);
    }

    @Test
    void refusesToAddToItsOwnInput() {
        Parameters.Builder builder = Parameters.builder(3);
        RmsNorm layer = new RmsNorm(builder, "norm", 8);
        builder.build();
        float[] d = new float[8];
        RmsNorm.Activations kept = new RmsNorm.Activations();
        layer.forward(engine, 1, new float[8], new float[8], kept);
        assertThrows(
                IllegalArgumentException.class,
                () -> layer.backward(engine, 1, new float[8], d, d, kept));
    }
}
