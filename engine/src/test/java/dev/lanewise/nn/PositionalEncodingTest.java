package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionalEncodingTest {
    private final Engine engine = Engine.serial();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64})
    void everySequenceGetsTheSinesAndCosinesOfThePaper(int dim) {
        float[] x = new float[2 * 50 * dim];
        new PositionalEncoding(dim).addTo(engine, 2, 50, x);
        for (int b = 0; b < 2; b++) {
            for (int pos = 0; pos < 50; pos++) {
                for (int i = 0; 2 * i < dim; i++) {
                    double angle = pos / Math.pow(10000, 2.0 * i / dim);
                    int at = (b * 50 + pos) * dim + 2 * i;
                    assertEquals(Math.sin(angle), x[at], 1e-7);
                    if (2 * i + 1 < dim) {
                        assertEquals(Math.cos(angle), x[at + 1], 1e-7);
                    }
                }
            }
        }
    }

    @Test
    void aTableThatGrewIsThatOfALongSequence() {
        PositionalEncoding grown = new PositionalEncoding(6, 0.5);
        grown.positions(3);
        grown.positions(20);
        PositionalEncoding fresh = new PositionalEncoding(6, 0.5);
        assertArrayEquals(fresh.positions(20), grown.positions(11));
        assertEquals(0.5f, grown.positions(1)[1]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void sequencesEndToEndHaveTheBitsThatTheyHaveAlone(int threads) {
        int dim = 7;
        int[] offsets = {0, 5, 5, 6, 206, 206};
        float[] x = Gradients.random(1, (206 + 1) * dim);
        float[] expected = x.clone();
        PositionalEncoding encoding = new PositionalEncoding(dim, 0.5);
        for (int b = 0; b + 1 < offsets.length; b++) {
            float[] alone = Arrays.copyOfRange(x, offsets[b] * dim, offsets[b + 1] * dim);
            encoding.addTo(engine, 1, offsets[b + 1] - offsets[b], alone);
            System.arraycopy(alone, 0, expected, offsets[b] * dim, alone.length);
        }
        try (Engine team = Engine.builder().threads(threads).build()) {
            new PositionalEncoding(dim, 0.5).addToRagged(team, offsets.length - 1, offsets, x);
        }
        assertArrayEquals(expected, x);
    }

    @Test
    void anEmptyRaggedBatchIsLegalAndOneThatDoesNotFitIsRefused() {
        PositionalEncoding encoding = new PositionalEncoding(6);
        encoding.addToRagged(engine, 0, new int[1], new float[0]);
        float[] x = new float[12];
        IllegalArgumentException small = assertThrows(
                IllegalArgumentException.class, () -> encoding.addToRagged(engine, 2, new int[] {0, 1, 3}, x));
        assertTrue(small.getMessage().contains("[3 x 6]"), small.getMessage());
        assertTrue(small.getMessage().contains("12"), small.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> encoding.addToRagged(engine, 2, new int[] {0, 2, 1}, x));
        assertArrayEquals(new float[12], x);
    }

    @Test
    void addsToWhatIsThere() {
        float[] x = new float[12];
        Arrays.fill(x, 2f);
        new PositionalEncoding(6).addTo(engine, 1, 2, x);
        assertArrayEquals(new float[] {2, 3, 2, 3, 2, 3}, Arrays.copyOf(x, 6));
    }
}
