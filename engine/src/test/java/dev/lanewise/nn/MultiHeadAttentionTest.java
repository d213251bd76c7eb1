package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.Engine;
import dev.lanewise.Matrix;
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
        int[] lengths = null;
        if (!lengthText.isEmpty()) {
            String[] words = lengthText.split(" ");
            lengths = new int[words.length];
            for (int b = 0; b < words.length; b++) {
                lengths[b] = Integer.parseInt(words[b]);
            }
        }
        Oracle.Batch shape = new Oracle.Batch(3, seqLen, lengths);
        int size = shape.tokens() * modelDim;
        var layer = new MultiHeadAttention(builder, "mha", modelDim, heads, causal);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, size);
        float[] dY = Gradients.random(6, size);
        float[] y = new float[size];
        float[] dX = new float[size];
        var kept = new MultiHeadAttention.Activations();
        layer.forward(engine, shape.batch(), seqLen, lengths, x, y, kept);
        layer.backward(
                engine, x, dY, dX, Write.OVERWRITE, kept, new float[size], new float[3 * size]);

        double[] xDouble = Gradients.doubles(x);
        var values = Gradients.doubles(parameters);
        Gradients.assertClose(
                "y", Oracle.attention(values, "mha", xDouble, shape, modelDim, heads, causal), y, 0);
        Gradients.assertInputGradient(
                dX,
                x,
                v -> Gradients.dot(
                        Oracle.attention(values, "mha", v, shape, modelDim, heads, causal), dY));
        Gradients.assertParameterGradients(
                parameters,
                p -> Gradients.dot(
                        Oracle.attention(p, "mha", xDouble, shape, modelDim, heads, causal), dY));
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
}
