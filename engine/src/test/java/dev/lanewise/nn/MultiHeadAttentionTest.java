package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.Matrix;
import dev.lanewise.RotaryTable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiHeadAttentionTest {
    private final Engine engine = Engine.serial();
    private final Parameters.Builder builder = Parameters.builder(3);

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, false, ''",
        "4, 2, 7, false, ''",
        "12, 3, 5, true, ''",
        "6, 2, 9, false, '9 4 0'",
        "10, 5, 8, true, '3 8 1'"
    })
    void forwardAndGradientsAreThoseOfTheOracle(
            int modelDim, int heads, int seqLen, boolean causal, String lengthText) {
        assertOracle(modelDim, AttentionConfig.of(heads).withCausal(causal), seqLen, lengths(lengthText));
    }

    @ParameterizedTest
    @CsvSource({
        // The angles of both layouts, alone.
        "12, 3, 3, false, -1, -1, HALVES, 7, ''",
        "12, 3, 3, true, -1, -1, INTERLEAVED, 7, '7 2 0'",
        // Shared heads, down to one for all.
        "12, 6, 2, false, -1, -1, , 5, ''",
        "12, 6, 1, true, -1, -1, , 5, '5 1 0'",
        // Windows, with and without a triangle; the second one sees its own position alone.
        "6, 2, 2, false, 2, 1, , 9, '9 4 0'",
        "6, 2, 2, false, 0, 0, , 4, ''",
        "6, 2, 2, true, 3, -1, , 9, ''",
        // All at once.
        "16, 4, 2, true, 3, -1, HALVES, 8, '8 5 1'",
        "16, 4, 1, false, 1, 2, INTERLEAVED, 6, ''"
    })
    void sharedHeadsWindowsAndRotaryPositionsAreThoseOfTheOracle(
            int modelDim, int heads, int keyValueHeads, boolean causal, int left, int right,
            RotaryTable.Layout rotary, int seqLen, String lengthText) {
        RotaryTable table = rotary == null ? null : new RotaryTable(rotary, seqLen, modelDim / heads);
        AttentionConfig config = AttentionConfig.of(heads).withKeyValueHeads(keyValueHeads).withCausal(causal)
                .withWindow(left, right).withRotary(table);
        assertOracle(modelDim, config, seqLen, lengths(lengthText));
    }

    private static int[] lengths(String text) {
        return text.isEmpty() ? null : Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    private void assertOracle(int modelDim, AttentionConfig config, int seqLen, int[] lengths) {
        Oracle.Batch shape = new Oracle.Batch(3, seqLen, lengths);
        int size = shape.tokens() * modelDim;
        var layer = new MultiHeadAttention(builder, "mha", modelDim, config);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, size);
        float[] dY = Gradients.random(6, size);
        float[] y = new float[size];
        float[] dX = new float[size];
        float[] dQkv = new float[shape.tokens() * layer.qkv().out()];
        var kept = new MultiHeadAttention.Activations();
        layer.forward(engine, shape.batch(), seqLen, lengths, x, y, kept);
        layer.backward(engine, x, dY, dX, Write.OVERWRITE, kept, new float[size], dQkv);

        double[] xDouble = Gradients.doubles(x);
        var values = Gradients.doubles(parameters);
        Gradients.assertClose("y", Oracle.attention(values, "mha", xDouble, shape, modelDim, config), y, 0);
        Gradients.assertInputGradient(
                dX, x, v -> Gradients.dot(Oracle.attention(values, "mha", v, shape, modelDim, config), dY));
        Gradients.assertParameterGradients(
                parameters,
                p -> Gradients.dot(Oracle.attention(p, "mha", xDouble, shape, modelDim, config), dY));
    }

    @Test
    void weightsOfQueriesKeysAndValuesAreViewsOfTheFusedOnes() {
        var layer = new MultiHeadAttention(builder, "mha", 4, 2, false);
        builder.build();
        Matrix fused = layer.qkv().weight().matrix();
        assertEquals(fused.get(2, 1), layer.queryWeight().get(2, 1));
        assertEquals(fused.get(2, 5), layer.keyWeight().get(2, 1));
        assertEquals(fused.get(2, 9), layer.valueWeight().get(2, 1));
        layer.keyWeight().set(3, 3, 42f);
        assertEquals(42f, fused.get(3, 7));
    }

    @Test
    void weightsOfSharedKeysAndValuesAreNarrower() {
        var layer = new MultiHeadAttention(builder, "mha", 8, AttentionConfig.of(4).withKeyValueHeads(2));
        builder.build();
        Matrix fused = layer.qkv().weight().matrix();
        assertEquals(16, fused.cols());
        assertEquals(4, layer.keyWeight().cols());
        assertEquals(4, layer.valueWeight().cols());
        assertEquals(fused.get(2, 9), layer.keyWeight().get(2, 1));
        assertEquals(fused.get(2, 13), layer.valueWeight().get(2, 1));
    }

    @Test
    void aSequenceLongerThanTheRotaryTableIsRefusedWithBothNumbers() {
        var table = new RotaryTable(RotaryTable.Layout.HALVES, 5, 2);
        var layer = new MultiHeadAttention(builder, "mha", 4, AttentionConfig.of(2).withRotary(table));
        builder.build();
        var thrown = assertThrows(
                IllegalArgumentException.class,
                () -> layer.forward(
                        engine, 1, 6, null, new float[24], new float[24], new MultiHeadAttention.Activations()));
        assertTrue(thrown.getMessage().contains("6 tokens"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("5 positions"), thrown.getMessage());
    }

    @Test
    void configurationsThatDoNotFitAreRefusedWithBothNumbers() {
        var four = AttentionConfig.of(4);
        var thrown = assertThrows(IllegalArgumentException.class, () -> four.withKeyValueHeads(3));
        assertTrue(thrown.getMessage().contains("3 does not divide 4"), thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> four.withKeyValueHeads(0));
        assertThrows(IllegalArgumentException.class, () -> four.withWindow(-2, 0));
        var rotary = four.withRotary(new RotaryTable(RotaryTable.Layout.HALVES, 5, 6));
        thrown = assertThrows(
                IllegalArgumentException.class, () -> new MultiHeadAttention(builder, "mha", 16, rotary));
        assertTrue(thrown.getMessage().contains("heads of 6 elements"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("4 heads of 4"), thrown.getMessage());
    }

    @Test
    void activationsServeLayersOfOtherConfigurationsInTurn() {
        int modelDim = 8;
        var plain = new MultiHeadAttention(builder, "plain", modelDim, 2, true);
        var table = new RotaryTable(RotaryTable.Layout.HALVES, 8, 4);
        var rotary = new MultiHeadAttention(
                builder, "rotary", modelDim, AttentionConfig.of(2).withKeyValueHeads(1).withRotary(table));
        builder.build();
        float[] x = Gradients.random(5, 16 * modelDim);
        var shared = new MultiHeadAttention.Activations();
        for (MultiHeadAttention layer : List.of(plain, rotary, plain, rotary)) {
            float[] expected = new float[x.length];
            float[] actual = new float[x.length];
            layer.forward(engine, 2, 8, new int[] {8, 3}, x, expected, new MultiHeadAttention.Activations());
            layer.forward(engine, 2, 8, new int[] {8, 3}, x, actual, shared);
            assertArrayEquals(expected, actual);
        }
    }

    @Test
    void aLengthBeyondTheSequenceIsRefused() {
        var layer = new MultiHeadAttention(builder, "mha", 4, 2, false);
        builder.build();
        assertThrows(
                IllegalArgumentException.class,
                () -> layer.forward(
                        engine,
                        1,
                        3,
                        new int[] {4},
                        new float[12],
                        new float[12],
                        new MultiHeadAttention.Activations()));
    }

    @Test
    void inputGradientMayReplaceTheInputOrThatOfTheOutput() {
        var layer = new MultiHeadAttention(builder, "mha", 4, 2, false);
        Parameters parameters = builder.build();
        float[] x = Gradients.random(5, 6 * 4);
        float[] dY = Gradients.random(6, 6 * 4);
        float[] dX = new float[6 * 4];
        float[] dContext = new float[6 * 4];
        float[] dQkv = new float[6 * 12];
        var kept = new MultiHeadAttention.Activations();
        layer.forward(engine, 2, 3, null, x, new float[6 * 4], kept);
        layer.backward(engine, x, dY, dX, Write.OVERWRITE, kept, dContext, dQkv);
        float[] gradients = parameters.gradients().clone();
        parameters.zeroGradients();
        float[] inPlace = dY.clone();
        layer.backward(engine, x, inPlace, inPlace, Write.OVERWRITE, kept, dContext, dQkv);
        assertArrayEquals(dX, inPlace);
        assertArrayEquals(gradients, parameters.gradients());
        parameters.zeroGradients();
        layer.backward(engine, x, dY, x, Write.OVERWRITE, kept, dContext, dQkv);
        assertArrayEquals(dX, x);
        assertArrayEquals(gradients, parameters.gradients());
    }
}
