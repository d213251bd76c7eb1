package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.runtime.CacheSizes;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Processor;
import dev.lanewise.runtime.Workers;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Products as other machines than this one cut them: small integers, whose sums are exact. */
class BlockedProductTest {
    private static final float GUARD = -77f;

    private static final CacheSizes SMALL = new CacheSizes(4 << 10, 16 << 10, 64 << 10);
    private static final CacheSizes USUAL = new CacheSizes(32 << 10, 1 << 20, 32 << 20);

    @BeforeAll
    static void theVectorApiIsThere() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void everyMachineGetsTheSameSums() {
        for (CacheSizes caches : new CacheSizes[] {SMALL, USUAL}) {
            for (Processor processor : new Processor[] {new Processor(false, 2), new Processor(true, 1)}) {
                Blocking blocking = Blocking.of(caches, processor, RegisterTile.MR, RegisterTile.NR);
                for (int[] shape : new int[][] {{1, 1, 1}, {14, 32, 70}, {29, 300, 20}, {45, 333, 600}, {70, 40, 5},
                    {3, 97, 33}, {45, 160, 100}, {16, 20, 2500}}) {
                    for (boolean transposed : new boolean[] {false, true}) {
                        check(blocking, shape[0], shape[1], shape[2], transposed, 1f, 0f);
                        check(blocking, shape[0], shape[1], shape[2], transposed, 2f, 1f);
                    }
                }
            }
        }
    }

    @Test
    void copiedRowsKeepTheirDistanceAndTheirFactor() {
        float[] source = {0, 1, 2, 3, 4, 5, 6, 7, 8};
        float[] panel = new float[2 * 6 + 3];
        Packing.copyRows(2, 3, 2f, source, 1, 4, panel, 1, 6);
        assertEquals("0 2 4 6 0 0 0 10 12 14 0 0 0 0 0", text(panel));
    }

    private static void check(
            Blocking blocking, int m, int n, int k, boolean transposed, float alpha, float beta) {
        Random random = new Random(m * 31L + n * 7L + k);
        float[] a = integers(random, m * k);
        float[] b = integers(random, k * n);
        int ldc = n + 3;
        float[] c = new float[m * ldc];
        Arrays.fill(c, GUARD);
        float[] before = c.clone();
        Pool<BlockedProduct> loops = new Pool<>(() -> new BlockedProduct(blocking));
        Product product = new Product(loops);
        product.size(m, n, k);
        product.a(alpha, a, 0, transposed ? 1 : k, transposed ? m : 1, 0);
        product.b(b, 0, transposed ? 1 : n, transposed ? k : 1, 0);
        product.c(beta, c, 0, ldc, 0);
        try (Workers workers = Workers.of(1)) {
            product.run(workers, 1, null);
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < ldc; j++) {
                double sum = beta * before[i * ldc + j];
                for (int p = 0; p < k && j < n; p++) {
                    sum += alpha * a[transposed ? p * m + i : i * k + p] * b[transposed ? j * k + p : p * n + j];
                }
                double expected = j < n ? sum : GUARD;
                assertEquals(
                        expected, c[i * ldc + j],
                        m + " x " + n + " x " + k + (transposed ? " transposed " : " ") + blocking + " at " + i + ", "
                                + j);
            }
        }
    }

    private static float[] integers(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(9) - 4;
        }
        return values;
    }

    private static String text(float[] values) {
        StringBuilder text = new StringBuilder();
        for (float value : values) {
            text.append(text.isEmpty() ? "" : " ").append((int) value);
        }
        return text.toString();
    }
}
