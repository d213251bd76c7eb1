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

/** The contract of root mean square normalisation, for every implementation, against sums in double. */
@ExtendWith(Seeds.class)
final class RmsNormOpsTest {
    private static final float EPSILON = 1e-5f;

    /** One normalisation: operands, and what forward and backward wrote. */
    private static final class Case {
        final Block x;
        final Block gamma;
        final Block dY;
        final Block dXBefore;
        final Block dGammaBefore;
        Block y;
        Block rstd;
        Block dX;
        Block dGamma;

        Case(Random random, Block x) {
            this.x = x;
            gamma = Block.vector(random, x.cols);
            dY = Block.normal(random, x.rows, x.cols);
            dXBefore = Block.normal(random, x.rows, x.cols);
            dGammaBefore = Block.vector(random, x.cols);
            y = Block.unset(random, x.rows, x.cols);
            rstd = Block.unsetDense(random, 1, x.rows);
        }

        Case run(Engine engine, boolean add) {
            y = y.copy();
            rstd = rstd.copy();
            dX = dXBefore.copy();
            dGamma = dGammaBefore.copy();
            engine.rmsNorm().rmsNorm(
                    x.rows, x.cols, EPSILON, x.data, x.offset, x.ld, gamma.data, gamma.offset, y.data, y.offset, y.ld,
                    rstd.data, rstd.offset);
            engine.rmsNorm().rmsNormGradients(
                    x.rows, x.cols, dY.data, dY.offset, dY.ld, x.data, x.offset, x.ld, gamma.data, gamma.offset,
                    rstd.data, rstd.offset, add, dX.data, dX.offset, dX.ld, dGamma.data, dGamma.offset);
            x.assertUnchanged("x");
            gamma.assertUnchanged("gamma");
            dY.assertUnchanged("dY");
            y.assertGuarded("y");
            rstd.assertGuarded("rstd");
            dX.assertGuarded("dX");
            dGamma.assertGuarded("dGamma");
            return this;
        }

        void check(boolean add) {
            double[] sums = dGammaBefore.row(0);
            double[] sizes = Arrays.stream(sums).map(Math::abs).toArray();
            for (int r = 0; r < x.rows; r++) {
                double[] row = x.row(r);
                double s = 1 / Math.sqrt(Arrays.stream(row).map(v -> v * v).average().orElse(0) + EPSILON);
                Close.assertWithin(s, rstd.get(0, r), 4 * EPS * s, "rstd of " + this);
                double mean = 0;
                double size = 0;
                for (int c = 0; c < x.cols; c++) {
                    double product = (double) dY.get(r, c) * gamma.get(0, c) * row[c] * s / x.cols;
                    mean += product;
                    size += Math.abs(product);
                }
                for (int c = 0; c < x.cols; c++) {
                    double h = row[c] * s;
                    double g = (double) dY.get(r, c) * gamma.get(0, c);
                    double expected = h * gamma.get(0, c);
                    Close.assertWithin(expected, y.get(r, c), 8 * EPS * Math.abs(expected), "y of " + this);
                    double before = add ? dXBefore.get(r, c) : 0;
                    double bound = EPS * (16 * s * (Math.abs(g) + Math.abs(h) * size) + 2 * Math.abs(before));
                    Close.assertWithin(before + s * (g - h * mean), dX.get(r, c), bound, "dX of " + this);
                    sums[c] += dY.get(r, c) * h;
                    sizes[c] += Math.abs(dY.get(r, c) * h);
                }
            }
            for (int c = 0; c < x.cols; c++) {
                Close.assertWithin(sums[c], dGamma.get(0, c), 16 * EPS * sizes[c], "dGamma of " + this);
            }
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
                    Case norm = new Case(random, Block.of(random, rows, cols, () -> 1 + 2 * random.nextGaussian()));
                    norm.run(engine, true).check(true);
                    norm.run(engine, false).check(false);
                }
            }
            new Case(random, Block.normal(random, 3001, 37)).run(engine, true).check(true);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void rowOfZerosYieldsZerosAndFiniteGradients(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(65)) {
                Case norm = new Case(random, Block.of(random, 2, cols, () -> 0)).run(engine, false);
                for (int c = 0; c < cols; c++) {
                    assertEquals(0, Math.abs(norm.y.get(1, c)));
                    assertEquals(true, Float.isFinite(norm.dX.get(1, c)));
                }
                assertEquals(1 / Math.sqrt(EPSILON), norm.rstd.get(0, 1), 1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanTakesItsWholeRowAndNoOther(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(65)) {
                Block x = Block.normal(random, 3, cols).set(1, random.nextInt(cols), Float.NaN);
                Case norm = new Case(random, x).run(engine, true);
                for (int r = 0; r < 3; r++) {
                    for (int c = 0; c < cols; c++) {
                        assertEquals(r == 1, Float.isNaN(norm.y.get(r, c)), "y in row " + r);
                        assertEquals(r == 1, Float.isNaN(norm.dX.get(r, c)), "dX in row " + r);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void inPlaceGivesTheBitsOfApart(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(129)) {
                Case norm = new Case(random, Block.normal(random, 3, cols)).run(engine, false);
                Block dY = norm.dY.copy();
                engine.rmsNorm().rmsNormGradients(
                        3, cols, dY.data, dY.offset, dY.ld, norm.x.data, norm.x.offset, norm.x.ld, norm.gamma.data,
                        norm.gamma.offset, norm.rstd.data, norm.rstd.offset, false, dY.data, dY.offset, dY.ld,
                        norm.dGamma.data, norm.dGamma.offset);
                Block x = norm.x.copy();
                engine.rmsNorm().rmsNorm(
                        3, cols, EPSILON, x.data, x.offset, x.ld, norm.gamma.data, norm.gamma.offset, x.data, x.offset,
                        x.ld, norm.rstd.data, norm.rstd.offset);
                for (int r = 0; r < 3; r++) {
                    for (int c = 0; c < cols; c++) {
                        assertEquals(norm.y.get(r, c), x.get(r, c), "y in place of x");
                        assertEquals(norm.dX.get(r, c), dY.get(r, c), "dX in place of dY");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientIsTheSlopeOfTheOutput(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            Case norm = new Case(random, Block.normal(random, 1, 19)).run(engine, false);
            double step = 1e-5;
            for (int c = 0; c < 19; c++) {
                double slope = (weighed(norm, c, step) - weighed(norm, c, -step)) / (2 * step);
                assertEquals(slope, norm.dX.get(0, c), 3e-6, "slope at " + c);
            }
        }
    }

    private static double weighed(Case norm, int column, double move) {
        double[] x = norm.x.row(0);
        x[column] += move;
        double s = 1 / Math.sqrt(Arrays.stream(x).map(v -> v * v).average().orElseThrow() + EPSILON);
        double sum = 0;
        for (int c = 0; c < x.length; c++) {
            sum += x[c] * s * norm.gamma.get(0, c) * norm.dY.get(0, c);
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
                norm.run(engine, true);
                Block[] results = {norm.y, norm.rstd, norm.dX, norm.dGamma};
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
