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

class EmbeddingTest {
    private static final int ROWS = 9;
    private static final int DIM = 5;
    private static final int[] IDS = {4, 0, 7, 4, -1, 2, 7, 7, 0};

    private final Engine engine = Engine.serial();
    private final Parameters.Builder builder = Parameters.builder(3);
    private final Embedding embedding = new Embedding(builder, "words", ROWS, DIM, 0, Initializer.normal(1));
    private final Parameters parameters = builder.build();
    private final Embedding.Activations kept = new Embedding.Activations();

    private float[] row(float[] data, int row) {
        return Arrays.copyOfRange(data, row * DIM, (row + 1) * DIM);
    }

    @Test
    void eachTokenGetsItsRowAndPaddingGetsZeros() {
        float[] y = Gradients.random(1, IDS.length * DIM);
        embedding.forward(engine, IDS.length, IDS, y, Write.OVERWRITE, kept);
        float[] table = parameters.get("words").values();
        for (int i = 0; i < IDS.length; i++) {
            float[] expected = IDS[i] <= 0 ? new float[DIM] : row(table, IDS[i]);
            assertArrayEquals(expected, row(y, i), "token " + i);
        }
    }

    @Test
    void addsToWhatIsThereWhereAsked() {
        float[] y = new float[IDS.length * DIM];
        embedding.forward(engine, IDS.length, IDS, y, Write.OVERWRITE, kept);
        float[] once = y.clone();
        embedding.forward(engine, IDS.length, IDS, y, Write.ADD, kept);
        for (int i = 0; i < y.length; i++) {
            assertEquals(2 * once[i], y[i]);
        }
    }

    @Test
    void gradientsOfEqualTokensAddUpAndOnlyTheirRowsAreTouched() {
        float[] dY = Gradients.random(6, IDS.length * DIM);
        embedding.forward(
                engine, IDS.length, IDS, new float[dY.length], Write.OVERWRITE, kept);
        embedding.backward(engine, kept, dY);
        double[] expected = new double[ROWS * DIM];
        for (int i = 0; i < IDS.length; i++) {
            for (int c = 0; c < DIM && IDS[i] > 0; c++) {
                expected[IDS[i] * DIM + c] += dY[i * DIM + c];
            }
        }
        Gradients.assertClose("gradient", expected, parameters.get("words").gradients(), 0);
        ParameterTable table = embedding.table();
        assertArrayEquals(
                new int[] {4, 7, 2}, Arrays.copyOf(table.touchedRows(), table.touchedCount()));
    }

    @Test
    void zeroGradientsClearsTheTouchedRowsAndTheList() {
        embedding.forward(
                engine, IDS.length, IDS, new float[IDS.length * DIM], Write.OVERWRITE, kept);
        embedding.backward(engine, kept, Gradients.random(6, IDS.length * DIM));
        parameters.zeroGradients();
        assertArrayEquals(new float[ROWS * DIM], parameters.get("words").gradients());
        assertEquals(0, embedding.table().touchedCount());
        embedding.backward(engine, kept, Gradients.random(6, IDS.length * DIM));
        assertEquals(3, embedding.table().touchedCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void gradientsHaveTheSameBitsForAnyNumberOfThreads(int threads) {
        int count = 20_000;
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = (int) (CounterRandom.uniform(1, i) * ROWS);
        }
        float[] dY = Gradients.random(6, count * DIM);
        embedding.forward(engine, count, ids, new float[count * DIM], Write.OVERWRITE, kept);
        embedding.backward(engine, kept, dY);
        float[] expected = parameters.get("words").gradients().clone();
        parameters.zeroGradients();
        try (Engine many = Engine.builder().threads(threads).build()) {
            embedding.backward(many, kept, dY);
        }
        assertArrayEquals(expected, parameters.get("words").gradients());
    }

    @Test
    void anIdBehindTheTableIsRefusedWithBothNumbers() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> embedding.forward(
                        engine,
                        2,
                        new int[] {1, ROWS},
                        new float[2 * DIM],
                        Write.OVERWRITE,
                        kept));
        assertTrue(thrown.getMessage().contains("ids[1] is 9"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("9 rows"), thrown.getMessage());
    }
}
