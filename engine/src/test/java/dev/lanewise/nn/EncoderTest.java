package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.RotaryTable;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderTest {
    private static final int DIM = 8;
    private static final Oracle.Batch SHAPE = new Oracle.Batch(3, 6, new int[] {4, 6, 1});
    private static final int SIZE = SHAPE.tokens() * DIM;

    private final Engine engine = Engine.serial();
    private final Parameters.Builder builder = Parameters.builder(3);

    private static Encoder.Config config(int heads, boolean causal) {
        return new Encoder.Config(DIM, heads, 12, 2, Activation.GELU, 0f, causal);
    }

    private Encoder.Activations forward(Encoder encoder, Oracle.Batch shape, float[] x) {
        var kept = new Encoder.Activations();
        encoder.forward(
                engine, shape.batch(), shape.seqLen(), shape.lengths(), x, kept, Dropout.EVALUATION);
        return kept;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void forwardAndGradientsOfTwoBlocksAreThoseOfTheOracle(int heads) {
        assertOracle(config(heads, heads == 2));
    }

    @Test
    void sharedHeadsAWindowAndRotaryPositionsAreThoseOfTheOracle() {
        var table = new RotaryTable(RotaryTable.Layout.HALVES, SHAPE.seqLen(), DIM / 4);
        assertOracle(config(4, true).withAttention(
                AttentionConfig.of(4).withKeyValueHeads(2).withCausal(true).withWindow(2, -1).withRotary(table)));
    }

    private void assertOracle(Encoder.Config config) {
        Encoder encoder = new Encoder(builder, "encoder", config);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, SIZE);
        float[] dY = Gradients.random(6, SIZE);
        float[] dX = Gradients.random(7, SIZE);
        Encoder.Activations kept = forward(encoder, SHAPE, x);
        encoder.backward(engine, kept, dY, dX);

        double[] xDouble = Gradients.doubles(x);
        var values = Gradients.doubles(parameters);
        Gradients.assertClose(
                "y", Oracle.encoder(values, "encoder", config, SHAPE, xDouble), kept.output(), 0);
        Gradients.assertInputGradient(
                dX,
                x,
                v -> Gradients.dot(Oracle.encoder(values, "encoder", config, SHAPE, v), dY));
        Gradients.assertParameterGradients(
                parameters,
                p -> Gradients.dot(Oracle.encoder(p, "encoder", config, SHAPE, xDouble), dY));
    }

    @Test
    void paddedTokensAreSeenByNoOther() {
        Encoder encoder = new Encoder(builder, "encoder", config(2, false));
        builder.build();
        float[] x = Gradients.random(5, SIZE);
        float[] other = x.clone();
        for (int b = 0; b < SHAPE.batch(); b++) {
            int from = (b * SHAPE.seqLen() + SHAPE.length(b)) * DIM;
            Arrays.fill(other, from, (b + 1) * SHAPE.seqLen() * DIM, 1e6f * (b + 1));
        }
        float[] y = forward(encoder, SHAPE, x).output();
        float[] yOther = forward(encoder, SHAPE, other).output();
        for (int b = 0; b < SHAPE.batch(); b++) {
            int from = b * SHAPE.seqLen() * DIM;
            int to = from + SHAPE.length(b) * DIM;
            assertArrayEquals(Arrays.copyOfRange(y, from, to), Arrays.copyOfRange(yOther, from, to));
        }
    }

    @Test
    void paddedTokensWithoutGradientGetNoneAndGiveNone() {
        Encoder encoder = new Encoder(builder, "encoder", config(2, false));
        Parameters parameters = builder.build();
        float[] x = Gradients.random(5, SIZE);
        float[] dY = Gradients.random(6, SIZE);
        float[] other = x.clone();
        for (int b = 0; b < SHAPE.batch(); b++) {
            int from = (b * SHAPE.seqLen() + SHAPE.length(b)) * DIM;
            int to = (b + 1) * SHAPE.seqLen() * DIM;
            Arrays.fill(dY, from, to, 0f);
            Arrays.fill(other, from, to, 3f);
        }
        float[] dX = new float[SIZE];
        encoder.backward(engine, forward(encoder, SHAPE, x), dY, dX);
        float[] gradients = parameters.gradients().clone();
        for (int i = 0; i < SIZE; i++) {
            if (i / DIM % SHAPE.seqLen() >= SHAPE.length(i / DIM / SHAPE.seqLen())) {
                assertEquals(0f, dX[i]);
            }
        }
        parameters.zeroGradients();
        encoder.backward(engine, forward(encoder, SHAPE, other), dY, dX);
        Gradients.assertClose(
                "gradients", Gradients.doubles(gradients), parameters.gradients(), 0, 1e-5);
    }

    @Test
    void aSequenceAloneGivesWhatItGivesInAPaddedBatch() {
        Encoder encoder = new Encoder(builder, "encoder", config(4, false));
        builder.build();
        float[] x = Gradients.random(5, SIZE);
        float[] y = forward(encoder, SHAPE, x).output();
        int length = SHAPE.length(0);
        float[] alone = forward(encoder, new Oracle.Batch(1, length, null), Arrays.copyOf(x, length * DIM))
                .output();
        Gradients.assertClose(
                "alone", Gradients.doubles(Arrays.copyOf(y, length * DIM)), alone, 0, 2e-6);
    }

    @Test
    void aSequenceOfPaddingAloneStaysFinite() {
        Encoder encoder = new Encoder(builder, "encoder", config(2, false));
        Parameters parameters = builder.build();
        Oracle.Batch shape = new Oracle.Batch(2, 3, new int[] {0, 3});
        float[] x = Gradients.random(5, shape.tokens() * DIM);
        float[] dX = new float[shape.tokens() * DIM];
        Encoder.Activations kept = forward(encoder, shape, x);
        encoder.backward(engine, kept, Gradients.random(6, dX.length), dX);
        for (int i = 0; i < dX.length; i++) {
            assertTrue(Float.isFinite(kept.output()[i]) && Float.isFinite(dX[i]));
        }
        for (float gradient : parameters.gradients()) {
            assertTrue(Float.isFinite(gradient));
        }
    }

    @Test
    void causalTokensDoNotSeeLaterOnes() {
        Encoder encoder = new Encoder(builder, "encoder", config(2, true));
        builder.build();
        Oracle.Batch shape = new Oracle.Batch(1, 6, null);
        float[] x = Gradients.random(5, 6 * DIM);
        float[] other = x.clone();
        Arrays.fill(other, 4 * DIM, 6 * DIM, 2f);
        assertArrayEquals(
                Arrays.copyOf(forward(encoder, shape, x).output(), 4 * DIM),
                Arrays.copyOf(forward(encoder, shape, other).output(), 4 * DIM));
    }

    @Test
    void headsThatDoNotDivideTheModelAreRefusedWithBothNumbers() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new Encoder.Config(10, 3, 4, 1, Activation.RELU, 0f, false));
        assertTrue(thrown.getMessage().contains("10"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("3"), thrown.getMessage());
    }

    @Test
    void gradientOfTheInputCannotReplaceThatOfTheOutput() {
        Parameters.Builder builder = Parameters.builder(3);
        Encoder encoder = new Encoder(builder, "encoder", config(2, false));
        builder.build();
        float[] x = Gradients.random(5, DIM);
        var kept = new Encoder.Activations();
        encoder.forward(engine, 1, 1, null, x, kept, 0);
        assertThrows(IllegalArgumentException.class, () -> encoder.backward(engine, kept, x, x));
    }
}
