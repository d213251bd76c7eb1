package dev.lanewise.vector;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.runtime.Workers;
import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The contract of the products that touch a matrix once, against sums in double. A strided vector is one column of a
 * {@link Block}, so that what lies between its elements is guarded.
 */
@ExtendWith(Seeds.class)
final class MatrixVectorTest {
    /** Bound of the error in units of eps times the sum of the magnitudes, as the reference BLAS has it. */
    private static final double C = 16;

    private static final float[] FACTORS = {0f, 1f, -1f, 0.37f, -2.5f};

    /** Which product. */
    private enum Form {
        /** {@code y = alpha * A x + beta * y}. */
        ROWS,
        /** {@code y = alpha * A^T x + beta * y}. */
        COLUMNS
    }

    /** One product of a matrix and a vector: its operands, each vector a row (contiguous) or a column (strided). */
    private record Case(Form form, float alpha, Block a, Block x, float beta, Block y) {
        static Case of(Random random, Form form, int rows, int cols, float alpha, float beta) {
            int inner = form == Form.ROWS ? cols : rows;
            int outer = form == Form.ROWS ? rows : cols;
            Block x = random.nextBoolean() ? Block.normal(random, 1, inner) : Block.normal(random, inner, 1);
            boolean row = random.nextBoolean();
            Block y = beta == 0f
                    ? Block.unset(random, row ? 1 : outer, row ? outer : 1)
                    : Block.normal(random, row ? 1 : outer, row ? outer : 1);
            return new Case(form, alpha, Block.normal(random, rows, cols), x, beta, y);
        }

        static int inc(Block vector) {
            return vector.rows == 1 ? 1 : vector.ld;
        }

        static float at(Block vector, int i) {
            return vector.rows == 1 ? vector.get(0, i) : vector.get(i, 0);
        }

        Block run(Workers workers) {
            Block out = y.copy();
            if (form == Form.ROWS) {
                MatrixVector.rows(
                        workers, a.rows, a.cols, alpha, a.data, a.offset, a.ld, x.data, x.offset, inc(x), beta,
                        out.data, out.offset, inc(out));
            } else {
                MatrixVector.columns(
                        workers, a.rows, a.cols, alpha, x.data, x.offset, inc(x), a.data, a.offset, a.ld, beta,
                        out.data, out.offset, inc(out));
            }
            a.assertUnchanged("A");
            x.assertUnchanged("x");
            out.assertGuarded("y");
            return out;
        }

        Block check(Block out) {
            int inner = form == Form.ROWS ? a.cols : a.rows;
            int outer = form == Form.ROWS ? a.rows : a.cols;
            for (int i = 0; i < outer; i++) {
                double sum = 0;
                double size = 0;
                for (int p = 0; p < inner; p++) {
                    double term = (double) at(x, p) * (form == Form.ROWS ? a.get(i, p) : a.get(p, i));
                    sum += term;
                    size += Math.abs(term);
                }
                double before = y.rows == 1 ? y.original(0, i) : y.original(i, 0);
                double old = beta == 0f ? 0 : beta * before;
                double expected = (alpha == 0f ? 0 : alpha * sum) + old;
                double bound = C * EPS * (Math.abs(alpha) * size + Math.abs(old)) + Float.MIN_VALUE;
                Close.assertWithin(expected, at(out, i), bound, this + " at " + i);
            }
            return out;
        }

        @Override
        public String toString() {
            return form + " of [" + a.rows + " x " + a.cols + "], alpha " + alpha + ", beta " + beta + ", incx "
                    + inc(x) + ", incy " + inc(y);
        }
    }

    @BeforeAll
    static void vectorModuleIsThere() {
        assumeTrue(
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void everySmallShapeMatches(Random random) {
        for (Form form : Form.values()) {
            for (int rows : Sizes.edges()) {
                for (int cols : Sizes.edges()) {
                    Case product = Case.of(random, form, rows, cols, 1f, random.nextBoolean() ? 0f : 1f);
                    product.check(product.run(Workers.serial()));
                }
            }
        }
    }

    @Test
    void alphaAndBetaScaleTheirParts(Random random) {
        for (Form form : Form.values()) {
            for (float alpha : FACTORS) {
                for (float beta : FACTORS) {
                    for (int rows : new int[] {0, 1, 13, 70}) {
                        Case product = Case.of(random, form, rows, random.nextInt(100), alpha, beta);
                        product.check(product.run(Workers.serial()));
                    }
                }
            }
        }
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits(Random random) {
        int[][] shapes = {{700, 613}, {9, 45_000}, {45_000, 9}, {1, 400_000}, {400_000, 1}, {65, 8195}, {4099, 257}};
        try (Workers two = Workers.of(2); Workers seven = Workers.of(7)) {
            for (int[] shape : shapes) {
                assertTrue(shape[0] * shape[1] >= MatrixVector.WORTH_SHARING, "threads would not share the work");
                for (Form form : Form.values()) {
                    Case product = Case.of(random, form, shape[0], shape[1], 0.37f, random.nextBoolean() ? 0f : -2.5f);
                    Block one = product.check(product.run(Workers.serial()));
                    for (Workers workers : List.of(two, seven)) {
                        Close.assertSameBits(
                                one.data, product.run(workers).data, product + ", " + workers.threads() + " threads");
                    }
                }
            }
        }
    }

    @Test
    void elementsDoNotDependOnTheirNeighbours(Random random) {
        // Whether a row is taken with seven others, with three or alone, and a column in a full or a partial vector.
        int size = 77;
        for (Form form : Form.values()) {
            Case whole = Case.of(random, form, size, size, 1f, 0f);
            Block all = whole.run(Workers.serial());
            for (int i = 0; i < size; i++) {
                float[] single = new float[1];
                Block a = whole.a;
                Block x = whole.x;
                if (form == Form.ROWS) {
                    MatrixVector.rows(
                            Workers.serial(), 1, size, 1f, a.data, a.index(i, 0), a.ld, x.data, x.offset, Case.inc(x),
                            0f, single, 0, 1);
                } else {
                    MatrixVector.columns(
                            Workers.serial(), size, 1, 1f, x.data, x.offset, Case.inc(x), a.data, a.index(0, i), a.ld,
                            0f, single, 0, 1);
                }
                Close.assertSameBits(new float[] {Case.at(all, i)}, single, whole + " at " + i);
            }
        }
    }

    @Test
    void nanAndInfinityReachEveryElementTheyBelongToAndNoOther(Random random) {
        for (Form form : Form.values()) {
            for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int n : new int[] {1, 7, 16, 21, 67}) {
                    Case product = Case.of(random, form, n, n, 1f, 1f);
                    product.a.set(random.nextInt(n), random.nextInt(n), special);
                    product.check(product.run(Workers.serial()));
                    Case second = Case.of(random, form, n, n, 1f, 0f);
                    Block x = second.x;
                    int at = random.nextInt(n);
                    x.set(x.rows == 1 ? 0 : at, x.rows == 1 ? at : 0, special);
                    second.check(second.run(Workers.serial()));
                }
            }
        }
    }

    @Test
    void smallWholeNumbersAreExact(Random random) {
        for (Form form : Form.values()) {
            int rows = 130;
            int cols = 101;
            Block a = Block.of(random, rows, cols, () -> random.nextInt(9) - 4);
            Block x = Block.of(random, 1, form == Form.ROWS ? cols : rows, () -> random.nextInt(9) - 4);
            Case product = new Case(form, 1f, a, x, 0f, Block.unset(random, 1, form == Form.ROWS ? rows : cols));
            Block out = product.run(Workers.serial());
            for (int i = 0; i < out.cols; i++) {
                long sum = 0;
                for (int p = 0; p < x.cols; p++) {
                    sum += (long) x.get(0, p) * (long) (form == Form.ROWS ? a.get(i, p) : a.get(p, i));
                }
                Close.assertWithin(sum, out.get(0, i), 0, product + " at " + i);
            }
        }
    }

    @Test
    void outerProductMatchesOnAnyNumberOfThreads(Random random) {
        int[][] shapes = {{0, 5}, {5, 0}, {1, 1}, {3, 17}, {4, 16}, {7, 33}, {31, 15}, {5, 129}, {600, 513},
            {4100, 65}};
        try (Workers two = Workers.of(2); Workers seven = Workers.of(7)) {
            for (int[] shape : shapes) {
                for (float beta : new float[] {0f, 1f, -0.5f}) {
                    Block x = Block.normal(random, shape[0], 1);
                    Block y = Block.normal(random, shape[1], 1);
                    Block c = beta == 0f
                            ? Block.unset(random, shape[0], shape[1])
                            : Block.normal(random, shape[0], shape[1]);
                    for (Workers workers : List.of(Workers.serial(), two, seven)) {
                        assertOuter(workers, 1.5f, x, y, beta, c);
                    }
                }
            }
        }
    }

    @Test
    void outerProductCarriesNan() {
        float[] c = new float[6];
        OuterProduct.multiply(
                Workers.serial(), 2, 3, 1f, new float[] {Float.NaN, 0f}, 0, 1,
                new float[] {1f, Float.POSITIVE_INFINITY, 2f}, 0, 1, 0f, c, 0, 3);
        Close.assertSameBits(new float[] {Float.NaN, Float.NaN, Float.NaN, 0f, Float.NaN, 0f}, c, "C");
    }

    private static void assertOuter(Workers workers, float alpha, Block x, Block y, float beta, Block c) {
        Block out = c.copy();
        OuterProduct.multiply(
                workers, c.rows, c.cols, alpha, x.data, x.offset, x.ld, y.data, y.offset, y.ld, beta, out.data,
                out.offset, out.ld);
        x.assertUnchanged("x");
        y.assertUnchanged("y");
        out.assertGuarded("C");
        for (int i = 0; i < c.rows; i++) {
            for (int j = 0; j < c.cols; j++) {
                double term = (double) alpha * x.get(i, 0) * y.get(j, 0);
                double old = beta == 0f ? 0 : (double) beta * c.original(i, j);
                Close.assertWithin(
                        term + old, out.get(i, j), 4 * EPS * (Math.abs(term) + Math.abs(old)) + Float.MIN_VALUE,
                        "outer product at (" + i + ", " + j + "), " + workers.threads() + " threads");
            }
        }
    }
}
