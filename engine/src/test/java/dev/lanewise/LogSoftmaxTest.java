package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of log-softmax, for every implementation, against sums in double. */
@ExtendWith(Seeds.class)
final class LogSoftmaxTest {
    private static Block logSoftmax(Engine engine, Block x) {
        Block y = Block.unset(new Random(x.offset), x.rows, x.cols);
        engine.softmax().logSoftmax(x.rows, x.cols, x.data, x.offset, x.ld, y.data, y.offset, y.ld);
        x.assertUnchanged("x");
        y.assertGuarded("y");
        return y;
    }

    private static Block gradient(Engine engine, Block y, Block dY) {
        Block dX = Block.unset(new Random(dY.offset), y.rows, y.cols);
        engine.softmax().logSoftmaxBackward(
                y.rows, y.cols, y.data, y.offset, y.ld, dY.data, dY.offset, dY.ld, dX.data, dX.offset, dX.ld);
        dY.assertUnchanged("dY");
        dX.assertGuarded("dX");
        return dX;
    }

    /** Log-softmax of one row in double. */
    private static double[] oracle(double[] x) {
        double max = Arrays.stream(x).max().orElse(0);
        double logSum = Math.log(Arrays.stream(x).map(v -> Math.exp(v - max)).sum());
        return Arrays.stream(x).map(v -> v - max - logSum).toArray();
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void rowsOfAnyWidthMatch(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                for (int rows : new int[] {0, 1, 4}) {
                    for (double spread : new double[] {0.1, 3, 60}) {
                        Block x = Block.of(random, rows, cols, () -> 40 + spread * random.nextGaussian());
                        Block y = logSoftmax(engine, x);
                        for (int r = 0; r < rows; r++) {
                            double[] expected = oracle(x.row(r));
                            for (int c = 0; c < cols; c++) {
                                double bound = EPS * (4 + Math.abs(expected[c]));
                                Close.assertWithin(expected[c], y.get(r, c), bound, "column " + c + " of " + cols);
                            }
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void smallProbabilitiesKeepTheirLogarithm(Implementation implementation) {
        try (Engine engine = Engines.serial(implementation)) {
            float[] x = {0, -500, -1e30f, Float.NEGATIVE_INFINITY};
            float[] y = new float[4];
            engine.softmax().logSoftmax(1, 4, x, 0, 4, y, 0, 4);
            assertEquals(0f, y[0]);
            assertEquals(-500f, y[1]);
            assertEquals(-1e30f, y[2]);
            assertEquals(Float.NEGATIVE_INFINITY, y[3]);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void maskedRowStaysMaskedAndNanTakesItsRow(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(129)) {
                Block x = Block.normal(random, 4, cols);
                for (int c = 0; c < cols; c++) {
                    x.set(1, c, Float.NEGATIVE_INFINITY);
                }
                x.set(2, random.nextInt(cols), Float.NaN);
                x.set(3, random.nextInt(cols), Float.POSITIVE_INFINITY);
                Block y = logSoftmax(engine, x);
                for (int c = 0; c < cols; c++) {
                    assertEquals(true, Float.isFinite(y.get(0, c)), "untouched row");
                    assertEquals(Float.NEGATIVE_INFINITY, y.get(1, c));
                    assertEquals(Float.NaN, y.get(2, c));
                    assertEquals(Float.NaN, y.get(3, c));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientMatchesAndMaskedColumnsPassItThrough(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(257)) {
                Block y = logSoftmax(engine, Block.of(random, 3, cols, () -> 4 * random.nextGaussian()));
                int masked = random.nextInt(cols);
                y.set(1, masked, Float.NEGATIVE_INFINITY);
                Block dY = Block.normal(random, 3, cols);
                Block dX = gradient(engine, y, dY);
                for (int r = 0; r < 3; r++) {
                    double sum = Arrays.stream(dY.row(r)).sum();
                    double size = Arrays.stream(dY.row(r)).map(Math::abs).sum();
                    for (int c = 0; c < cols; c++) {
                        double p = Math.exp(y.get(r, c));
                        double expected = dY.get(r, c) - p * sum;
                        double bound = EPS * (Math.abs(expected) + 8 * p * size);
                        Close.assertWithin(expected, dX.get(r, c), bound, "dX of " + cols);
                    }
                }
                assertEquals(dY.get(1, masked), dX.get(1, masked));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientIsTheSlopeOfTheOutput(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            Block x = Block.normal(random, 1, 21);
            Block dY = Block.normal(random, 1, 21);
            Block dX = gradient(engine, logSoftmax(engine, x), dY);
            double step = 1e-5;
            for (int c = 0; c < 21; c++) {
                double[] weights = dY.row(0);
                double slope = 0;
                for (int side = -1; side <= 1; side += 2) {
                    double[] moved = x.row(0);
                    moved[c] += side * step;
                    double[] y = oracle(moved);
                    for (int i = 0; i < 21; i++) {
                        slope += side * weights[i] * y[i] / (2 * step);
                    }
                }
                assertEquals(slope, dX.get(0, c), 3e-6, "slope at " + c);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void inPlaceGivesTheBitsOfApart(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(129)) {
                Block x = Block.normal(random, 3, cols);
                Block y = logSoftmax(engine, x);
                Block dY = Block.normal(random, 3, cols);
                Block dX = gradient(engine, y, dY);
                Block inPlace = x.copy();
                engine.softmax().logSoftmax(
                        3, cols, inPlace.data, inPlace.offset, inPlace.ld, inPlace.data, inPlace.offset, inPlace.ld);
                Block over = dY.copy();
                engine.softmax().logSoftmaxBackward(
                        3, cols, y.data, y.offset, y.ld, over.data, over.offset, over.ld, over.data, over.offset,
                        over.ld);
                for (int r = 0; r < 3; r++) {
                    for (int c = 0; c < cols; c++) {
                        assertEquals(y.get(r, c), inPlace.get(r, c), "forward in place");
                        assertEquals(dX.get(r, c), over.get(r, c), "backward in place");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        Block x = Block.normal(random, 900, 65);
        Block dY = Block.normal(random, 900, 65);
        Block[] first = null;
        for (Engine engine : Engines.threads(implementation)) {
            Block y = logSoftmax(engine, x);
            Block[] results = {y, gradient(engine, y, dY)};
            if (first == null) {
                first = results;
            }
            Close.assertSameBits(first[0].data, results[0].data, "y");
            Close.assertSameBits(first[1].data, results[1].data, "dX");
        }
    }
}
