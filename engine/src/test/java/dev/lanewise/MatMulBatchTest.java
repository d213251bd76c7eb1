package dev.lanewise;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of a batch of products, for every implementation. */
@ExtendWith(Seeds.class)
final class MatMulBatchTest {
    private static final int[][] SHAPES = {
        {1, 1, 1}, {1, 9, 5}, {9, 1, 5}, {6, 8, 1}, {14, 16, 7}, {15, 33, 31}, {31, 45, 27}, {5, 64, 40}, {30, 65, 64},
        {13, 70, 383}, {7, 257, 33}, {3, 300, 390}, {2, 530, 520}, {64, 64, 32}, {50, 20, 64}
    };

    private static final Transpose[] BOTH = Transpose.values();
    private static final float[] BETAS = {0f, 1f, -0.5f};

    /**
     * Products of one shape. Each operand of the batch is one row of a block, so that gaps within and between them are
     * guarded.
     */
    private record Batch(
            int batch, Transpose ta, Transpose tb, int m, int n, int k, float alpha, Block a, int lda, int aBatch,
            Block b,
            int ldb, int bBatch, float beta, Block c, int ldc) {
        static Batch of(Random random, int batch, int[] s, float alpha, float beta) {
            Transpose ta = BOTH[random.nextInt(2)];
            Transpose tb = BOTH[random.nextInt(2)];
            int m = s[0];
            int n = s[1];
            int k = s[2];
            int aRows = ta == Transpose.NO ? m : k;
            int bRows = tb == Transpose.NO ? k : n;
            int lda = (ta == Transpose.NO ? k : m) + random.nextInt(3);
            int ldb = (tb == Transpose.NO ? n : k) + random.nextInt(3);
            int ldc = n + random.nextInt(3);
            Block a = Block.normal(random, batch, aRows * lda);
            Block b = Block.normal(random, batch, bRows * ldb);
            Block c = Block.normal(random, batch, m * ldc);
            for (int i = 0; i < batch && beta == 0f; i++) {
                for (int r = 0; r < m; r++) {
                    for (int j = 0; j < n; j++) {
                        c.set(i, r * ldc + j, Float.NaN);
                    }
                }
            }
            return new Batch(
                    batch, ta, tb, m, n, k, alpha, a, lda, random.nextInt(3) == 0 ? 0 : a.ld, b, ldb,
                    random.nextInt(3) == 0 ? 0 : b.ld, beta, c, ldc);
        }

        Block run(Engine engine) {
            Block out = c.copy();
            engine.matMul().multiplyBatch(
                    batch, ta, tb, m, n, k, alpha, a.data, a.offset, lda, aBatch, b.data, b.offset, ldb, bBatch, beta,
                    out.data, out.offset, ldc, out.ld);
            a.assertUnchanged("A");
            b.assertUnchanged("B");
            out.assertGuarded("C");
            return out;
        }

        /** One product after the other. */
        Block single(Engine engine) {
            Block out = c.copy();
            for (int i = 0; i < batch; i++) {
                engine.matMul().multiply(
                        ta, tb, m, n, k, alpha, a.data, a.offset + i * aBatch, lda, b.data, b.offset + i * bBatch, ldb,
                        beta, out.data, out.offset + i * out.ld, ldc);
            }
            return out;
        }

        @Override
        public String toString() {
            return batch + " times op(A) " + ta + " [" + m + " x " + k + "], op(B) " + tb + " [" + k + " x " + n
                    + "], alpha " + alpha + ", beta " + beta + ", distances " + aBatch + " and " + bBatch;
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void batchGivesTheBitsOfItsSingleProductsOnAnyThreads(Implementation implementation, Random random) {
        for (int batch : new int[] {1, 2, 3, 7, 9, 20}) {
            for (int[] s : SHAPES) {
                float beta = BETAS[random.nextInt(BETAS.length)];
                Batch products = Batch.of(random, batch, s, random.nextBoolean() ? 1f : 0.3f, beta);
                Block expected = null;
                for (Engine engine : Engines.threads(implementation)) {
                    if (expected == null) {
                        expected = products.single(engine);
                    }
                    Close.assertSameBits(
                            expected.data, products.run(engine).data,
                            products + " on " + engine.info().threads() + " threads");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void manySmallProductsMatchOnAnyThreads(Implementation implementation, Random random) {
        Batch products = Batch.of(random, 700, new int[] {11, 13, 9}, 1f, 1f);
        for (Engine engine : Engines.threads(implementation)) {
            Close.assertSameBits(products.single(engine).data, products.run(engine).data, products.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void withoutAProductOnlyBetaCounts(Implementation implementation, Random random) {
        for (Engine engine : Engines.threads(implementation)) {
            for (float beta : BETAS) {
                for (int k : new int[] {0, 12}) {
                    Batch products = Batch.of(random, 5, new int[] {9, 21, k}, k == 0 ? 1f : 0f, beta);
                    if (k > 0) {
                        products.a.set(2, 3, Float.NaN);
                    }
                    Block out = products.run(engine);
                    for (int i = 0; i < 5; i++) {
                        for (int at = 0; at < 9 * products.ldc; at++) {
                            float before = products.c.original(i, at);
                            float scaled = beta == 0f ? 0f : beta * before;
                            float expected = at % products.ldc < 21 ? scaled : before;
                            Close.assertWithin(expected, out.get(i, at), 0, products + " at " + at);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void emptyBatchesAndResultsAreNotTouched(Implementation implementation, Random random) {
        for (Engine engine : Engines.threads(implementation)) {
            for (int[] s : new int[][] {{3, 0, 5, 7}, {3, 5, 0, 7}, {0, 5, 5, 7}, {2, 0, 0, 0}}) {
                Batch products = Batch.of(random, s[0], new int[] {s[1], s[2], s[3]}, 1f, 0f);
                products.run(engine).assertUnchanged("C");
            }
        }
    }
}
