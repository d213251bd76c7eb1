package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeedForwardTest {
    private static final int ROWS = 6;
    private static final int DIM = 5;
    private static final int HIDDEN = 19;

    private final Engine engine = Engine.serial();

    @ParameterizedTest
    @EnumSource(Activation.class)
    void forwardAndGradientsAreThoseOfTheOracle(Activation activation) {
        Parameters.Builder builder = Parameters.builder(3);
        FeedForward layer = new FeedForward(builder, "ff", DIM, HIDDEN, activation);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, ROWS * DIM);
        float[] dY = Gradients.random(6, ROWS * DIM);
        float[] y = new float[ROWS * DIM];
        float[] dX = new float[ROWS * DIM];
        float[] dHidden = new float[ROWS * HIDDEN];
        FeedForward.Activations kept = new FeedForward.Activations();
        layer.forward(engine, ROWS, x, y, kept);
        layer.backward(engine, ROWS, x, dY, dX, Write.OVERWRITE, kept, dHidden);

        double[] xDouble = Gradients.doubles(x);
        var values = Gradients.doubles(parameters);
        Gradients.assertClose(
                "y", Oracle.feedForward(values, "ff", xDouble, ROWS, activation), y, 0);
        Gradients.assertInputGradient(
                dX, x, v -> Gradients.dot(Oracle.feedForward(values, "ff", v, ROWS, activation), dY));
        Gradients.assertParameterGradients(
                parameters,
                p -> Gradients.dot(Oracle.feedForward(p, "ff", xDouble, ROWS, activation), dY));
    }

    @Test
    void inputGradientMayReplaceTheInputOrThatOfTheOutput() {
        Parameters.Builder builder = Parameters.builder(3);
        FeedForward layer = new FeedForward(builder, "ff", DIM, HIDDEN, Activation.GELU);
        Parameters parameters = builder.build();
        float[] x = Gradients.random(5, ROWS * DIM);
        float[] dY = Gradients.random(6, ROWS * DIM);
        float[] dX = new float[ROWS * DIM];
        float[] dHidden = new float[ROWS * HIDDEN];
        FeedForward.Activations kept = new FeedForward.Activations();
        layer.forward(engine, ROWS, x, new float[ROWS * DIM], kept);
        layer.backward(engine, ROWS, x, dY, dX, Write.OVERWRITE, kept, dHidden);
        float[] gradients = parameters.gradients().clone();
        parameters.zeroGradients();
        float[] inPlace = dY.clone();
        layer.backward(engine, ROWS, x, inPlace, inPlace, Write.OVERWRITE, kept, dHidden);
        assertArrayEquals(dX, inPlace);
        assertArrayEquals(gradients, parameters.gradients());
        parameters.zeroGradients();
        layer.backward(engine, ROWS, x, dY, x, Write.OVERWRITE, kept, dHidden);
        assertArrayEquals(dX, x);
        assertArrayEquals(gradients, parameters.gradients());
    }
}
