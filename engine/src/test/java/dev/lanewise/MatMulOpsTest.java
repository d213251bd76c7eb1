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
    private static final int[] SMALL = {1, 2, 3, 4, 5, 7, 8, 13, 14, 15, 16, 17, 28, 29, 31, 33};

    /** Around what a vector kernel may block by: tile rows, tile columns, panel depth, strips. */
    private static final int[][] LARGE = {
        {14, 32, 191}, {15, 33, 192}, {13, 31, 193}, {191, 17, 256}, {192, 64, 255}, {193, 65, 257}, {97, 257, 383},
        {29, 255, 384}, {28, 256, 385}, {1, 384, 768}, {385, 1, 97}, {2, 129, 513}, {255, 383, 5}, {257, 385, 33},
        {64, 512, 64}, {128, 128, 128}, {3, 9000, 9}, {1500, 5, 40}, {6, 700, 31}, {43, 47, 1031},
        {30, 640, 383}, {27, 641, 512}, {13, 288, 1100}, {29, 289, 639}, {5, 513, 640}, {160, 160, 160},
        {161, 160, 159}, {159, 161, 161}, {3, 63, 64}, {64, 64, 65}, {287, 256, 288}, {20, 384, 70}, {11, 385, 300}
    };

    /** One row, one column, a depth of one, and what is next to them. */
    private static final int[][] THIN = {
        {1, 1, 1}, {1, 1, 1100}, {1, 700, 1100}, {700, 1, 1100}, {1, 9001, 3}, {9001, 1, 3}, {1, 65, 64}, {65, 1, 64},
        {70, 530, 1}, {1, 530, 1}, {530, 1, 1}, {2, 530, 2}, {2, 2, 5000}, {530, 2, 33}, {1, 3, 70_000}, {3, 1, 70_000}
    };

    private static final Transpose[] BOTH = Transpose.values();

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void smallShapesMatchInAllTranspositions(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int m : SMALL) {
                for (int n : SMALL) {
                    int k = SMALL[random.nextInt(SMALL.length)];
                    for (Transpose ta : BOTH) {
                        for (Transpose tb : BOTH) {
                            MatMulCase product = MatMulCase.of(random, ta, tb, m, n, k, 1f, 0f);
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
                    MatMulCase product = MatMulCase.of(random, ta, tb, s[0], s[1], s[2], 1f,
                            random.nextBoolean() ? 0f : 1f);
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
    void thinShapesMatchWithTheSameBitsOnAnyThreads(Implementation implementation, Random random) {
        float[] factors = {1f, 0f, -0.5f};
        for (int[] s : THIN) {
            for (Transpose ta : BOTH) {
                for (Transpose tb : BOTH) {
                    MatMulCase product = MatMulCase.of(
                            random, ta, tb, s[0], s[1], s[2], random.nextBoolean() ? 1f : -1.5f,
                            factors[random.nextInt(3)]);
                    Block first = null;
                    for (Engine engine : Engines.threads(implementation)) {
                        Block out = product.run(engine);
                        if (first == null) {
                            first = out;
                            product.check(out);
                        }
                        Close.assertSameBits(
                                first.data, out.data, product + " on " + engine.info().threads() + " threads");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void equalRowsAndColumnsGiveEqualBitsWhereverTheyLie(Implementation implementation, Random random) {
        int[][] shapes = {{30, 70, 40}, {29, 101, 391}, {61, 643, 700}, {201, 203, 207}};
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : shapes) {
                for (Transpose ta : BOTH) {
                    for (Transpose tb : BOTH) {
                        MatMulCase product = MatMulCase.of(random, ta, tb, s[0], s[1], s[2], 0.7f, 0f);
                        for (int p = 0; p < s[2]; p++) {
                            for (int i = 1; i < s[0]; i++) {
                                product.setA(i, p, (float) product.a(0, p));
                            }
                            for (int j = 1; j < s[1]; j++) {
                                product.setB(p, j, (float) product.b(p, 0));
                            }
                        }
                        Block out = product.run(engine);
                        float[] same = new float[s[0] * s[1]];
                        float[] all = new float[same.length];
                        for (int i = 0; i < all.length; i++) {
                            same[i] = out.get(0, 0);
                            all[i] = out.get(i / s[1], i % s[1]);
                        }
                        Close.assertSameBits(same, all, product + ", element by element");
                    }
                }
            }
        }
    }

    /** Products of all sizes cut the depth in the same places, so a batch has the bits of its items. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void fewRowsHaveTheBitsThatTheyHaveAmongMany(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int k : new int[] {2, 63, 200, 241, 257, 300, 400, 480, 512, 700}) {
                for (int n : new int[] {5, 16, 40, 64}) {
                    MatMulCase many = MatMulCase.of(random, Transpose.NO, Transpose.NO, 150, n, k, 1f, 0f);
                    MatMulCase few = MatMulCase.of(random, Transpose.NO, Transpose.NO, 3, n, k, 1f, 0f);
                    for (int p = 0; p < k; p++) {
                        for (int i = 0; i < 3; i++) {
                            few.setA(i, p, (float) many.a(i, p));
                        }
                        for (int j = 0; j < n; j++) {
                            few.setB(p, j, (float) many.b(p, j));
                        }
                    }
                    Block of150 = many.run(engine);
                    Block of3 = few.run(engine);
                    for (int i = 0; i < 3; i++) {
                        for (int j = 0; j < n; j++) {
                            Close.assertSameBits(
                                    new float[] {of150.get(i, j)}, new float[] {of3.get(i, j)},
                                    few + ", element " + i + ", " + j);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void emptyResultsAreNotTouched(Implementation implementation, Random random) {
        for (Engine engine : Engines.threads(implementation)) {
            for (int[] s : new int[][] {{0, 5, 7}, {5, 0, 7}, {0, 0, 0}, {0, 1, 0}}) {
                for (Transpose ta : BOTH) {
                    MatMulCase product = MatMulCase.of(random, ta, ta, s[0], s[1], s[2], 1f, 0f);
                    product.run(engine).assertUnchanged("C");
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
                        MatMulCase product = MatMulCase.of(
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
                MatMulCase product = new MatMulCase(
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
            MatMulCase product = new MatMulCase(
                    Transpose.NO, Transpose.NO, 17, 19, 23, 0f, Block.unset(random, 17, 23),
                    Block.unset(random, 23, 19),
                    2f, Block.normal(random, 17, 19));
            Block out = product.run(engine);
            for (int i = 0; i < 17; i++) {
                for (int j = 0; j < 19; j++) {
                    Close.assertWithin(2 * product.c().original(i, j), out.get(i, j), 0, "C");
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
                            MatMulCase product = MatMulCase.of(random, ta, tb, s[0], s[1], s[2], 1f, 0f);
                            product.a().set(random.nextInt(product.a().rows), random.nextInt(product.a().cols),
                                    special);
                            product.b().set(random.nextInt(product.b().rows), random.nextInt(product.b().cols),
                                    special);
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
            MatMulCase product = new MatMulCase(Transpose.NO, Transpose.NO, 20, 40, 30, 1f, a, b, 0f,
                    Block.unset(random, 20, 40));
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
            MatMulCase product = MatMulCase.of(random, Transpose.NO, Transpose.NO, m, n, k, 1f, 0f);
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
                Close.assertWithin(right, (float) left, MatMulCase.C * EPS * size, "row " + i);
            }
        }
    }
}
