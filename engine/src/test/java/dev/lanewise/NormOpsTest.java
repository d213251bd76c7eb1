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

/** The contract of layer normalisation, for every implementation, against sums in double. */
@ExtendWith(Seeds.class)
final class NormOpsTest {
    private static final float EPSILON = 1e-5f;

    /** One normalisation: operands, and what forward and backward wrote. */
    private static final class Case {
        final Block x;
        final Block gamma;
        final Block beta;
        final Block dY;
        final Block dXBefore;
        final Block dGammaBefore;
        final Block dBetaBefore;
        Block y;
        Block mean;
        Block rstd;
        Block dX;
        Block dGamma;
        Block dBeta;

        Case(Random random, Block x) {
            this.x = x;
            gamma = Block.vector(random, x.cols);
            beta = Block.vector(random, x.cols);
            y = Block.unset(random, x.rows, x.cols);
            mean = Block.unsetDense(random, 1, x.rows);
            rstd = Block.unsetDense(random, 1, x.rows);
            dY = Block.normal(random, x.rows, x.cols);
            dXBefore = Block.normal(random, x.rows, x.cols);
            dGammaBefore = Block.vector(random, x.cols);
            dBetaBefore = Block.vector(random, x.cols);
        }

        Case run(Engine engine) {
            y = y.copy();
            mean = mean.copy();
            rstd = rstd.copy();
            dX = dXBefore.copy();
            dGamma = dGammaBefore.copy();
            dBeta = dBetaBefore.copy();
            engine.norm().layerNorm(
                    x.rows, x.cols, EPSILON, x.data, x.offset, x.ld, gamma.data, gamma.offset, beta.data, beta.offset,
                    y.data, y.offset, y.ld, mean.data, mean.offset, rstd.data, rstd.offset);
            engine.norm().layerNormBackward(
                    x.rows, x.cols, dY.data, dY.offset, dY.ld, x.data, x.offset, x.ld, gamma.data, gamma.offset,
                    mean.data,
                    mean.offset, rstd.data, rstd.offset, dX.data, dX.offset, dX.ld);
            engine.norm().layerNormParameterGradients(
                    x.rows, x.cols, dY.data, dY.offset, dY.ld, x.data, x.offset, x.ld, mean.data, mean.offset,
                    rstd.data,
                    rstd.offset, dGamma.data, dGamma.offset, dBeta.data, dBeta.offset);
            x.assertUnchanged("x");
            gamma.assertUnchanged("gamma");
            beta.assertUnchanged("beta");
            dY.assertUnchanged("dY");
            y.assertGuarded("y");
            mean.assertGuarded("mean");
            rstd.assertGuarded("rstd");
            dX.assertGuarded("dX");
            dGamma.assertGuarded("dGamma");
            dBeta.assertGuarded("dBeta");
            return this;
        }

        void check() {
            double[][] h = new double[x.rows][x.cols];
            double[] blur = new double[x.rows];
            for (int r = 0; r < x.rows; r++) {
                double[] row = x.row(r);
                double m = java.util.Arrays.stream(row).average().orElse(0);
                double largest = java.util.Arrays.stream(row).map(Math::abs).max().orElse(0);
                double variance = java.util.Arrays.stream(row).map(v -> (v - m) * (v - m)).average().orElse(0);
                double s = 1 / Math.sqrt(variance + EPSILON);
                Close.assertWithin(m, mean.get(0, r), 8 * EPS * largest + Float.MIN_VALUE, "mean of " + this);
                // The mean is kept in float: its rounding moves all deviations of the row.
                blur[r] = EPS * (1 + largest * s);
                Close.assertWithin(s, rstd.get(0, r), 16 * s * blur[r], "rstd of " + this);
                for (int c = 0; c < x.cols; c++) {
                    h[r][c] = (row[c] - m) * s;
                    double expected = h[r][c] * gamma.get(0, c) + beta.get(0, c);
                    double bound = 16 * Math.abs(gamma.get(0, c)) * blur[r] * (1 + Math.abs(h[r][c]))
                            + 2 * EPS * Math.abs(beta.get(0, c));
                    Close.assertWithin(expected, y.get(r, c), bound, "y of " + this + " at (" + r + ", " + c + ")");
                }
                checkInputGradient(r, h[r], s, blur[r]);
            }
            checkParameterGradients(h, blur);
        }

        private void checkInputGradient(int r, double[] h, double s, double blur) {
            double sumG = 0;
            double sumGh = 0;
            double size = 0;
            for (int c = 0; c < x.cols; c++) {
                double g = (double) dY.get(r, c) * gamma.get(0, c);
                sumG += g / x.cols;
                sumGh += g * h[c] / x.cols;
                size += Math.abs(g) * (1 + Math.abs(h[c])) / x.cols;
            }
            for (int c = 0; c < x.cols; c++) {
                double g = (double) dY.get(r, c) * gamma.get(0, c);
                double before = dXBefore.get(r, c);
                double expected = before + s * (g - sumG - h[c] * sumGh);
                double bound = 32 * s * blur * (Math.abs(g) + size * (1 + Math.abs(h[c]))) + 2 * EPS * Math.abs(before);
                Close.assertWithin(expected, dX.get(r, c), bound, "dX of " + this + " at (" + r + ", " + c + ")");
            }
        }

        private void checkParameterGradients(double[][] h, double[] blur) {
            for (int c = 0; c < x.cols; c++) {
                double sumGamma = dGammaBefore.get(0, c);
                double sumBeta = dBetaBefore.get(0, c);
                double sizeGamma = EPS * Math.abs(sumGamma);
                double sizeBeta = Math.abs(sumBeta);
                for (int r = 0; r < x.rows; r++) {
                    sumGamma += dY.get(r, c) * h[r][c];
                    sumBeta += dY.get(r, c);
                    sizeGamma += Math.abs(dY.get(r, c)) * (1 + Math.abs(h[r][c])) * blur[r];
                    sizeBeta += Math.abs(dY.get(r, c));
                }
                Close.assertWithin(sumGamma, dGamma.get(0, c), 16 * sizeGamma, "dGamma of " + this + " at " + c);
                Close.assertWithin(sumBeta, dBeta.get(0, c), 16 * EPS * sizeBeta, "dBeta of " + this + " at " + c);
            }
        }

        Block[] results() {
            return new Block[] {y, mean, rstd, dX, dGamma, dBeta};
        }

        @Override
        public String toString() {
            return "[" + x.rows + " x " + x.cols + "]";
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyWidthMatchesForwardAndBackward(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                for (int rows : new int[] {0, 1, 2, 5}) {
                    new Case(random, Block.of(random, rows, cols, () -> 1 + 2 * random.nextGaussian())).run(engine)
                            .check();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void manyRowsSumInTheParameterGradients(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            new Case(random, Block.normal(random, 3001, 37)).run(engine).check();
            new Case(random, Block.normal(random, 257, 768)).run(engine).check();
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
                Case far = new Case(random, x).run(engine);
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
                Case norm = new Case(random, Block.of(random, 2, cols, () -> 0.5)).run(engine);
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
                    Case norm = new Case(random, x).run(engine);
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
                Case norm = new Case(random, Block.normal(random, 3, cols)).run(engine);
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
            Case norm = new Case(random, Block.normal(random, 1, cols));
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
    private static double weighed(Case norm, int column, double move) {
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

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        for (int[] shape : new int[][] {{900, 65}, {40, 1500}, {20_000, 3}}) {
            Case norm = new Case(random, Block.normal(random, shape[0], shape[1]));
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
}
