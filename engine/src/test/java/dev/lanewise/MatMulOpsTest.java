package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of matrix multiply, for every implementation, against sums in double. */
@ExtendWith(Seeds.class)
final class MatMulOpsTest {
    /** Bound of the error in units of eps times the sum of the magnitudes, as the reference BLAS has it. */
    private static final double C = 16;

    private static final int[] SMALL = {1, 2, 3, 4, 5, 7, 8, 13, 14, 15, 16, 17, 28, 29, 31, 33};

    /** Around what a vector kernel may block by: tile rows, tile columns, panel depth, strips. */
    private static final int[][] LARGE = {
        {14, 32, 191}, {15, 33, 192}, {13, 31, 193}, {191, 17, 256}, {192, 64, 255}, {193, 65, 257}, {97, 257, 383},
        {29, 255, 384}, {28, 256, 385}, {1, 384, 768}, {385, 1, 97}, {2, 129, 513}, {255, 383, 5}, {257, 385, 33},
        {64, 512, 64}, {128, 128, 128}, {3, 9000, 9}, {1500, 5, 40}, {6, 700, 31}, {43, 47, 1031}
    };

    private static final Transpose[] BOTH = Transpose.values();

    /** One product: its operands and how they are used. */
    private record Case(Transpose ta, Transpose tb, int m, int n, int k, float alpha, Block a, Block b, float beta,
            Block c) {
        static Case of(Random random, Transpose ta, Transpose tb, int m, int n, int k, float alpha, float beta) {
            return new Case(
                    ta, tb, m, n, k, alpha,
                    ta == Transpose.NO ? Block.normal(random, m, k) : Block.normal(random, k, m),
                    tb == Transpose.NO ? Block.normal(random, k, n) : Block.normal(random, n, k), beta,
                    beta == 0f ? Block.unset(random, m, n) : Block.normal(random, m, n));
        }

        Block run(Engine engine) {
            Block out = c.copy();
            engine.matMul().multiply(
                    ta, tb, m, n, k, alpha, a.data, a.offset, a.ld, b.data, b.offset, b.ld, beta, out.data, out.offset,
                    out.ld);
            a.assertUnchanged("A");
            b.assertUnchanged("B");
            out.assertGuarded("C");
            return out;
        }

        double a(int i, int p) {
            return ta == Transpose.NO ? a.get(i, p) : a.get(p, i);
        }

        double b(int p, int j) {
            return tb == Transpose.NO ? b.get(p, j) : b.get(j, p);
        }

        void check(Block out) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    double size = 0;
                    for (int p = 0; p < k; p++) {
                        double term = a(i, p) * b(p, j);
                        sum += term;
                        size += Math.abs(term);
                    }
                    double old = beta == 0f ? 0 : (double) beta * c.original(i, j);
                    double expected = (alpha == 0f ? 0 : alpha * sum) + old;
                    double bound = C * EPS * (Math.abs(alpha) * size + Math.abs(old)) + Float.MIN_VALUE;
                    Close.assertWithin(expected, out.get(i, j), bound, this + " at (" + i + ", " + j + ")");
                }
            }
        }

        @Override
        public String toString() {
            return "op(A) " + ta + " [" + m + " x " + k + "], op(B) " + tb + " [" + k + " x " + n + "], alpha " + alpha
                    + ", beta " + beta;
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void smallShapesMatchInAllTranspositions(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int m : SMALL) {
                for (int n : SMALL) {
                    int k = SMALL[random.nextInt(SMALL.length)];
                    for (Transpose ta : BOTH) {
                        for (Transpose tb : BOTH) {
                            Case product = Case.of(random, ta, tb, m, n, k, 1f, 0f);
                            product.check(product.run(engine));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void shapesAroundBlockEdgesMatchWithTheSameBitsOnAnyThreads(Implementation implementation, Random random) {
        for (int[] s : LARGE) {
            for (Transpose ta : BOTH) {
                for (Transpose tb : BOTH) {
                    Case product = Case.of(random, ta, tb, s[0], s[1], s[2], 1f, random.nextBoolean() ? 0f : 1f);
                    Block first = null;
                    for (Engine engine : Engines.threads(implementation)) {
                        Block out = product.run(engine);
                        if (first == null) {
                            first = out;
                            product.check(out);
                        }
                        Close.assertSameBits(first.data, out.data,
                                product + " on " + engine.info().threads() + " threads");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void alphaAndBetaScaleTheirParts(Implementation implementation, Random random) {
        float[] factors = {0f, 1f, -1f, 0.37f, -2.5f};
        try (Engine engine = Engines.serial(implementation)) {
            for (float alpha : factors) {
                for (float beta : factors) {
                    for (int k : new int[] {0, 1, 19, 400}) {
                        Case product = Case.of(
                                random, BOTH[random.nextInt(2)], BOTH[random.nextInt(2)], 1 + random.nextInt(40),
                                1 + random.nextInt(70), k, alpha, beta);
                        product.check(product.run(engine));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void smallIntegersMultiplyExactly(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : LARGE) {
                Block a = Block.of(random, s[0], s[2], () -> random.nextInt(17) - 8);
                Block b = Block.of(random, s[2], s[1], () -> random.nextInt(17) - 8);
                Case product = new Case(
                        Transpose.NO, Transpose.NO, s[0], s[1], s[2], 1f, a, b, 0f, Block.unset(random, s[0], s[1]));
                Block out = product.run(engine);
                for (int i = 0; i < s[0]; i++) {
                    for (int j = 0; j < s[1]; j++) {
                        double sum = 0;
                        for (int p = 0; p < s[2]; p++) {
                            sum += product.a(i, p) * product.b(p, j);
                        }
                        Close.assertWithin(sum, out.get(i, j), 0, product + " at (" + i + ", " + j + ")");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void zeroAlphaReadsNeitherOperand(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            Case product = new Case(
                    Transpose.NO, Transpose.NO, 17, 19, 23, 0f, Block.unset(random, 17, 23),
                    Block.unset(random, 23, 19),
                    2f, Block.normal(random, 17, 19));
            Block out = product.run(engine);
            for (int i = 0; i < 17; i++) {
                for (int j = 0; j < 19; j++) {
                    Close.assertWithin(2 * product.c.original(i, j), out.get(i, j), 0, "C");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void specialValuesReachExactlyTheirRowAndColumn(Implementation implementation, Random random) {
        float[] specials = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : new int[][] {{3, 5, 7}, {15, 33, 20}, {30, 70, 300}, {1, 1, 1}}) {
                for (float special : specials) {
                    for (Transpose ta : BOTH) {
                        for (Transpose tb : BOTH) {
                            Case product = Case.of(random, ta, tb, s[0], s[1], s[2], 1f, 0f);
                            product.a.set(random.nextInt(product.a.rows), random.nextInt(product.a.cols), special);
                            product.b.set(random.nextInt(product.b.rows), random.nextInt(product.b.cols), special);
                            product.check(product.run(engine));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void zeroTimesInfinityIsNan(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            Block a = Block.of(random, 20, 30, () -> 0);
            Block b = Block.normal(random, 30, 40).set(11, 13, Float.POSITIVE_INFINITY);
            Case product = new Case(Transpose.NO, Transpose.NO, 20, 40, 30, 1f, a, b, 0f, Block.unset(random, 20, 40));
            product.check(product.run(engine));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void productTimesVectorIsAssociative(Implementation implementation, Random random) {
        // C * t = A * (B * t) needs no second multiplication of the same kind to compare with.
        int m = 150;
        int n = 210;
        int k = 333;
        try (Engine engine = Engines.serial(implementation)) {
            Case product = Case.of(random, Transpose.NO, Transpose.NO, m, n, k, 1f, 0f);
            Block c = product.run(engine);
            for (int i = 0; i < m; i++) {
                double left = 0;
                double right = 0;
                double size = 0;
                for (int j = 0; j < n; j++) {
                    left += c.get(i, j);
                    for (int p = 0; p < k; p++) {
                        double term = product.a(i, p) * product.b(p, j);
                        right += term;
                        size += Math.abs(term);
                    }
                }
                Close.assertWithin(right, (float) left, C * EPS * size, "row " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void batchGivesTheBitsOfItsSingleProducts(Implementation implementation, Random random) {
        int batch = 9;
        int m = 31;
        int n = 45;
        int k = 27;
        Block a = Block.dense(random, batch, m * k, random::nextGaussian);
        Block b = Block.dense(random, batch, k * n, random::nextGaussian);
        for (Engine engine : Engines.threads(implementation)) {
            for (int bBatch : new int[] {0, k * n}) {
                Block together = Block.unsetDense(random, batch, m * n);
                Block single = together.copy();
                engine.matMul().multiplyBatch(
                        batch, Transpose.NO, Transpose.NO, m, n, k, 0.5f, a.data, a.offset, k, m * k, b.data, b.offset,
                        n,
                        bBatch, 0f, together.data, together.offset, n, m * n);
                for (int i = 0; i < batch; i++) {
                    engine.matMul().multiply(
                            Transpose.NO, Transpose.NO, m, n, k, 0.5f, a.data, a.offset + i * m * k, k, b.data,
                            b.offset + i * bBatch, n, 0f, single.data, single.offset + i * m * n, n);
                }
                together.assertGuarded("C");
                Close.assertSameBits(single.data, together.data, "products");
            }
        }
    }
}
