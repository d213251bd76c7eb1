package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.runtime.Workers;
import dev.lanewise.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is summed ahead of the vectors of a row, so that these start where cache lines do, changes no bit of a sum. */
@ExtendWith(Seeds.class)
final class LeadTest {
    @BeforeAll
    static void vectorModuleIsThere() {
        assumeTrue(
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void innerProductsHaveTheSameBits(Random random) {
        for (int rows : new int[] {1, 7, 8, 19, RowDots.BATCH}) {
            for (int k : new int[] {LANES, LANES + 1, 3 * LANES - 1, 4 * LANES, 100}) {
                float[] a = normal(random, rows * k);
                float[] x = normal(random, k);
                float[] expected = dots(rows, k, a, x, 0);
                for (int lead = 1; lead < LANES; lead++) {
                    assertArrayEquals(
                            expected, dots(rows, k, a, x, lead), rows + " rows of " + k + ", lead " + lead);
                }
            }
        }
    }

    private static float[] dots(int rows, int k, float[] a, float[] x, int lead) {
        float[] lanes = new float[AlignedDots.scratch()];
        Arrays.fill(lanes, Float.NaN);
        float[] sums = new float[RowDots.BATCH];
        if (lead == 0) {
            RowDots.multiply(rows, k, a, 0, k, x, 0, lanes, sums);
        } else {
            AlignedDots.multiply(rows, k, a, 0, k, x, 0, lead, lanes, sums);
        }
        return Arrays.copyOf(sums, rows);
    }

    @Test
    void largeMatricesHaveTheSameBitsWhereverTheyStart(Random random) {
        int rows = 4099;
        int cols = 512;
        float[] values = normal(random, rows * cols);
        float[] x = normal(random, cols);
        float[] a = new float[values.length + LANES];
        float[] expected = null;
        for (int offset = 0; offset <= LANES; offset += 3) {
            System.arraycopy(values, 0, a, offset, values.length);
            float[] y = new float[rows];
            MatrixVector.rows(Workers.serial(), rows, cols, 1f, a, offset, cols, x, 0, 1, 0f, y, 0, 1);
            expected = expected == null ? y : expected;
            assertArrayEquals(expected, y, "offset " + offset);
        }
    }

    private static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
