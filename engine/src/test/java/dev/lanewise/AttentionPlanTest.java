package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** That plans cover everything once, start with the largest parts, and leave no thread with much more than its share. */
@Tag("once")
@ExtendWith(Seeds.class)
final class AttentionPlanTest {
    private final AttentionPlan plan = new AttentionPlan();

    private static AttentionShape ragged(int heads, int keyValueHeads, int... lengths) {
        int[] starts = new int[lengths.length + 1];
        for (int b = 0; b < lengths.length; b++) {
            starts[b + 1] = starts[b] + lengths[b];
        }
        int cols = heads * 8;
        return AttentionShape.ragged(
                lengths.length, heads, keyValueHeads, 8, starts, starts, cols, cols, cols, cols);
    }

    @Test
    void everyQueryAndEveryKeyIsInOnePart(Random random) {
        for (int round = 0; round < 200; round++) {
            int batch = random.nextInt(5);
            int most = random.nextBoolean() ? 300 : 20_000;
            AttentionShape shape = ragged(4, 2, random.ints(batch, 0, most).toArray());
            AttentionMask mask = random.nextBoolean() ? AttentionMask.none() : AttentionMask.causal();
            int threads = 1 + random.nextInt(9);
            plan.forward(shape, mask, threads);
            assertCovers(shape, 4);
            plan.backward(shape, mask, threads);
            assertCovers(shape, 2);
        }
    }

    private void assertCovers(AttentionShape shape, int heads) {
        for (int b = 0; b < shape.batch(); b++) {
            int[] seen = new int[heads * shape.queries(b)];
            for (int part = 0; part < plan.parts(); part++) {
                if (plan.item(part) == b) {
                    for (int i = plan.from(part); i < plan.to(part); i++) {
                        seen[plan.head(part) * shape.queries(b) + i]++;
                    }
                }
            }
            assertTrue(Arrays.stream(seen).allMatch(n -> n == 1), shape + ", item " + b);
        }
    }

    private double work(AttentionShape shape, AttentionMask mask, int part) {
        AttentionCall call = new AttentionCall();
        AttentionPlan.item(call, shape, mask, plan.item(part));
        double pairs = 0;
        for (int i = plan.from(part); i < plan.to(part); i++) {
            pairs += call.endKey(i) - call.firstKey(i);
        }
        return pairs;
    }

    @Test
    void threadsThatClaimPartAfterPartFinishTogether(Random random) {
        for (AttentionMask mask : new AttentionMask[] {
            AttentionMask.none(), AttentionMask.causal(), AttentionMask.window(500, 0)
        }) {
            for (int threads : new int[] {2, 3, 8}) {
                assertBalanced(ragged(1, 1, 8192), mask, threads, 1.15);
                assertBalanced(ragged(8, 8, 2048), mask, threads, 1.15);
                assertBalanced(ragged(4, 4, random.ints(32, 20, 512).toArray()), mask, threads, 1.15);
                assertBalanced(ragged(2, 2, 4000, 30, 20, 10), mask, threads, 1.15);
            }
        }
    }

    /** Gives each part to the thread that is done first. */
    private void assertBalanced(AttentionShape shape, AttentionMask mask, int threads, double bound) {
        plan.forward(shape, mask, threads);
        double[] busy = new double[threads];
        double last = Double.POSITIVE_INFINITY;
        for (int part = 0; part < plan.parts(); part++) {
            double work = work(shape, mask, part);
            assertTrue(work <= last * 1.0001, "the largest part comes first");
            last = work;
            Arrays.sort(busy);
            busy[0] += work;
        }
        double most = Arrays.stream(busy).max().getAsDouble();
        double mean = Arrays.stream(busy).average().getAsDouble();
        assertTrue(most <= bound * mean, shape + ", " + mask + ", " + threads + " threads: " + Arrays.toString(busy));
    }

    @Test
    void chunksFollowFromTheKeysAloneAndAreFew() {
        assertEquals(1, AttentionPlan.chunks(0));
        assertEquals(1, AttentionPlan.chunks(1024));
        assertEquals(2, AttentionPlan.chunks(1025));
        assertEquals(8, AttentionPlan.chunks(8192));
        for (int keys = 1; keys < 1 << 30; keys += 1 + keys / 7) {
            assertTrue(AttentionPlan.chunks(keys) <= 8, "for " + keys + " keys");
        }
    }

    @Test
    void chunksArePartsOfTheirOwnWhereAnItemIsALargeShare() {
        plan.backward(ragged(1, 1, 4096), AttentionMask.none(), 2);
        assertTrue(plan.split(0));
        assertEquals(4, plan.parts());
        assertEquals(3 * 4096 * 8, plan.partialsLength());
        plan.backward(ragged(1, 1, 4096), AttentionMask.none(), 1);
        assertFalse(plan.split(0));
        assertEquals(0, plan.partialsLength());
        plan.backward(ragged(32, 32, 4096), AttentionMask.none(), 2);
        assertFalse(plan.split(0));
        plan.backward(ragged(1, 1, 900, 4096, 30), AttentionMask.causal(), 2);
        assertTrue(plan.split(1));
        assertFalse(plan.split(0));
        assertEquals(0, plan.from(0), "the first keys are seen by most queries");
    }
}
