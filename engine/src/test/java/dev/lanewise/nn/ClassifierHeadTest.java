package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Engine;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierHeadTest {
    private static final int ROWS = 4;
    private static final int DIM = 6;
    private static final int CLASSES = 3;
    private static final int[] LABELS = {2, 0, 1, 1};

    private final Engine engine = Engine.serial();

    @ParameterizedTest
    @ValueSource(longs = {Dropout.EVALUATION, 0, 11})
    void lossAndGradientsThroughTheHeadAreThoseOfTheOracle(long step) {
        Parameters.Builder builder = Parameters.builder(3);
        ClassifierHead head = new ClassifierHead(builder, "head", DIM, CLASSES, 0.4f);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        CrossEntropyLoss loss = new CrossEntropyLoss(CLASSES);
        float[] x = Gradients.random(5, ROWS * DIM);
        float[] logits = new float[ROWS * CLASSES];
        float[] dX = new float[x.length];
        var kept = new ClassifierHead.Activations();
        var keptLoss = new CrossEntropyLoss.Activations();
        head.forward(engine, ROWS, x, logits, kept, step);
        double mean = loss.forwardBackward(engine, ROWS, logits, LABELS, keptLoss, logits);
        head.backward(engine, kept, logits, dX);

        float[] ones = new float[x.length];
        Arrays.fill(ones, 1f);
        new Dropout(builder, "head.dropout", 0.4f).apply(engine, x.length, step, ones, ones);
        double[] mask = Gradients.doubles(ones);
        var values = Gradients.doubles(parameters);
        double[] xDouble = Gradients.doubles(x);
        assertEquals(oracle(values, xDouble, mask), mean, 1e-6);
        Gradients.assertInputGradient(dX, x, v -> oracle(values, v, mask));
        Gradients.assertParameterGradients(parameters, p -> oracle(p, xDouble, mask));
    }

    private static double oracle(
            Map<String, double[]> values, double[] x, double[] mask) {
        double[] dropped = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            dropped[i] = x[i] * mask[i];
        }
        return Oracle.crossEntropy(Oracle.linear(values, "head", dropped, ROWS), LABELS, ROWS);
    }
}
