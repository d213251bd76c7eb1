package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StreamsTest {
    private static final int N = 2 * Streams.STEP;
    private static final int X = 5;

    @Test
    void readSeesEveryElement() {
        float[] data = new float[X + 3 * N + 7];
        assertEquals(0, Streams.read(3, data, X, N));
        for (int i = X; i < X + N; i++) {
            data[i] = Float.intBitsToFloat(1 << i % 31);
            assertEquals(1 << i % 31, Streams.read(1, data, X, N));
            data[i] = 0f;
        }
        data[X - 1] = 1f;
        data[X + N] = 1f;
        assertEquals(0, Streams.read(3, data, X, N), "what lies around must not be read");
    }

    @Test
    void copyWritesTheTargetAndNothingElse() {
        float[] data = numbers();
        float[] expected = data.clone();
        System.arraycopy(expected, X, expected, X + N, N);
        Streams.copy(2, data, X, X + N, N);
        assertArrayEquals(expected, data);
    }

    @Test
    void triadCombinesTwoOperandsIntoTheThird() {
        float[] data = numbers();
        float[] expected = data.clone();
        for (int i = X; i < X + N; i++) {
            expected[i + 2 * N] = expected[i] + 2f * expected[i + N];
        }
        Streams.triad(2, 2f, data, X, X + N, X + 2 * N, N);
        assertArrayEquals(expected, data);
    }

    private static float[] numbers() {
        float[] data = new float[X + 3 * N + 7];
        for (int i = 0; i < data.length; i++) {
            data[i] = i * 31 % 17;
        }
        return data;
    }
}
