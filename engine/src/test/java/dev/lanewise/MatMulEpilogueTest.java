package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of what follows a product in the same call, for every implementation. */
@ExtendWith(Seeds.class)
final class MatMulEpilogueTest {
    private static final int[][] SMALL = {
        {1, 1, 1}, {1, 7, 5}, {6, 8, 3}, {7, 9, 17}, {13, 15, 4}, {14, 16, 8}, {15, 17, 1}, {28, 31, 12}, {29, 32, 20},
        {30, 33, 7}, {2, 63, 9}, {3, 64, 31}, {5, 65, 16}, {14, 70, 2}, {33, 1, 6}, {1, 33, 70}
    };

    /** Around depth blocks, column blocks and the sizes at which a kernel may take another way. */
    private static final int[][] LARGE = {
        {1, 1, 1100}, {1, 530, 600}, {30, 1, 900}, {2, 70, 383}, {7, 65, 384}, {14, 64, 385}, {15, 63, 511},
        {29, 33, 512}, {30, 70, 513}, {13, 31, 767}, {28, 17, 768}, {3, 69, 1025}, {5, 5, 1100}, {14, 256, 64},
        {15, 257, 200}, {6, 288, 383}, {30, 289, 40}, {29, 384, 129}, {11, 385, 512}, {17, 512, 300}, {12, 521, 520},
        {9, 640, 1024}, {4, 641, 1030}, {16, 1290, 383}, {160, 160, 160}, {161, 159, 163}, {300, 64, 70}, {70, 530, 1}
    };

    private static final Transpose[] BOTH = Transpose.values();
    private static final float[] BETAS = {0f, 1f, -0.5f};

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyCombinationMatchesOnSmallShapes(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : SMALL) {
                for (Transpose ta : BOTH) {
                    for (Transpose tb : BOTH) {
                        float beta = BETAS[random.nextInt(BETAS.length)];
                        MatMulCase product = MatMulCase.of(random, ta, tb, s[0], s[1], s[2], 0.8f, beta);
                        for (EpilogueCase after : EpilogueCase.all(random, s[0], s[1])) {
                            after.check(product, product.run(engine, after.epilogue()));
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
                    float beta = BETAS[random.nextInt(BETAS.length)];
                    MatMulCase product = MatMulCase.of(random, ta, tb, s[0], s[1], s[2], 1f, beta);
                    EpilogueCase after = EpilogueCase.any(random, s[0], s[1]);
                    Block first = null;
                    for (Engine engine : Engines.threads(implementation)) {
                        EpilogueCase own = first == null ? after : after.fresh();
                        Block out = product.run(engine, own.epilogue());
                        if (first == null) {
                            first = out;
                            after.check(product, out);
                        }
                        String where = after + " after " + product + " on " + engine.info().threads() + " threads";
                        Close.assertSameBits(first.data, out.data, where);
                        if (own.z() != null) {
                            Close.assertSameBits(after.z().data, own.z().data, "Z of " + where);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void keepingThePreActivationsDoesNotChangeTheBits(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[][] shapes : new int[][][] {SMALL, LARGE}) {
                for (int[] s : shapes) {
                    float beta = BETAS[random.nextInt(BETAS.length)];
                    MatMulCase product = MatMulCase.of(
                            random, BOTH[random.nextInt(2)], BOTH[random.nextInt(2)], s[0], s[1], s[2], 1f, beta);
                    for (EpilogueCase after : EpilogueCase.all(random, s[0], s[1])) {
                        if (after.z() != null) {
                            Block with = product.run(engine, after.epilogue());
                            Block without = product.run(engine, after.forgetting().epilogue());
                            Close.assertSameBits(without.data, with.data, after + " after " + product);
                        }
                    }
                }
            }
        }
    }

    /** The product is summed in the same order with and without an epilogue, and each step rounds once. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void oneCallGivesWhatSeparateCallsGive(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : LARGE) {
                float beta = BETAS[random.nextInt(BETAS.length)];
                MatMulCase product = MatMulCase.of(
                        random, BOTH[random.nextInt(2)], BOTH[random.nextInt(2)], s[0], s[1], s[2], 1f, beta);
                Block plain = product.run(engine);
                for (EpilogueCase after : EpilogueCase.all(random, s[0], s[1])) {
                    Block fused = product.run(engine, after.epilogue());
                    Block apart = plain.copy();
                    applySeparately(engine, after, apart);
                    for (int i = 0; i < s[0]; i++) {
                        for (int j = 0; j < s[1]; j++) {
                            assertClose(product, after, plain, apart, fused, i, j);
                        }
                    }
                }
            }
        }
    }

    private static void assertClose(
            MatMulCase product, EpilogueCase after, Block plain, Block apart, Block fused, int i, int j) {
        double size = Math.abs(plain.get(i, j)) + (after.bias() == null ? 0 : Math.abs(after.bias().get(0, j)))
                + (after.residual() == null ? 0 : Math.abs(after.residual().get(i, j)));
        Close.assertWithin(
                apart.get(i, j), fused.get(i, j), 4 * EPS * size + 2 * Float.MIN_VALUE,
                () -> after + " after " + product + " at (" + i + ", " + j + ")");
    }

    private static void applySeparately(Engine engine, EpilogueCase after, Block c) {
        for (int i = 0; i < c.rows; i++) {
            int row = c.index(i, 0);
            if (after.bias() != null) {
                engine.elementwise().add(c.cols, c.data, row, after.bias().data, after.bias().offset, c.data, row);
            }
            if (after.x() == null) {
                activate(engine.activation(), after, c.cols, c.data, row);
            } else {
                multiplyByDerivative(engine.activation(), after, c.cols, c.data, row, after.x().index(i, 0));
            }
            if (after.residual() != null) {
                engine.elementwise().add(
                        c.cols, c.data, row, after.residual().data, after.residual().index(i, 0), c.data, row);
            }
        }
    }

    private static void activate(ActivationOps ops, EpilogueCase after, int n, float[] c, int row) {
        if (after.function() != EpilogueCase.Function.NONE) {
            after.function().alone().forward(ops).apply(n, c, row, c, row);
        }
    }

    private static void multiplyByDerivative(
            ActivationOps ops, EpilogueCase after, int n, float[] c, int row, int xRow) {
        if (after.function() != EpilogueCase.Function.NONE) {
            after.function().alone().backward(ops).apply(n, after.x().data, xRow, c, row, c, row);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void specialValuesFollowTheRulesOfTheActivations(Implementation implementation, Random random) {
        float[] specials = {
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, 1e30f, -1e30f, -40f
        };
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : new int[][] {{1, 8, 3}, {15, 37, 20}, {30, 70, 400}}) {
                for (EpilogueCase after : EpilogueCase.all(random, s[0], s[1])) {
                    MatMulCase product = MatMulCase.of(
                            random, BOTH[random.nextInt(2)], BOTH[random.nextInt(2)], s[0], s[1], s[2], 1f, 1f);
                    for (float special : specials) {
                        product.setA(random.nextInt(s[0]), random.nextInt(s[2]), special);
                        product.c().set(random.nextInt(s[0]), random.nextInt(s[1]), special);
                        if (after.bias() != null) {
                            after.bias().set(0, random.nextInt(s[1]), special);
                        }
                        if (after.residual() != null) {
                            after.residual().set(random.nextInt(s[0]), random.nextInt(s[1]), special);
                        }
                    }
                    after.check(product, product.run(engine, after.epilogue()));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void withoutAProductTheEpilogueAppliesToBetaTimesC(Implementation implementation, Random random) {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, 1.5f, -1.5f};
        for (Engine engine : Engines.threads(implementation)) {
            for (int[] s : new int[][] {{1, 1}, {1, 40}, {40, 1}, {13, 33}, {14, 70}, {3, 530}}) {
                for (float beta : BETAS) {
                    for (int k : new int[] {0, 23}) {
                        int[] at = {0};
                        // Where there is a depth, alpha is 0, and operands of NaN must not be read.
                        MatMulCase product = new MatMulCase(
                                Transpose.NO, Transpose.NO, s[0], s[1], k, k == 0 ? 1f : 0f,
                                Block.unset(random, s[0], k), Block.unset(random, k, s[1]), beta,
                                Block.of(random, s[0], s[1], () -> values[at[0]++ % values.length]));
                        for (EpilogueCase after : EpilogueCase.all(random, s[0], s[1])) {
                            after.check(product, product.run(engine, after.epilogue()));
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
            for (int[] s : new int[][] {{0, 5, 7}, {5, 0, 7}, {0, 0, 0}}) {
                MatMulCase product = MatMulCase.of(random, Transpose.NO, Transpose.NO, s[0], s[1], s[2], 1f, 0f);
                for (EpilogueCase after : EpilogueCase.all(random, s[0], s[1])) {
                    product.run(engine, after.epilogue()).assertUnchanged("C");
                    after.check(product, product.c());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void epilogueIsUsedAgainAndChangedBetweenCalls(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            MatMulCase product = MatMulCase.of(random, Transpose.NO, Transpose.YES, 17, 39, 25, 1f, 0f);
            MatMulEpilogue epilogue = new MatMulEpilogue();
            Block plain = product.run(engine);
            Close.assertSameBits(plain.data, product.run(engine, epilogue).data, "an epilogue that does nothing");

            EpilogueCase gelu = new EpilogueCase(
                    Block.normal(random, 1, 39), EpilogueCase.Function.GELU, Block.unset(random, 17, 39), null,
                    Block.normal(random, 17, 39));
            assertSame(epilogue, epilogue.bias(gelu.bias().data, gelu.bias().offset).relu().gelu());
            epilogue.keepPreActivation(gelu.z().data, gelu.z().offset, gelu.z().ld);
            epilogue.residual(gelu.residual().data, gelu.residual().offset, gelu.residual().ld);
            gelu.check(product, product.run(engine, epilogue));
            gelu.check(product, product.run(engine, epilogue));

            EpilogueCase relu = new EpilogueCase(
                    Block.normal(random, 1, 39), EpilogueCase.Function.RELU, null, null, null);
            epilogue.clear().bias(relu.bias().data, relu.bias().offset).relu();
            relu.check(product, product.run(engine, epilogue));
            Close.assertSameBits(plain.data, product.run(engine, epilogue.clear()).data, "a cleared epilogue");
        }
    }

    @Test
    void partsGivenAsMatricesAreTheirArrays() {
        try (Engine engine = Engine.serial()) {
            Matrix a = Matrix.of(new float[] {1, 2, 3, 4}, 2, 2);
            Matrix b = Matrix.of(new float[] {1, 0, -1, 0, 1, -1}, 2, 3);
            Matrix c = Matrix.zeros(2, 3);
            Matrix z = Matrix.zeros(4, 5).slice(1, 2, 2, 3);
            Matrix residual = Matrix.of(new float[] {100, 200, 300, 400, 500, 600}, 2, 3);
            Matrix bias = Matrix.of(new float[] {9, 10, -20, 1}, 1, 4).slice(0, 1, 1, 3);
            MatMulEpilogue epilogue = new MatMulEpilogue().bias(bias).relu().keepPreActivation(z).residual(residual);
            engine.matMul().multiply(a, b, c, epilogue);
            Close.assertSameBits(new float[] {111, 200, 300, 413, 500, 600}, c.data(), "C");
            Close.assertSameBits(
                    new float[] {11, -18, -2, 13, -16, -6},
                    new float[] {z.get(0, 0), z.get(0, 1), z.get(0, 2), z.get(1, 0), z.get(1, 1), z.get(1, 2)}, "Z");
            // [2 x 2] times the transpose of [3 x 2], twice as much, on top of what is there.
            Matrix bT = Matrix.of(new float[] {1, 0, 0, 1, -1, -1}, 3, 2);
            engine.matMul().multiply(
                    Transpose.NO, Transpose.YES, 2f, a, bT, 1f, c, new MatMulEpilogue().bias(bias));
            Close.assertSameBits(new float[] {123, 184, 295, 429, 488, 587}, c.data(), "C");
        }
    }
}
