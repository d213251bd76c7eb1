package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mean, max and attention pooling, on batches with padding, without, and with an empty sequence. */
class PoolingTest {
    private static final int DIM = 7;

    private final Engine engine = Engine.serial();
    private final Parameters.Builder builder = Parameters.builder(3);

    static Stream<Oracle.Batch> shapes() {
        return Stream.of(
                new Oracle.Batch(1, 1, new int[] {1}),
                new Oracle.Batch(3, 6, new int[] {6, 2, 5}),
                new Oracle.Batch(2, 4, new int[] {0, 4}));
    }

    private static void assertPaddingHasNone(float[] dX, Oracle.Batch shape) {
        for (int i = 0; i < dX.length; i++) {
            int token = i / DIM;
            if (token % shape.seqLen() >= shape.length(token / shape.seqLen())) {
                assertEquals(0f, dX[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void meanIsThatOfTheOracle(Oracle.Batch s) {
        float[] x = Gradients.random(5, s.tokens() * DIM);
        float[] dY = Gradients.random(6, s.batch() * DIM);
        float[] y = Gradients.random(7, dY.length);
        float[] dX = Gradients.random(8, x.length);
        MeanPooling layer = new MeanPooling(DIM);
        layer.forward(engine, s.batch(), s.seqLen(), s.lengths(), x, y);
        layer.backward(engine, s.batch(), s.seqLen(), s.lengths(), dY, dX);
        Gradients.assertClose("y", Oracle.meanPool(Gradients.doubles(x), s, DIM), y, 0);
        Gradients.assertInputGradient(
                dX, x, v -> Gradients.dot(Oracle.meanPool(v, s, DIM), dY));
        assertPaddingHasNone(dX, s);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void maxIsThatOfTheOracle(Oracle.Batch s) {
        float[] x = Gradients.random(5, s.tokens() * DIM);
        float[] dY = Gradients.random(6, s.batch() * DIM);
        float[] y = Gradients.random(7, dY.length);
        float[] dX = Gradients.random(8, x.length);
        MaxPooling layer = new MaxPooling(DIM);
        var kept = new MaxPooling.Activations();
        layer.forward(engine, s.batch(), s.seqLen(), s.lengths(), x, y, kept);
        layer.backward(engine, s.batch(), s.seqLen(), dY, dX, Write.OVERWRITE, kept);
        Gradients.assertClose("y", Oracle.maxPool(Gradients.doubles(x), s, DIM), y, 0);
        Gradients.assertInputGradient(dX, x, v -> Gradients.dot(Oracle.maxPool(v, s, DIM), dY));
        assertPaddingHasNone(dX, s);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void attentionIsThatOfTheOracle(Oracle.Batch s) {
        AttentionPooling layer = new AttentionPooling(builder, "pool", DIM);
        Parameters parameters = builder.build();
        float[] x = Gradients.random(5, s.tokens() * DIM);
        float[] dY = Gradients.random(6, s.batch() * DIM);
        float[] y = Gradients.random(7, dY.length);
        float[] dX = Gradients.random(8, x.length);
        var kept = new AttentionPooling.Activations();
        layer.forward(engine, s.batch(), s.seqLen(), s.lengths(), x, y, kept);
        layer.backward(engine, s.batch(), s.seqLen(), x, dY, dX, Write.OVERWRITE, kept);
        double[] query = Gradients.doubles(parameters).get("pool.query");
        double[] xDouble = Gradients.doubles(x);
        Gradients.assertClose("y", Oracle.attentionPool(xDouble, query, s), y, 0);
        Gradients.assertInputGradient(
                dX, x, v -> Gradients.dot(Oracle.attentionPool(v, query, s), dY));
        Gradients.assertParameterGradients(
                parameters,
                p -> Gradients.dot(Oracle.attentionPool(xDouble, p.get("pool.query"), s), dY));
        assertPaddingHasNone(dX, s);
    }

    @Test
    void maxAndAttentionAddToAGradientWhereAsked() {
        Oracle.Batch s = new Oracle.Batch(2, 3, new int[] {3, 2});
        AttentionPooling attention = new AttentionPooling(builder, "pool", DIM);
        builder.build();
        float[] x = Gradients.random(5, s.tokens() * DIM);
        float[] dY = Gradients.random(6, s.batch() * DIM);
        float[] y = new float[dY.length];
        var keptMax = new MaxPooling.Activations();
        var keptAttention = new AttentionPooling.Activations();
        MaxPooling max = new MaxPooling(DIM);
        max.forward(engine, 2, 3, s.lengths(), x, y, keptMax);
        attention.forward(engine, 2, 3, s.lengths(), x, y, keptAttention);
        float[] one = new float[x.length];
        float[] other = new float[x.length];
        max.backward(engine, 2, 3, dY, one, Write.OVERWRITE, keptMax);
        attention.backward(engine, 2, 3, x, dY, other, Write.OVERWRITE, keptAttention);
        float[] both = new float[x.length];
        Arrays.fill(both, 0.25f);
        max.backward(engine, 2, 3, dY, both, Write.ADD, keptMax);
        attention.backward(engine, 2, 3, x, dY, both, Write.ADD, keptAttention);
        for (int i = 0; i < both.length; i++) {
            assertEquals(0.25f + one[i] + other[i], both[i], 1e-6f);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void paddingDoesNotCountWhateverItHolds(Oracle.Batch s) {
        AttentionPooling layer = new AttentionPooling(builder, "pool", DIM);
        Parameters parameters = builder.build();
        float[] dY = Gradients.random(6, s.batch() * DIM);
        // So that the gradient of a padded token's weight overflows where the token itself is large but finite.
        engine.elementwise().scale(dY.length, 100, dY, 0, dY, 0);
        float[] x = Gradients.random(5, s.tokens() * DIM);
        List<float[]> expected = pool(layer, parameters, s, x, dY, new Kept());
        Kept kept = new Kept();
        for (float padding : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f, 0.5f}) {
            float[] padded = x.clone();
            for (int b = 0; b < s.batch(); b++) {
                // The first column alone, so that an infinity is not hidden by one of another sign.
                for (int t = s.length(b); t < s.seqLen(); t++) {
                    padded[(b * s.seqLen() + t) * DIM] = padding;
                }
            }
            List<float[]> actual = pool(layer, parameters, s, padded, dY, kept);
            for (int i = 0; i < expected.size(); i++) {
                float[] withPadding = actual.get(i);
                // As numbers: the gradient of a padded token is a zero of either sign.
                for (int j = 0; j < withPadding.length; j++) {
                    float value = expected.get(i)[j];
                    assertTrue(value == withPadding[j], padding + ": result " + i + "[" + j + "] is " + withPadding[j]);
                }
            }
        }
    }

    private record Kept(MaxPooling.Activations max, AttentionPooling.Activations attention) {
        Kept() {
            this(new MaxPooling.Activations(), new AttentionPooling.Activations());
        }
    }

    /** Outputs and gradients of all three, and the gradient of the query. */
    private List<float[]> pool(
            AttentionPooling layer, Parameters parameters, Oracle.Batch s, float[] x, float[] dY, Kept kept) {
        float[][] y = new float[3][dY.length];
        float[][] dX = new float[3][x.length];
        MeanPooling mean = new MeanPooling(DIM);
        MaxPooling max = new MaxPooling(DIM);
        parameters.zeroGradients();
        mean.forward(engine, s.batch(), s.seqLen(), s.lengths(), x, y[0]);
        mean.backward(engine, s.batch(), s.seqLen(), s.lengths(), dY, dX[0]);
        max.forward(engine, s.batch(), s.seqLen(), s.lengths(), x, y[1], kept.max());
        max.backward(engine, s.batch(), s.seqLen(), dY, dX[1], Write.OVERWRITE, kept.max());
        layer.forward(engine, s.batch(), s.seqLen(), s.lengths(), x, y[2], kept.attention());
        layer.backward(engine, s.batch(), s.seqLen(), x, dY, dX[2], Write.OVERWRITE, kept.attention());
        List<float[]> results = new ArrayList<>(List.of(y));
        results.addAll(List.of(dX));
        results.add(parameters.gradients().clone());
        return results;
    }

    @Test
    void withoutLengthsAllTokensCount() {
        Oracle.Batch s = new Oracle.Batch(2, 3, new int[] {3, 3});
        AttentionPooling attention = new AttentionPooling(builder, "pool", DIM);
        builder.build();
        float[] x = Gradients.random(5, s.tokens() * DIM);
        float[] y = new float[2 * DIM];
        float[] yNull = new float[2 * DIM];
        var kept = new MaxPooling.Activations();
        new MaxPooling(DIM).forward(engine, 2, 3, s.lengths(), x, y, kept);
        new MaxPooling(DIM).forward(engine, 2, 3, null, x, yNull, kept);
        assertArrayEquals(y, yNull);
        var keptAttention = new AttentionPooling.Activations();
        attention.forward(engine, 2, 3, s.lengths(), x, y, keptAttention);
        attention.forward(engine, 2, 3, null, x, yNull, keptAttention);
        assertArrayEquals(y, yNull, 1e-6f);
    }

    @Test
    void withoutLengthsTheMeanIsThatOfAllTokens() {
        MeanPooling mean = new MeanPooling(DIM);
        float[] x = Gradients.random(5, 4 * 5 * DIM);
        float[] dY = Gradients.random(6, 4 * DIM);
        for (int[] sizes : new int[][] {{2, 3}, {4, 3}, {2, 3}, {4, 5}, {0, 5}}) {
            int batch = sizes[0];
            int seqLen = sizes[1];
            int[] lengths = new int[batch];
            Arrays.fill(lengths, seqLen);
            float[] y = new float[4 * DIM];
            float[] yNull = new float[4 * DIM];
            float[] dX = new float[x.length];
            float[] dXNull = new float[x.length];
            mean.forward(engine, batch, seqLen, lengths, x, y);
            mean.forward(engine, batch, seqLen, null, x, yNull);
            mean.backward(engine, batch, seqLen, lengths, dY, dX);
            mean.backward(engine, batch, seqLen, null, dY, dXNull);
            assertArrayEquals(y, yNull);
            assertArrayEquals(dX, dXNull);
        }
    }

    @Test
    void aNaNShowsInTheMaximum() {
        float[] x = {1, Float.NaN, 3, 2, Float.NaN, 5};
        float[] y = new float[2];
        new MaxPooling(2).forward(engine, 1, 3, null, x, y, new MaxPooling.Activations());
        assertTrue(Float.isNaN(y[0]) && Float.isNaN(y[1]));
    }

    @Test
    void aLengthBeyondTheSequenceIsRefusedWithBothNumbers() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new MeanPooling(1)
                        .forward(
                                engine,
                                1,
                                3,
                                new int[] {4},
                                new float[3],
                                new float[1]));
        assertTrue(
                thrown.getMessage().contains("0..3") && thrown.getMessage().contains("4"),
                thrown.getMessage());
    }
}
