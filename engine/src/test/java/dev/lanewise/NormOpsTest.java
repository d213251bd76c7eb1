package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of layer normalisation, for every implementation, against sums in double. */
@ExtendWith(Seeds.class)
final class NormOpsTest {
    private static final float EPSILON = NormCase.EPSILON;

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyWidthMatchesForwardAndBackward(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                for (int rows : new int[] {0, 1, 2, 5}) {
                    NormCase norm = new NormCase(
                            random, Block.of(random, rows, cols, () -> 1 + 2 * random.nextGaussian()));
                    norm.run(engine).check();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void manyRowsSumInTheParameterGradients(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] shape : new int[][] {{3001, 37}, {257, 768}}) {
                NormCase norm = new NormCase(random, Block.normal(random, shape[0], shape[1]));
                norm.run(engine).check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void largeCommonOffsetDoesNoHarm(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : new int[] {5, 16, 33, 512}) {
                // Steps of 1/8 are exact floats beside the offset, so only the arithmetic can lose them.
                Block x = Block.of(random, 3, cols, () -> 100_000 + random.nextInt(64) / 8.0);
                Block near = Block.of(random, 3, cols, () -> 0);
                for (int r = 0; r < 3; r++) {
                    for (int c = 0; c < cols; c++) {
                        near.set(r, c, x.get(r, c) - 100_000);
                    }
                }
                NormCase far = new NormCase(random, x).run(engine);
                for (int c = 0; c < cols; c++) {
                    far.gamma.set(0, c, 1f);
                    far.beta.set(0, c, 0f);
                }
                far.run(engine);
                double mean = java.util.Arrays.stream(near.row(1)).average().orElseThrow();
                double variance = java.util.Arrays.stream(near.row(1)).map(v -> (v - mean) * (v - mean)).average()
                        .orElseThrow();
                for (int c = 0; c < cols; c++) {
                    double expected = (near.get(1, c) - mean) / Math.sqrt(variance + EPSILON);
                    // One ulp of the mean, 1/128 at 100000, in units of the deviation.
                    assertEquals(expected, far.y.get(1, c), 0x1p-7 / Math.sqrt(variance) + 1e-4, "column " + c);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void constantRowsYieldBeta(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(129)) {
                NormCase norm = new NormCase(random, Block.of(random, 2, cols, () -> 0.5)).run(engine);
                for (int c = 0; c < cols; c++) {
                    assertEquals(norm.beta.get(0, c), norm.y.get(1, c), "column " + c + " of " + cols);
                }
                assertEquals(1 / Math.sqrt(EPSILON), norm.rstd.get(0, 0), 1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanTakesItsWholeRowAndNoOther(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(65)) {
                for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                    Block x = Block.normal(random, 3, cols).set(1, random.nextInt(cols), special);
                    NormCase norm = new NormCase(random, x).run(engine);
                    for (int r = 0; r < 3; r++) {
                        for (int c = 0; c < cols; c++) {
                            assertEquals(r == 1, Float.isNaN(norm.y.get(r, c)), special + " at row " + r);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void inPlaceGivesTheBitsOfApart(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(257)) {
                NormCase norm = new NormCase(random, Block.normal(random, 3, cols)).run(engine);
                Block x = norm.x.copy();
                engine.norm().layerNorm(
                        3, cols, EPSILON, x.data, x.offset, x.ld, norm.gamma.data, norm.gamma.offset, norm.beta.data,
                        norm.beta.offset, x.data, x.offset, x.ld, norm.mean.data, norm.mean.offset, norm.rstd.data,
                        norm.rstd.offset);
                for (int r = 0; r < 3; r++) {
                    for (int c = 0; c < cols; c++) {
                        assertEquals(norm.y.get(r, c), x.get(r, c), "in place");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientIsTheSlopeOfTheOutput(Implementation implementation, Random random) {
        int cols = 19;
        try (Engine engine = Engines.serial(implementation)) {
            NormCase norm = new NormCase(random, Block.normal(random, 1, cols));
            for (int c = 0; c < cols; c++) {
                norm.dXBefore.set(0, c, 0f);
            }
            norm.run(engine);
            double step = 1e-5;
            for (int c = 0; c < cols; c++) {
                double slope = (weighed(norm, c, step) - weighed(norm, c, -step)) / (2 * step);
                assertEquals(slope, norm.dX.get(0, c), 2e-6, "slope at " + c);
            }
        }
    }

    /** The output weighed with dY, in double, for an input whose column c is moved. */
    private static double weighed(NormCase norm, int column, double move) {
        double[] x = norm.x.row(0);
        x[column] += move;
        double mean = java.util.Arrays.stream(x).average().orElseThrow();
        double variance = java.util.Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        double sum = 0;
        for (int c = 0; c < x.length; c++) {
            double y = (x[c] - mean) / Math.sqrt(variance + EPSILON) * norm.gamma.get(0, c) + norm.beta.get(0, c);
            sum += y * norm.dY.get(0, c);
        }
        return sum;
    }

    /** Five rows: kernels that take several at a time have one left over. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void equalRowsHaveEqualGradientsWhateverTheirNeighbours(Implementation implementation, Random random) {
        int rows = 5;
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(257)) {
                float[] x = new float[rows * cols];
                float[] dY = new float[rows * cols];
                float[] gamma = new float[cols];
                for (int c = 0; c < cols; c++) {
                    x[c] = (float) random.nextGaussian();
                    dY[c] = (float) random.nextGaussian();
                    gamma[c] = (float) random.nextGaussian();
                }
                for (int r = 1; r < rows; r++) {
                    System.arraycopy(x, 0, x, r * cols, cols);
                    System.arraycopy(dY, 0, dY, r * cols, cols);
                }
                float[] mean = new float[rows];
                float[] rstd = new float[rows];
                float[] dX = new float[rows * cols];
                engine.norm().layerNorm(
                        rows, cols, EPSILON, x, 0, cols, gamma, 0, gamma, 0, dX, 0, cols, mean, 0, rstd, 0);
                engine.norm().layerNormGradients(
                        rows, cols, dY, 0, cols, x, 0, cols, gamma, 0, mean, 0, rstd, 0, false, dX, 0, cols,
                        new float[cols], 0, new float[cols], 0);
                for (int i = cols; i < dX.length; i++) {
                    assertEquals(dX[i % cols], dX[i], "row " + i / cols + ", column " + i % cols + " of " + cols);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        for (int[] shape : new int[][] {{900, 65}, {40, 1500}, {20_000, 3}}) {
            NormCase norm = new NormCase(random, Block.normal(random, shape[0], shape[1]));
            Block[] first = null;
            for (Engine engine : Engines.threads(implementation)) {
                Block[] results = norm.run(engine).results();
                if (first == null) {
                    first = results;
                }
                for (int i = 0; i < results.length; i++) {
                    Close.assertSameBits(first[i].data, results[i].data, "result " + i + " of " + norm);
                }
            }
        }
    }

    /** Rows of a and -a have a mean of 0 and squares of a * a, whose sum may come close to 2^128. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void rowsUpToTheLimitOfTheirSquaresAreNormalized(Implementation implementation) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : new int[] {2, 4, 16, 34, 130, 768, 4096}) {
                float most = (float) (1.8e19 / Math.sqrt(cols));
                float[] x = new float[cols];
                float[] ones = new float[cols];
                for (int c = 0; c < cols; c++) {
                    x[c] = c % 2 == 0 ? most : -most;
                    ones[c] = 1f;
                }
                float[] y = new float[cols];
                float[] statistics = new float[2];
                engine.norm().layerNorm(
                        1, cols, EPSILON, x, 0, cols, ones, 0, new float[cols], 0, y, 0, cols, statistics, 0,
                        statistics, 1);
                assertSigns(y);
                engine.rmsNorm().rmsNorm(1, cols, EPSILON, x, 0, cols, ones, 0, y, 0, cols, statistics, 1);
                assertSigns(y);
            }
        }
    }

    private static void assertSigns(float[] y) {
        for (int c = 0; c < y.length; c++) {
            assertEquals(c % 2 == 0 ? 1f : -1f, y[c], 1e-4f, "column " + c + " of " + y.length);
        }
    }
}
