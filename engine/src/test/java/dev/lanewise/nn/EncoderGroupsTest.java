package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.RotaryTable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that are cut: into groups of sequences, shares of gradients, and long sequences into runs of rows. */
class EncoderGroupsTest {
    private static final int DIM = 24;
    private static final int HEADS = 3;
    private static final int HIDDEN = 40;
    private static final long STEP = 7;

    /** Sums of a few hundred products in another order, relative to the largest. */
    private static final float TOLERANCE = 2e-5f;

    private record Result(float[] output, float[] gradient, float[] parameters) {}

    /** Everything that attention can do; heads of 4 share keys and values by three. */
    private static AttentionConfig everyOption(int positions) {
        return AttentionConfig.of(6).withKeyValueHeads(2).withCausal(true).withWindow(30, -1)
                .withRotary(new RotaryTable(RotaryTable.Layout.HALVES, positions, DIM / 6));
    }

    private static Result block(
            Engine engine, int batch, int seqLen, int[] lengths, Activation activation, float dropout,
            AttentionConfig attention) {
        var config = new Encoder.Config(DIM, HEADS, HIDDEN, 1, activation, dropout, false).withAttention(attention);
        Parameters.Builder builder = Parameters.builder(3);
        EncoderBlock block = new EncoderBlock(builder, "block", config);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        int size = batch * seqLen * DIM;
        float[] gradient = Gradients.random(6, size);
        var kept = new EncoderBlock.Activations();
        block.forward(engine, batch, seqLen, lengths, Gradients.random(5, size), kept, STEP);
        block.backward(engine, kept, gradient, new EncoderBlock.Scratch());
        return new Result(Arrays.copyOf(kept.output(), size), gradient, parameters.gradients());
    }

    /** The same block, each layer called by itself over all rows. */
    private static Result layers(
            Engine engine, int batch, int seqLen, int[] lengths, Activation activation, AttentionConfig config) {
        Parameters.Builder builder = Parameters.builder(3);
        LayerNorm norm1 = new LayerNorm(builder, "block.norm1", DIM);
        MultiHeadAttention attention = new MultiHeadAttention(builder, "block.attention", DIM, config);
        LayerNorm norm2 = new LayerNorm(builder, "block.norm2", DIM);
        FeedForward feedForward = new FeedForward(builder, "block.feedForward", DIM, HIDDEN, activation);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        int rows = batch * seqLen;
        int size = rows * DIM;
        float[] x = Gradients.random(5, size);
        float[] normed1 = new float[size];
        float[] mid = new float[size];
        float[] normed2 = new float[size];
        float[] y = new float[size];
        var keptNorm1 = new LayerNorm.Activations();
        var keptAttention = new MultiHeadAttention.Activations();
        var keptNorm2 = new LayerNorm.Activations();
        var keptFeedForward = new FeedForward.Activations();
        norm1.forward(engine, rows, x, normed1, keptNorm1);
        attention.forward(engine, batch, seqLen, lengths, normed1, mid, keptAttention);
        engine.elementwise().add(size, x, 0, mid, 0, mid, 0);
        norm2.forward(engine, rows, mid, normed2, keptNorm2);
        feedForward.forward(engine, rows, normed2, y, keptFeedForward);
        engine.elementwise().add(size, mid, 0, y, 0, y, 0);

        float[] gradient = Gradients.random(6, size);
        float[] branch = new float[size];
        feedForward.backward(
                engine, rows, normed2, gradient, branch, Write.OVERWRITE, keptFeedForward, new float[rows * HIDDEN]);
        norm2.backward(engine, rows, mid, branch, gradient, keptNorm2);
        attention.backward(
                engine, normed1, gradient, branch, Write.OVERWRITE, keptAttention, new float[size],
                new float[rows * attention.qkv().out()]);
        norm1.backward(engine, rows, x, branch, gradient, keptNorm1);
        return new Result(y, gradient, parameters.gradients());
    }

    /** Lengths from 0 to the whole sequence. */
    private static int[] lengths(int batch, int seqLen) {
        return IntStream.range(0, batch).map(b -> b * 7 % (seqLen + 1)).toArray();
    }

    @ParameterizedTest
    @CsvSource({"9, 70, GELU", "9, 70, RELU", "2, 300, GELU", "1, 257, RELU", "40, 20, GELU"})
    void blockIsTheCompositionOfItsLayers(int batch, int seqLen, Activation activation) {
        for (int[] lengths : new int[][] {null, lengths(batch, seqLen)}) {
            for (AttentionConfig config : List.of(AttentionConfig.of(HEADS), everyOption(seqLen))) {
                Result expected = layers(Engine.serial(), batch, seqLen, lengths, activation, config);
                Result actual = block(Engine.serial(), batch, seqLen, lengths, activation, 0f, config);
                assertClose(expected.output(), actual.output());
                assertClose(expected.gradient(), actual.gradient());
                assertClose(expected.parameters(), actual.parameters());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"17, 40, 0", "17, 40, 0.3", "3, 300, 0.3", "1, 20, 0"})
    void anyNumberOfThreadsGivesTheSameBits(int batch, int seqLen, float dropout) {
        int[] lengths = lengths(batch, seqLen);
        for (AttentionConfig config : List.of(AttentionConfig.of(HEADS), everyOption(seqLen))) {
            Result expected = block(Engine.serial(), batch, seqLen, lengths, Activation.GELU, dropout, config);
            for (int threads : new int[] {2, 3, 7}) {
                try (Engine engine = Engine.builder().threads(threads).build()) {
                    Result actual = block(engine, batch, seqLen, lengths, Activation.GELU, dropout, config);
                    assertArrayEquals(expected.output(), actual.output(), threads + " threads");
                    assertArrayEquals(expected.gradient(), actual.gradient(), threads + " threads");
                    assertArrayEquals(expected.parameters(), actual.parameters(), threads + " threads");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 255, 256, 257, 1000})
    void groupsCoverEveryTokenOnceAndSharesEveryGroup(int seqLen) {
        for (int batch : new int[] {0, 1, 2, 13, 32}) {
            TokenGroups groups = new TokenGroups();
            groups.cut(batch, seqLen);
            assertEquals(batch * seqLen, groups.tokens());
            assertCovered(groups);
            // Equal sequences with offsets are cut alike.
            if (seqLen > 0) {
                TokenGroups ragged = new TokenGroups();
                ragged.cutRagged(batch, IntStream.rangeClosed(0, batch).map(b -> b * seqLen).toArray());
                assertEquals(groups.count(), ragged.count());
                assertEquals(groups.rows(), ragged.rows());
                assertEquals(groups.longestRun(), ragged.longestRun());
                assertCovered(ragged);
            }
            for (int parameters : new int[] {1000, 1 << 20}) {
                int shares = groups.shares(parameters);
                assertEquals(0, groups.firstGroup(0, shares));
                assertEquals(groups.count(), groups.firstGroup(shares, shares));
            }
        }
    }

    private static void assertCovered(TokenGroups groups) {
        int row = 0;
        int sequence = 0;
        for (int group = 0; group < groups.count(); group++) {
            assertEquals(row, groups.firstRow(group));
            assertEquals(sequence, groups.firstSequence(group));
            row = groups.endRow(group);
            sequence += groups.sequences(group);
            assertTrue(groups.rows(group) <= groups.rows());
            assertTrue(TokenGroups.run(groups.rows(group)) <= groups.longestRun());
        }
        assertEquals(groups.batch(), sequence);
        assertEquals(groups.tokens(), row);
    }

    @Test
    void raggedGroupsAreFullOrOneLongSequence() {
        TokenGroups groups = new TokenGroups();
        groups.cutRagged(7, new int[] {0, 100, 100, 256, 257, 557, 557, 814});
        assertCovered(groups);
        // 100 + 0 + 156 tokens, then 1, then 300 in two runs, then an empty one, then 257, whose runs are shorter than 256.
        assertEquals(5, groups.count());
        assertEquals(3, groups.sequences(0));
        assertEquals(1, groups.sequences(2));
        assertEquals(300, groups.rows());
        assertEquals(256, groups.longestRun());
    }

    private static void assertClose(float[] expected, float[] actual) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertArrayEquals(expected, actual, TOLERANCE * Math.max(1, largest));
    }
}
