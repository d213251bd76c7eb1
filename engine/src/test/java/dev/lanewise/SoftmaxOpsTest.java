package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of softmax, for every implementation, against sums in double. */
@ExtendWith(Seeds.class)
final class SoftmaxOpsTest {
    private static final float MASKED = Float.NEGATIVE_INFINITY;

    private static Block softmax(Engine engine, Block x) {
        Block y = Block.unset(new Random(x.offset), x.rows, x.cols);
        engine.softmax().softmax(x.rows, x.cols, x.data, x.offset, x.ld, y.data, y.offset, y.ld);
        x.assertUnchanged("x");
        y.assertGuarded("y");
        return y;
    }

    /** Softmax of one row in double; NaN throughout where a NaN or a positive infinity is in it. */
    static double[] oracle(double[] x) {
        double max = Double.NEGATIVE_INFINITY;
        for (double v : x) {
            max = Math.max(max, v);
        }
        double sum = 0;
        double[] y = new double[x.length];
        for (int c = 0; c < x.length; c++) {
            y[c] = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(x[c] - max);
            sum += y[c];
        }
        for (int c = 0; c < x.length && sum != 0; c++) {
            y[c] /= sum;
        }
        return y;
    }

    /** Ten eps, and half an eps for each unit of distance to the maximum: that difference is itself rounded. */
    private static void check(double[] x, Block y, int row, int cols, String what) {
        double[] expected = oracle(x);
        double max = Double.NEGATIVE_INFINITY;
        for (double v : x) {
            max = Math.max(max, v);
        }
        for (int c = 0; c < cols; c++) {
            double distance = x[c] == Double.NEGATIVE_INFINITY ? 0 : max - x[c];
            double bound = expected[c] * EPS * (10 + 0.5 * distance) + 2 * Float.MIN_VALUE;
            Close.assertWithin(expected[c], y.get(row, c), bound, what + " row " + row + " column " + c);
        }
    }

    private static void check(Block x, Block y) {
        for (int r = 0; r < x.rows; r++) {
            check(x.row(r), y, r, x.cols, "[" + x.rows + " x " + x.cols + "]");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void rowsOfAnyWidthMatchAndSumToOne(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                for (int rows : new int[] {0, 1, 2, 3, 5}) {
                    Block x = Block.of(random, rows, cols, () -> 3 * random.nextGaussian());
                    Block y = softmax(engine, x);
                    check(x, y);
                    for (int r = 0; r < rows && cols > 0; r++) {
                        double sum = 0;
                        for (int c = 0; c < cols; c++) {
                            sum += y.get(r, c);
                        }
                        assertEquals(1, sum, 10 * EPS, "sum of row " + r + " of " + cols);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void extremeMaximaNeitherOverflowNorVanish(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (float top : new float[] {-90, -88, 88, 90, 3e38f, -3e38f}) {
                for (int cols : new int[] {1, 7, 16, 33, 130}) {
                    Block x = Block.of(random, 3, cols, () -> top - 4 * random.nextDouble());
                    check(x, softmax(engine, x));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void farTailsAreDenormalBeforeTheyAreZero(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            Block x = Block.of(random, 4, 47, () -> -80 - 30 * random.nextDouble());
            for (int r = 0; r < x.rows; r++) {
                x.set(r, random.nextInt(x.cols), 0f);
            }
            check(x, softmax(engine, x));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void tiesShareEqually(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(129)) {
                Block x = Block.of(random, 2, cols, () -> -7.25);
                Block y = softmax(engine, x);
                for (int c = 0; c < cols; c++) {
                    Close.assertWithin(1.0 / cols, y.get(0, c), EPS / cols, "share of " + cols);
                    assertEquals(y.get(0, 0), y.get(1, c), "ties of one value");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void rowOfOnlyMaskedColumnsYieldsZeros(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(129)) {
                Block x = Block.of(random, 3, cols, () -> random.nextBoolean() ? MASKED : random.nextGaussian());
                for (int c = 0; c < cols; c++) {
                    x.set(1, c, MASKED);
                }
                Block y = softmax(engine, x);
                check(x, y);
                for (int c = 0; c < cols; c++) {
                    assertEquals(0f, y.get(1, c));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanOrInfinityTakesItsWholeRowAndNoOther(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(65)) {
                for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                    for (boolean restMasked : new boolean[] {false, true}) {
                        Block x = Block.of(random, 3, cols, () -> restMasked ? MASKED : random.nextGaussian());
                        x.set(1, random.nextInt(cols), special);
                        Block y = softmax(engine, x);
                        for (int c = 0; c < cols; c++) {
                            assertEquals(Float.NaN, y.get(1, c), special + " in " + cols + " columns, at " + c);
                        }
                        check(x.row(0), y, 0, cols, "row before");
                        check(x.row(2), y, 2, cols, "row after");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void rowsOfAllKindsMixAndHaveTheBitsOfOneByOne(Implementation implementation, Random random) {
        int rows = 41;
        float[] kinds = {1, 1, 1, 1, 1, 1, 1, 1, 40, 200, MASKED, Float.NaN, Float.POSITIVE_INFINITY};
        for (int cols : Sizes.edges(300)) {
            Block x = Block.normal(random, rows, cols);
            for (int r = 0; r < rows; r++) {
                float kind = kinds[random.nextInt(kinds.length)];
                for (int c = 0; c < cols; c++) {
                    x.set(r, c, kind == MASKED ? MASKED : kind > 0 && kind < 1000 ? kind * x.get(r, c) : x.get(r, c));
                }
                if (!(kind < 1000) && cols > 0) {
                    x.set(r, random.nextInt(cols), kind);
                }
            }
            Block byRow = Block.unset(random, rows, cols);
            for (int r = 0; r < rows; r++) {
                Engines.kernels(implementation).softmax().softmax(
                        1, cols, x.data, x.index(r, 0), x.ld, byRow.data, byRow.index(r, 0), byRow.ld);
            }
            Block inPlace = x.copy();
            Engines.kernels(implementation).softmax().softmax(
                    rows, cols, inPlace.data, inPlace.offset, inPlace.ld, inPlace.data, inPlace.offset, inPlace.ld);
            inPlace.assertGuarded("x in place");
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < cols; c++) {
                    assertEquals(byRow.get(r, c), inPlace.get(r, c), "row " + r + " column " + c + " of " + cols);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void inPlaceGivesTheBitsOfApart(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                Block x = Block.normal(random, 3, cols);
                Block y = softmax(engine, x);
                Block inPlace = x.copy();
                engine.softmax().softmax(
                        3, cols, inPlace.data, inPlace.offset, inPlace.ld, inPlace.data, inPlace.offset, inPlace.ld);
                inPlace.assertGuarded("x in place");
                for (int r = 0; r < 3; r++) {
                    for (int c = 0; c < cols; c++) {
                        assertEquals(y.get(r, c), inPlace.get(r, c));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void prefixIsTheSoftmaxOfItsColumnsAndZerosAfter(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                int rows = 6;
                int[] lengths = new int[rows + 2];
                for (int r = 0; r < rows; r++) {
                    lengths[2 + r] = r == 0 ? 0 : r == 1 ? cols : random.nextInt(cols + 1);
                }
                Block x = Block.normal(random, rows, cols);
                for (int r = 0; r < rows; r++) {
                    for (int c = lengths[2 + r]; c < cols; c++) {
                        x.set(r, c, Float.NaN);
                    }
                }
                Block y = Block.unset(random, rows, cols);
                engine.softmax().softmaxPrefix(
                        rows, cols, lengths, 2, x.data, x.offset, x.ld, y.data, y.offset, y.ld);
                x.assertUnchanged("x");
                y.assertGuarded("y");
                for (int r = 0; r < rows; r++) {
                    int length = lengths[2 + r];
                    check(java.util.Arrays.copyOf(x.row(r), length), y, r, length, "prefix " + length + " of " + cols);
                    for (int c = length; c < cols; c++) {
                        assertEquals(0f, y.get(r, c), "after the prefix");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void backwardMatchesItsFormula(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                Block x = Block.of(random, 3, cols, () -> 2 * random.nextGaussian());
                Block y = softmax(engine, x);
                Block dY = Block.normal(random, 3, cols);
                Block dX = Block.unset(random, 3, cols);
                engine.softmax().softmaxBackward(
                        3, cols, y.data, y.offset, y.ld, dY.data, dY.offset, dY.ld, dX.data, dX.offset, dX.ld);
                dY.assertUnchanged("dY");
                dX.assertGuarded("dX");
                Block inPlace = dY.copy();
                engine.softmax().softmaxBackward(
                        3, cols, y.data, y.offset, y.ld, inPlace.data, inPlace.offset, inPlace.ld, inPlace.data,
                        inPlace.offset, inPlace.ld);
                for (int r = 0; r < 3; r++) {
                    double dot = 0;
                    double size = 0;
                    for (int c = 0; c < cols; c++) {
                        dot += (double) y.get(r, c) * dY.get(r, c);
                        size += Math.abs((double) y.get(r, c) * dY.get(r, c));
                    }
                    for (int c = 0; c < cols; c++) {
                        double expected = y.get(r, c) * (dY.get(r, c) - dot);
                        double bound = 40 * EPS * y.get(r, c) * (Math.abs(dY.get(r, c)) + size);
                        Close.assertWithin(expected, dX.get(r, c), bound, "dX of " + cols + " at " + c);
                        assertEquals(dX.get(r, c), inPlace.get(r, c), "in place");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void backwardIsTheSlopeOfForward(Implementation implementation, Random random) {
        int cols = 37;
        try (Engine engine = Engines.serial(implementation)) {
            Block x = Block.normal(random, 1, cols);
            Block y = softmax(engine, x);
            Block dY = Block.normal(random, 1, cols);
            Block dX = Block.unset(random, 1, cols);
            engine.softmax().softmaxBackward(
                    1, cols, y.data, y.offset, y.ld, dY.data, dY.offset, dY.ld, dX.data, dX.offset, dX.ld);
            double step = 1e-5;
            for (int c = 0; c < cols; c++) {
                double[] up = x.row(0);
                double[] down = x.row(0);
                up[c] += step;
                down[c] -= step;
                double[] yUp = oracle(up);
                double[] yDown = oracle(down);
                double slope = 0;
                for (int i = 0; i < cols; i++) {
                    slope += dY.get(0, i) * (yUp[i] - yDown[i]) / (2 * step);
                }
                assertEquals(slope, dX.get(0, c), 1e-6, "slope at " + c);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreadsAndForAnyCut(Implementation implementation, Random random) {
        for (int[] shape : new int[][] {{700, 50}, {3, 40_001}, {2100, 17}, {20_000, 1}}) {
            Block x = Block.normal(random, shape[0], shape[1]);
            Block dY = Block.normal(random, shape[0], shape[1]);
            int[] lengths = random.ints(shape[0], 0, shape[1] + 1).toArray();
            Block[] first = null;
            for (Engine engine : Engines.threads(implementation)) {
                Block y = softmax(engine, x);
                Block prefix = x.copy();
                engine.softmax().softmaxPrefix(
                        x.rows, x.cols, lengths, 0, x.data, x.offset, x.ld, prefix.data, prefix.offset, prefix.ld);
                Block dX = dY.copy();
                engine.softmax().softmaxBackward(
                        x.rows, x.cols, y.data, y.offset, y.ld, dY.data, dY.offset, dY.ld, dX.data, dX.offset, dX.ld);
                Block[] results = {y, prefix, dX};
                if (first == null) {
                    first = results;
                }
                for (int i = 0; i < results.length; i++) {
                    Close.assertSameBits(first[i].data, results[i].data, "result " + i);
                }
            }
            Block byRow = Block.unset(new Random(x.offset), x.rows, x.cols);
            for (int r = 0; r < x.rows; r++) {
                Engines.kernels(implementation).softmax().softmax(
                        1, x.cols, x.data, x.index(r, 0), x.ld, byRow.data, byRow.index(r, 0), byRow.ld);
            }
            Close.assertSameBits(first[0].data, byRow.data, "row by row");
        }
    }
}
