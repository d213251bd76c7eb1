package dev.lanewise.examples.imdb.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.batch.EncodedReview;
import dev.lanewise.examples.imdb.batch.EncodedSet;
import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.ParameterTable;
import dev.lanewise.nn.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowUpdateTest {

    private final Parameters.Builder builder = Parameters.builder(1);
    private final ParameterTable table = builder.addTable("rows", 4, 2, Initializer.constant(1), false);
    private final Parameters tables = builder.build();

    private RowUpdate update() {
        return new RowUpdate(tables, new ArrayList<>(List.of(new float[] {0, 1, -2, 9})));
    }

    private void gradient(int row, float a, float b) {
        table.touch(1, new int[] {row});
        table.parameter().gradients()[2 * row] = a;
        table.parameter().gradients()[2 * row + 1] = b;
    }

    @Test
    void touchedRowsMoveByTheFormulaAndOthersStay() {
        RowUpdate update = update();
        double moment = 0;
        double[] rows = {1, 1, 1, 1, 1, 1, 1, 1};
        double[] rates = {0.5, 1.5, 4.5, 6.5};
        try (Engine engine = Engine.serial()) {
            for (int t = 1; t <= 3; t++) {
                gradient(1, 0.5f * t, -1);
                gradient(3, 2, 0.25f);
                assertTrue(update.step(engine, 0.1));
                double[] g = {0.5 * t * rates[1], -rates[1], 2 * rates[3], 0.25 * rates[3]};
                double mean = (g[0] * g[0] + g[1] * g[1] + g[2] * g[2] + g[3] * g[3]) / 4;
                moment = 0.99 * moment + 0.01 * mean;
                double deviation = Math.sqrt(moment / (1 - Math.pow(0.99, t)));
                rows[2] -= 0.1 * g[0] / deviation;
                rows[3] -= 0.1 * g[1] / deviation;
                rows[6] -= 0.1 * g[2] / deviation;
                rows[7] -= 0.1 * g[3] / deviation;
            }
        }
        float[] values = table.parameter().values();
        for (int i = 0; i < rows.length; i++) {
            assertEquals(rows[i], values[i], 1e-5, "value " + i);
        }
        assertEquals(0, table.touchedCount());
        assertArrayEquals(new float[8], table.parameter().gradients());
    }

    @Test
    void gradientThatIsNoNumberMovesNothing() {
        try (Engine engine = Engine.serial()) {
            gradient(0, 1, 1);
            gradient(2, Float.NaN, 1);
            assertFalse(update().step(engine, 0.1));
        }
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1, 1, 1}, table.parameter().values());
    }

    @Test
    void stepWithoutGradientsMovesNothing() {
        try (Engine engine = Engine.serial()) {
            RowUpdate update = update();
            assertTrue(update.step(engine, 0.1));
            gradient(0, 0, 0);
            assertTrue(update.step(engine, 0.1));
        }
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1, 1, 1}, table.parameter().values());
    }

    @Test
    void ratiosCountReviewsOfEachClassOnce() {
        EncodedSet set = new EncodedSet(List.of(
                new EncodedReview(new int[] {2, 2, 3}, new int[3], new int[3], 1),
                new EncodedReview(new int[] {2, 4}, new int[] {0, 1}, new int[2], 1),
                new EncodedReview(new int[] {3, 4}, new int[] {0, 2}, new int[2], 0)));
        List<float[]> ratios = ClassRatios.of(set, 6, 3);
        // Positive: words 2, 3, 4 in 2, 1, 1 reviews and one more each, 7 in all; negative 0, 1, 1, in all 5.
        float[] words = {
            0, 0, (float) Math.log((3 / 7.0) / (1 / 5.0)), (float) Math.log((2 / 7.0) / (2 / 5.0)),
            (float) Math.log((2 / 7.0) / (2 / 5.0)), 0
        };
        assertArrayEquals(words, ratios.get(0), 1e-6f);
        assertArrayEquals(new float[] {0, (float) Math.log(2), (float) -Math.log(2)}, ratios.get(1), 1e-6f);
    }
}
