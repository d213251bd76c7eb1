package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

    @Test
    void addsToWhatIsThere() {
        float[] x = new float[12];
        Arrays.fill(x, 2f);
        new PositionalEncoding(6).addTo(engine, 1, 2, x);
        assertArrayEquals(new float[] {2, 3, 2, 3, 2, 3}, Arrays.copyOf(x, 6));
    }
}
