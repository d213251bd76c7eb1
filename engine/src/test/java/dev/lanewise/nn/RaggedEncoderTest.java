package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.RotaryTable;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences of different lengths, end to end. */
class RaggedEncoderTest {
    private static final int DIM = 24;
    private static final long STEP = 7;

    /** Empty ones, single tokens, and some around the rows of a group. */
    private static final int[] LENGTHS = {20, 0, 1, 3, 256, 257, 300, 5, 0, 70, 2, 33, 100, 90, 80, 60, 4, 1};

    private static final int LONGEST = 300;

    /** Attention of so few queries takes a way of its own; a padded batch, whose sequences are all long, does not. */
    private static final int FEW_QUERIES = 4;

    private final Parameters.Builder builder = Parameters.builder(3);

    private record Result(float[] output, float[] gradient, float[] parameters) {}

    private static Encoder.Config config(int dim, boolean everyOption, float dropout) {
        var config = new Encoder.Config(dim, 6, 40, 2, Activation.GELU, dropout, false);
        return everyOption ? config.withAttention(
                config.attention().withKeyValueHeads(2).withCausal(true).withWindow(30, -1)
                        .withRotary(new RotaryTable(RotaryTable.Layout.HALVES, LONGEST, dim / 6)))
                : config;
    }

    private static int[] offsets(int... lengths) {
        int[] offsets = new int[lengths.length + 1];
        for (int b = 0; b < lengths.length; b++) {
            offsets[b + 1] = offsets[b] + lengths[b];
        }
        return offsets;
    }

    private static float[] rows(float[] data, int from, int to) {
        return Arrays.copyOfRange(data, from * DIM, to * DIM);
    }

    private static Result ragged(
            Engine engine, Encoder encoder, Parameters parameters, int[] offsets, float[] x, float[] dY,
            Encoder.Activations kept) {
        parameters.zeroGradients();
        float[] dX = new float[x.length];
        encoder.forwardRagged(engine, offsets.length - 1, offsets, x, kept, STEP);
        encoder.backward(engine, kept, dY, dX);
        return new Result(Arrays.copyOf(kept.output(), x.length), dX, parameters.gradients().clone());
    }

    private static Result padded(
            Engine engine, Encoder encoder, Parameters parameters, int batch, int seqLen, int[] lengths, float[] x,
            float[] dY, Encoder.Activations kept) {
        parameters.zeroGradients();
        float[] dX = new float[x.length];
        encoder.forward(engine, batch, seqLen, lengths, x, kept, STEP);
        encoder.backward(engine, kept, dY, dX);
        return new Result(Arrays.copyOf(kept.output(), x.length), dX, parameters.gradients().clone());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachSequenceHasTheBitsThatItHasAlone(boolean everyOption) {
        Encoder encoder = new Encoder(builder, "encoder", config(DIM, everyOption, 0f));
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        int[] offsets = offsets(LENGTHS);
        int tokens = offsets[LENGTHS.length];
        float[] x = Gradients.random(5, tokens * DIM);
        float[] dY = Gradients.random(6, tokens * DIM);
        Result all = ragged(Engine.serial(), encoder, parameters, offsets, x, dY, new Encoder.Activations());
        double[] sum = new double[parameters.gradients().length];
        for (int b = 0; b < LENGTHS.length; b++) {
            int from = offsets[b];
            int to = offsets[b + 1];
            Result alone = padded(
                    Engine.serial(), encoder, parameters, 1, to - from, null, rows(x, from, to), rows(dY, from, to),
                    new Encoder.Activations());
            assertArrayEquals(alone.output(), rows(all.output(), from, to), "output of " + b);
            assertArrayEquals(alone.gradient(), rows(all.gradient(), from, to), "gradient of " + b);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += alone.parameters()[i];
            }
        }
        Gradients.assertClose("gradients of parameters", sum, all.parameters(), 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachSequenceHasTheBitsOfAPaddedBatch(boolean everyOption) {
        Encoder encoder = new Encoder(builder, "encoder", config(DIM, everyOption, 0f));
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        int batch = LENGTHS.length;
        int[] offsets = offsets(LENGTHS);
        float[] x = Gradients.random(5, offsets[batch] * DIM);
        float[] dY = Gradients.random(6, offsets[batch] * DIM);
        float[] xPadded = new float[batch * LONGEST * DIM];
        float[] dYPadded = new float[batch * LONGEST * DIM];
        for (int b = 0; b < batch; b++) {
            System.arraycopy(x, offsets[b] * DIM, xPadded, b * LONGEST * DIM, LENGTHS[b] * DIM);
            System.arraycopy(dY, offsets[b] * DIM, dYPadded, b * LONGEST * DIM, LENGTHS[b] * DIM);
        }
        Result expected = padded(
                Engine.serial(), encoder, parameters, batch, LONGEST, LENGTHS, xPadded, dYPadded,
                new Encoder.Activations());
        Result actual = ragged(Engine.serial(), encoder, parameters, offsets, x, dY, new Encoder.Activations());
        for (int b = 0; b < batch; b++) {
            int at = b * LONGEST;
            assertSequence(
                    LENGTHS[b], rows(expected.output(), at, at + LENGTHS[b]),
                    rows(actual.output(), offsets[b], offsets[b + 1]));
            assertSequence(
                    LENGTHS[b], rows(expected.gradient(), at, at + LENGTHS[b]),
                    rows(actual.gradient(), offsets[b], offsets[b + 1]));
        }
        Gradients.assertClose(
                "gradients of parameters", Gradients.doubles(expected.parameters()), actual.parameters(), 0);
    }

    private static void assertSequence(int length, float[] expected, float[] actual) {
        String what = "sequence of " + length + " tokens";
        if (length > FEW_QUERIES) {
            assertArrayEquals(expected, actual, what);
        } else {
            Gradients.assertClose(what, Gradients.doubles(expected), actual, 0, 5e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.3f})
    void anyNumberOfThreadsGivesTheSameBits(float dropout) {
        for (boolean everyOption : new boolean[] {false, true}) {
            Parameters.Builder own = Parameters.builder(3);
            Encoder encoder = new Encoder(own, "encoder", config(DIM, everyOption, dropout));
            Parameters parameters = own.build();
            int[] offsets = offsets(LENGTHS);
            float[] x = Gradients.random(5, offsets[LENGTHS.length] * DIM);
            float[] dY = Gradients.random(6, x.length);
            Result expected = ragged(
                    Engine.serial(), encoder, parameters, offsets, x, dY, new Encoder.Activations());
            for (int threads : new int[] {2, 7}) {
                try (Engine engine = Engine.builder().threads(threads).build()) {
                    Result actual = ragged(
                            engine, encoder, parameters, offsets, x, dY, new Encoder.Activations());
                    assertArrayEquals(expected.output(), actual.output(), threads + " threads");
                    assertArrayEquals(expected.gradient(), actual.gradient(), threads + " threads");
                    assertArrayEquals(expected.parameters(), actual.parameters(), threads + " threads");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfTheOracle(boolean everyOption) {
        int dim = 12;
        int[] lengths = {3, 0, 1, 4};
        int[] offsets = offsets(lengths);
        Encoder.Config config = config(dim, everyOption, 0f);
        Encoder encoder = new Encoder(builder, "encoder", config);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, offsets[lengths.length] * dim);
        float[] dY = Gradients.random(6, x.length);
        Result actual = ragged(Engine.serial(), encoder, parameters, offsets, x, dY, new Encoder.Activations());

        double[] xDouble = Gradients.doubles(x);
        var values = Gradients.doubles(parameters);
        Gradients.assertClose("y", oracle(values, config, offsets, xDouble), actual.output(), 0);
        Gradients.assertInputGradient(
                actual.gradient(), x, v -> Gradients.dot(oracle(values, config, offsets, v), dY));
        Gradients.assertParameterGradients(
                parameters, p -> Gradients.dot(oracle(p, config, offsets, xDouble), dY));
    }

    /** Each sequence by itself. */
    private static double[] oracle(
            Map<String, double[]> values, Encoder.Config config, int[] offsets, double[] x) {
        double[] y = new double[x.length];
        for (int b = 0; b + 1 < offsets.length; b++) {
            int from = offsets[b] * config.modelDim();
            int to = offsets[b + 1] * config.modelDim();
            Oracle.Batch alone = new Oracle.Batch(1, offsets[b + 1] - offsets[b], null);
            double[] out = Oracle.encoder(values, "encoder", config, alone, Arrays.copyOfRange(x, from, to));
            System.arraycopy(out, 0, y, from, to - from);
        }
        return y;
    }

    @Test
    void activationsServeRaggedAndPaddedBatchesInTurn() {
        Encoder encoder = new Encoder(builder, "encoder", config(DIM, true, 0.2f));
        Parameters parameters = builder.build();
        Engine engine = Engine.serial();
        float[] x = Gradients.random(5, 600 * DIM);
        float[] dY = Gradients.random(6, 600 * DIM);
        int[][] batches = {offsets(600 - LONGEST, LONGEST), offsets(5, 5, 5, 5, 5, 5, 270, 290, 10),
            offsets(600 / 2, 300)};
        var shared = new Encoder.Activations();
        for (int[] offsets : batches) {
            Result expected = ragged(engine, encoder, parameters, offsets, x, dY, new Encoder.Activations());
            assertSame(expected, ragged(engine, encoder, parameters, offsets, x, dY, shared));
            int[] lengths = {7, 60, 0, 13, 1, 9, 10, 11, 12, 60};
            expected = padded(
                    engine, encoder, parameters, 10, 60, lengths, x, dY, new Encoder.Activations());
            assertSame(expected, padded(engine, encoder, parameters, 10, 60, lengths, x, dY, shared));
        }
    }

    private static void assertSame(Result expected, Result actual) {
        assertArrayEquals(expected.output(), actual.output());
        assertArrayEquals(expected.gradient(), actual.gradient());
        assertArrayEquals(expected.parameters(), actual.parameters());
    }

    @Test
    void attentionByItselfTakesRaggedBatches() {
        var layer = new MultiHeadAttention(builder, "mha", DIM, config(DIM, true, 0f).attention());
        builder.build();
        Engine engine = Engine.serial();
        int[] offsets = offsets(9, 0, 4, 30);
        float[] x = Gradients.random(5, 43 * DIM);
        float[] dY = Gradients.random(6, x.length);
        float[] y = new float[x.length];
        float[] dX = new float[x.length];
        int cols = layer.qkv().out();
        var kept = new MultiHeadAttention.Activations();
        layer.forwardRagged(engine, 4, offsets, x, y, kept);
        layer.backward(
                engine, x, dY, dX, Write.OVERWRITE, kept, new float[x.length], new float[43 * cols]);
        for (int b = 0; b < 4; b++) {
            int from = offsets[b];
            int to = offsets[b + 1];
            float[] xAlone = rows(x, from, to);
            float[] yAlone = new float[xAlone.length];
            float[] dXAlone = new float[xAlone.length];
            layer.forward(engine, 1, to - from, null, xAlone, yAlone, kept);
            layer.backward(
                    engine, xAlone, rows(dY, from, to), dXAlone, Write.OVERWRITE, kept, new float[xAlone.length],
                    new float[(to - from) * cols]);
            assertArrayEquals(yAlone, rows(y, from, to));
            assertArrayEquals(dXAlone, rows(dX, from, to));
        }
    }

    @Test
    void aBatchOfNothingIsLegal() {
        Encoder encoder = new Encoder(builder, "encoder", config(DIM, true, 0f));
        Parameters parameters = builder.build();
        for (int[] offsets : new int[][] {{0}, {0, 0, 0}}) {
            Result nothing = ragged(
                    Engine.serial(), encoder, parameters, offsets, new float[0], new float[0],
                    new Encoder.Activations());
            assertEquals(0, nothing.output().length);
            assertArrayEquals(new float[parameters.gradients().length], nothing.parameters());
        }
    }

    @Test
    void offsetsThatMakeNoSenseAreRefused() {
        Encoder encoder = new Encoder(builder, "encoder", config(DIM, true, 0f));
        builder.build();
        assertRefused(encoder, 3, new int[] {0, 1, 2}, "3 sequences needs 4 offsets");
        assertRefused(encoder, -1, new int[] {0, 1, 2}, "-1 sequences");
        assertRefused(encoder, 2, new int[] {1, 1, 2}, "offsets[0] must be 0, but is 1");
        assertRefused(encoder, 2, new int[] {0, 2, 1}, "from 2 to 1 at index 2");
        assertRefused(encoder, 2, new int[] {0, 2, 9}, "[9 x 24]");
        assertRefused(encoder, 1, new int[] {0, LONGEST + 1}, "[301 x 24]");
        var layer = encoder.blocks().getFirst().attention();
        float[] x = new float[(LONGEST + 1) * DIM];
        var thrown = assertThrows(
                IllegalArgumentException.class,
                () -> layer.forwardRagged(
                        Engine.serial(), 1, new int[] {0, LONGEST + 1}, x, x.clone(),
                        new MultiHeadAttention.Activations()));
        assertTrue(thrown.getMessage().contains("301 tokens"), thrown.getMessage());
    }

    private static void assertRefused(Encoder encoder, int batch, int[] offsets, String words) {
        var thrown = assertThrows(
                IllegalArgumentException.class,
                () -> encoder.forwardRagged(
                        Engine.serial(), batch, offsets, new float[8 * DIM], new Encoder.Activations(), 0));
        assertTrue(thrown.getMessage().contains(words), thrown.getMessage());
    }
}
