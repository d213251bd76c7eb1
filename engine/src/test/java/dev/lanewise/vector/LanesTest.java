package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.testing.Seeds;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The reductions across lanes: in a fixed order, before and after compilation, in the helper and written out. */
@ExtendWith(Seeds.class)
final class LanesTest {
    @BeforeAll
    static void theVectorApiIsThere() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void sumAddsHalvesUntilOneLaneIsLeft(Random random) {
        for (int round = 0; round < 20_000; round++) {
            float[] x = lanes(random);
            float expected = tree(x);
            assertEquals(expected, Reductions.sum(x));
            assertEquals(expected, NormRow.sum(x.length, x, 0));
            float[] ones = new float[x.length];
            java.util.Arrays.fill(ones, 1f);
            assertEquals(expected, SoftmaxRow.dot(x.length, x, 0, ones, 0));
        }
    }

    @Test
    void orderOfTheSumMatters(Random random) {
        boolean differs = false;
        for (int round = 0; round < 100 && !differs; round++) {
            float[] x = lanes(random);
            float oneByOne = 0;
            for (float value : x) {
                oneByOne += value;
            }
            differs = oneByOne != tree(x);
        }
        assertNotEquals(false, differs, "these numbers would pass in any order");
    }

    @Test
    void maximumIsFoundInEveryLaneAndPassesOverNaN(Random random) {
        for (int n = 1; n <= 9 * Lanes.LANES + 1; n++) {
            float[] x = new float[n];
            for (int i = 0; i < n; i++) {
                x[i] = i % 3 == 1 ? Float.NaN : -1 - random.nextFloat();
            }
            int at = random.nextInt(n);
            x[at] = -0.5f;
            assertEquals(-0.5f, SoftmaxRow.max(n, x, 0), n + " elements, greatest at " + at);
        }
    }

    @Test
    void maximumOfNothingButNaNAndNegativeInfinityIsNegativeInfinity() {
        float[] x = {Float.NaN, Float.NEGATIVE_INFINITY, Float.NaN};
        assertEquals(Float.NEGATIVE_INFINITY, SoftmaxRow.max(0, x, 0));
        assertEquals(Float.NEGATIVE_INFINITY, SoftmaxRow.max(3, x, 0));
    }

    /** One vector of numbers of several magnitudes and both signs. */
    private static float[] lanes(Random random) {
        float[] x = new float[Lanes.LANES];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8)));
        }
        return x;
    }

    private static float tree(float[] x) {
        float[] sums = x.clone();
        for (int half = sums.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[i + half];
            }
        }
        return sums[0];
    }

    /** A class of its own, since it needs the Vector API to be loaded. */
    private static final class Reductions {
        private Reductions() {}

        private static float sum(float[] x) {
            return Lanes.sum(FloatVector.fromArray(Lanes.SPECIES, x, 0));
        }
    }
}
