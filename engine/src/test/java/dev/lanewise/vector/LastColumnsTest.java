package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Columns of C as rows of its transpose, beside a sum step by step: products use them only once their tiles are compiled. */
class LastColumnsTest {
    private static final float GUARD = -77f;

    @BeforeAll
    static void theVectorApiIsThere() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void theyHaveTheBitsOfASumStepByStep() {
        int lanes = Lanes.LANES;
        int nr = RegisterTile.NR;
        for (int last = 1; last <= LastColumns.MOST; last++) {
            for (int rows : new int[] {lanes, lanes + 3, nr, nr + 1, nr + lanes, 2 * nr - 1, 3 * nr + 5}) {
                for (int depth : new int[] {lanes, lanes + 1, 3 * lanes - 1, 100}) {
                    for (int form = 0; form < 8; form++) {
                        boolean cold = (last + depth) % 2 == 0;
                        check(rows, last, depth, form % 2 > 0, form / 2 % 2 > 0, form / 4 > 0, cold);
                    }
                }
            }
        }
    }

    private static void check(
            int rows, int last, int depth, boolean transposedA, boolean transposedB, boolean add, boolean cold) {
        String what = last + " columns of " + rows + " rows, depth " + depth + (transposedA ? ", A transposed" : "")
                + (transposedB ? ", B transposed" : "") + (add ? ", added" : "");
        Random random = new Random(31L * rows + depth);
        int lda = (transposedA ? rows : depth) + 3;
        int ldb = (transposedB ? depth : last) + 2;
        int ldc = last + 4;
        float alpha = add ? -1.5f : 1f;
        Product x = new Product(null);
        x.size(rows, last, depth);
        x.a(alpha, values(random, 5 + lda * (transposedA ? depth : rows) - 3), 5, transposedA ? 1 : lda,
                transposedA ? lda : 1, 0);
        x.b(values(random, 7 + ldb * (transposedB ? last : depth) - 2), 7, transposedB ? 1 : ldb,
                transposedB ? ldb : 1, 0);
        float[] c = new float[2 + rows * ldc];
        Arrays.fill(c, GUARD);
        float[] expected = c.clone();
        x.c(add ? 1f : 0f, c, 2, ldc, 0);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < last; j++) {
                float sum = 0f;
                for (int p = 0; p < depth; p++) {
                    sum = Math.fma(alpha * x.a[5 + i * x.aRow + p * x.aCol], x.b[7 + p * x.bRow + j * x.bCol], sum);
                }
                expected[2 + i * ldc + j] = add ? GUARD + sum : sum;
            }
        }
        LastColumns columns = new LastColumns();
        int bStep = transposedB ? x.bCol : x.bRow;
        for (int from = 0; from < rows; from += RegisterTile.NR) {
            columns.multiply(x, from, rows, last, depth, 5, cold, x.b, 7, bStep, add, 2);
        }
        assertArrayEquals(expected, c, what);
    }

    @Test
    void theyPayWhereTheyAreFewOfFewAndAIsDeepOrNear() {
        assumeTrue(Lanes.LANES == 16, "with 512-bit vectors only");
        assertEquals(4, paying(100, 100, 100, false));
        assertEquals(2, paying(8192, 2, 128, true));
        assertEquals(4, paying(100, 100, 32, false), "shallow, with A in L2");
        assertEquals(0, paying(100, 100, 32, true), "shallow, with A in memory");
        assertEquals(0, paying(100, 36, 64, false), "shallow, and few columns");
        assertEquals(0, paying(100, 96, 100, false), "whole tiles");
        assertEquals(0, paying(100, 105, 100, false), "too many");
        assertEquals(0, paying(100, 516, 100, false), "of too many");
        assertEquals(0, paying(15, 100, 100, false), "fewer rows than lanes");
        assertEquals(0, paying(100, 100, 15, false), "fewer steps than lanes");
    }

    private static int paying(int m, int n, int k, boolean cold) {
        Product x = new Product(null);
        x.size(m, n, k);
        return LastColumns.paying(x, m, n, cold);
    }

    private static float[] values(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
