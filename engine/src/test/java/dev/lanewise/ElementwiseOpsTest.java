package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lanewise.kernels.Dropout;
import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of additions, sums and dropout, for every implementation. */
@ExtendWith(Seeds.class)
final class ElementwiseOpsTest {
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void addAndScaleAreTheFloatOperations(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : Sizes.edges()) {
                Block x = Block.vector(random, n);
                Block y = Block.vector(random, n);
                Block sum = Block.unsetDense(random, 1, n);
                Block scaled = Block.unsetDense(random, 1, n);
                engine.elementwise().add(n, x.data, x.offset, y.data, y.offset, sum.data, sum.offset);
                engine.elementwise().scale(n, -0.3f, x.data, x.offset, scaled.data, scaled.offset);
                x.assertUnchanged("x");
                y.assertUnchanged("y");
                sum.assertGuarded("sum");
                scaled.assertGuarded("scaled");
                Block overX = x.copy();
                engine.elementwise().add(
                        n, overX.data, overX.offset, y.data, y.offset, overX.data, overX.offset);
                Block overY = y.copy();
                engine.elementwise().add(
                        n, x.data, x.offset, overY.data, overY.offset, overY.data, overY.offset);
                Block scaledInPlace = x.copy();
                engine.elementwise().scale(
                        n, -0.3f, scaledInPlace.data, scaledInPlace.offset, scaledInPlace.data, scaledInPlace.offset);
                overX.assertGuarded("x");
                for (int i = 0; i < n; i++) {
                    float expected = x.get(0, i) + y.get(0, i);
                    assertEquals(expected, sum.get(0, i));
                    assertEquals(expected, overX.get(0, i));
                    assertEquals(expected, overY.get(0, i));
                    assertEquals(-0.3f * x.get(0, i), scaled.get(0, i));
                    assertEquals(-0.3f * x.get(0, i), scaledInPlace.get(0, i));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void biasIsAddedToEveryRowAndItsGradientIsTheColumnSum(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                for (int rows : new int[] {0, 1, 2, 7, 100}) {
                    Block x = Block.normal(random, rows, cols);
                    Block bias = Block.vector(random, cols);
                    Block y = Block.unset(random, rows, cols);
                    Block dBias = Block.vector(random, cols);
                    engine.elementwise().addBias(
                            rows, cols, x.data, x.offset, x.ld, bias.data, bias.offset, y.data, y.offset, y.ld);
                    engine.elementwise().biasGradient(
                            rows, cols, x.data, x.offset, x.ld, dBias.data, dBias.offset);
                    Block inPlace = x.copy();
                    engine.elementwise().addBias(
                            rows, cols, inPlace.data, inPlace.offset, inPlace.ld, bias.data, bias.offset, inPlace.data,
                            inPlace.offset, inPlace.ld);
                    x.assertUnchanged("x");
                    bias.assertUnchanged("bias");
                    y.assertGuarded("y");
                    dBias.assertGuarded("dBias");
                    inPlace.assertGuarded("x");
                    for (int c = 0; c < cols; c++) {
                        double sum = dBias.original(0, c);
                        double size = Math.abs(sum);
                        for (int r = 0; r < rows; r++) {
                            sum += x.get(r, c);
                            size += Math.abs(x.get(r, c));
                            assertEquals(x.get(r, c) + bias.get(0, c), y.get(r, c));
                            assertEquals(x.get(r, c) + bias.get(0, c), inPlace.get(r, c));
                        }
                        Close.assertWithin(sum, dBias.get(0, c), 8 * EPS * size, "dBias of " + rows + " rows");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sumOfSquaresIsCloseAndExactForSmallIntegers(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : new int[] {0, 1, 3, 16, 17, 63, 64, 65, 1000, 4095, 4097, 16_384, 16_385, 100_001}) {
                Block x = Block.vector(random, n);
                double expected = 0;
                for (int i = 0; i < n; i++) {
                    expected += (double) x.get(0, i) * x.get(0, i);
                }
                assertEquals(expected, engine.elementwise().sumOfSquares(n, x.data, x.offset), 8 * EPS * expected);
                x.assertUnchanged("x");
                Block integers = Block.dense(random, 1, n, () -> random.nextInt(9) - 4);
                double exact = 0;
                for (int i = 0; i < n; i++) {
                    exact += integers.get(0, i) * integers.get(0, i);
                }
                assertEquals(exact, engine.elementwise().sumOfSquares(n, integers.data, integers.offset));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sumOfSquaresCarriesNan(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            Block x = Block.vector(random, 40_000).set(0, 33_333, Float.NaN);
            assertEquals(Double.NaN, engine.elementwise().sumOfSquares(40_000, x.data, x.offset));
        }
    }

    /** The largest square is that of 1.8e19, the smallest that of 1e-19 and, as a subnormal number, of 2.6e-23. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void squaresBeyondTheRangeOfFloatCount(Implementation implementation, Random random) {
        float[] scales = {
            1e38f, 1e20f, 1e19f, 3e17f, 1e17f, 1e-16f, 1e-17f, 1e-18f, 1e-19f, 1e-21f, 1e-23f, 1e-38f, Float.MIN_VALUE
        };
        try (Engine engine = Engines.serial(implementation)) {
            for (float scale : scales) {
                for (int n : new int[] {1, 2, 17, 100, 4096, 5000, 40_000}) {
                    float[] x = new float[n];
                    for (int i = 0; i < n; i++) {
                        x[i] = scale * (1 + random.nextFloat());
                    }
                    assertSquares(engine, x);
                    // Most of the elements are nothing beside the last.
                    Arrays.fill(x, 0, n - 1, scale * 1e-5f);
                    assertSquares(engine, x);
                }
            }
            // Each square is a float, but their sum is not.
            float[] large = new float[4096];
            Arrays.fill(large, 3e17f);
            assertSquares(engine, large);
            assertEquals(0.0, engine.elementwise().sumOfSquares(10_000, new float[10_000], 0));
        }
    }

    private static void assertSquares(Engine engine, float[] x) {
        double expected = 0;
        for (float value : x) {
            expected += (double) value * value;
        }
        assertEquals(
                expected, engine.elementwise().sumOfSquares(x.length, x, 0), 8 * EPS * expected,
                () -> x.length + " elements, the last " + x[x.length - 1]);
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sumOfSquaresIsInfiniteOnlyWithAnInfinity(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (float infinity : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                Block x = Block.vector(random, 40_000).set(0, 33_333, infinity);
                assertEquals(
                        Double.POSITIVE_INFINITY, engine.elementwise().sumOfSquares(40_000, x.data, x.offset));
                x.set(0, 33_334, Float.NaN);
                assertEquals(Double.NaN, engine.elementwise().sumOfSquares(40_000, x.data, x.offset));
            }
        }
    }

    private static Block dropout(Engine engine, float probability, long seed, long firstIndex, Block x) {
        Block y = Block.unsetDense(new Random(4), 1, x.cols);
        engine.elementwise().dropout(
                x.cols, probability, seed, firstIndex, x.data, x.offset, y.data, y.offset);
        x.assertUnchanged("x");
        y.assertGuarded("y");
        return y;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void dropoutIsTheSameToTheBitInEveryImplementation(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            long[] firstIndices = {0, 1, 1_000_003, (1L << 32) - 20, (1L << 31) - 7, -5, Long.MAX_VALUE - 100};
            for (long firstIndex : firstIndices) {
                for (int n : Sizes.edges()) {
                    float probability = random.nextInt(4) * 0.3f;
                    long seed = random.nextLong();
                    Block x = Block.vector(random, n);
                    Block y = dropout(engine, probability, seed, firstIndex, x);
                    for (int i = 0; i < n; i++) {
                        boolean kept = Dropout.bits(seed, firstIndex + i) >>> 8 >= Dropout.threshold(probability);
                        float expected = kept ? x.get(0, i) * (1f / (1f - probability)) : 0f;
                        assertEquals(expected, y.get(0, i), "element " + i + " of " + n + " from " + firstIndex);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void dropoutInAnyCutsGivesTheSameBits(Implementation implementation, Random random) {
        Block x = Block.vector(random, 1000);
        try (Engine engine = Engines.serial(implementation)) {
            Block whole = dropout(engine, 0.4f, 77, 5, x);
            Block cut = x.copy();
            int from = 0;
            while (from < 1000) {
                int n = Math.min(1000 - from, 1 + random.nextInt(60));
                engine.elementwise().dropout(
                        n, 0.4f, 77, 5 + from, cut.data, cut.offset + from, cut.data, cut.offset + from);
                from += n;
            }
            for (int i = 0; i < 1000; i++) {
                assertEquals(whole.get(0, i), cut.get(0, i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void dropoutKeepsTheMeanAndDropsItsShare(Implementation implementation) {
        int n = 1 << 20;
        Block ones = Block.dense(new Random(6), 1, n, () -> 1);
        try (Engine engine = Engines.serial(implementation)) {
            for (float probability : new float[] {0f, 0.1f, 0.5f, 0.9f}) {
                Block y = dropout(engine, probability, 123_456_789L, 0, ones);
                double sum = 0;
                int dropped = 0;
                for (int i = 0; i < n; i++) {
                    sum += y.get(0, i);
                    dropped += y.get(0, i) == 0f ? 1 : 0;
                }
                // Six standard deviations of a binomial distribution.
                double slack = 6 * Math.sqrt(probability * (1 - probability) / n);
                assertEquals(probability, (double) dropped / n, slack + 1e-9, "share of dropped elements");
                assertEquals(1, sum / n, slack / (1 - probability) + 1e-6, "mean");
            }
        }
    }

    @Test
    void dropoutOfOtherSeedsAndNeighboursIsUncorrelated() {
        int n = 1 << 16;
        int sameSeed = 0;
        int neighbours = 0;
        for (int i = 0; i < n; i++) {
            boolean here = Dropout.bits(1, i) < 0;
            sameSeed += here == Dropout.bits(2, i) < 0 ? 1 : 0;
            neighbours += here == Dropout.bits(1, i + 1) < 0 ? 1 : 0;
        }
        double slack = 6 * 0.5 / Math.sqrt(n);
        assertEquals(0.5, (double) sameSeed / n, slack, "agreement of two seeds");
        assertEquals(0.5, (double) neighbours / n, slack, "agreement of neighbours");
        assertNotEquals(Dropout.bits(1, 0), Dropout.bits(1, 1L << 32), "the upper half of the index counts");
        assertNotEquals(Dropout.bits(1, 0), Dropout.bits(1 + (1L << 32), 0), "the upper half of the seed counts");
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        Block x = Block.vector(random, 120_007);
        Block rows = Block.normal(random, 700, 131);
        Block bias = Block.vector(random, 131);
        Block[] first = null;
        double firstSum = 0;
        for (Engine engine : Engines.threads(implementation)) {
            Block sum = x.copy();
            engine.elementwise().add(x.cols, x.data, x.offset, sum.data, sum.offset, sum.data, sum.offset);
            Block scaled = x.copy();
            engine.elementwise().scale(x.cols, 0.7f, x.data, x.offset, scaled.data, scaled.offset);
            Block biased = rows.copy();
            engine.elementwise().addBias(
                    700, 131, rows.data, rows.offset, rows.ld, bias.data, bias.offset, biased.data, biased.offset,
                    biased.ld);
            Block dBias = bias.copy();
            engine.elementwise().biasGradient(
                    700, 131, rows.data, rows.offset, rows.ld, dBias.data, dBias.offset);
            Block[] results = {sum, scaled, biased, dBias, dropout(engine, 0.2f, 9, 3, x)};
            double squares = engine.elementwise().sumOfSquares(x.cols, x.data, x.offset);
            if (first == null) {
                first = results;
                firstSum = squares;
            }
            assertEquals(firstSum, squares);
            for (int i = 0; i < results.length; i++) {
                Close.assertSameBits(first[i].data, results[i].data, "result " + i);
            }
        }
    }
}
