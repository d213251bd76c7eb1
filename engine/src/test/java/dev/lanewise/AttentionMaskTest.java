package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows, biases and all that they combine with, for every implementation, against the oracle in double. */
@ExtendWith(Seeds.class)
final class AttentionMaskTest {
    private static final int[][] SHAPES = {{1, 1}, {1, 40}, {9, 33}, {40, 40}, {70, 20}, {130, 131}};

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyWindowMatches(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : SHAPES) {
                for (int[] window : new int[][] {{0, 0}, {3, 0}, {5, 2}, {-1, 4}, {17, -1}, {200, 200}}) {
                    for (boolean causal : new boolean[] {false, true}) {
                        int[] lengths = random.nextBoolean() ? null : random.ints(2, 0, s[1] + 1).toArray();
                        AttentionCase attention = new AttentionCase(
                                random, 2, 1, s[0], s[1], 16, new AttentionMask(causal, lengths));
                        attention.window(window[0], window[1]).run(engine).check();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void biasIsSharedByItemsAndHeadsAsItsStridesSay(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (boolean byItems : new boolean[] {false, true}) {
                for (boolean byHeads : new boolean[] {false, true}) {
                    new AttentionCase(random, 2, 3, 35, 41, 16, AttentionMask.none()).bias(byItems, byHeads)
                            .run(engine).check();
                    AttentionCase.ragged(random, 2, 1, new int[] {5, 0, 37}, new int[] {9, 4, 37}, 8)
                            .bias(byItems, byHeads).run(engine).check();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everythingAtOnceMatches(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int round = 0; round < 12; round++) {
                int[] queries = random.ints(3, 0, 60).toArray();
                int[] keys = random.ints(3, 0, 60).toArray();
                int[] lengths = new int[3];
                for (int b = 0; b < 3; b++) {
                    lengths[b] = random.nextInt(keys[b] + 1);
                }
                AttentionCase attention = AttentionCase.ragged(random, 4, 2, queries, keys, 1 + random.nextInt(40));
                attention.mask(new AttentionMask(random.nextBoolean(), lengths)).window(random.nextInt(40), 10)
                        .bias(random.nextBoolean(), random.nextBoolean()).dropout(0.25f);
                attention.run(engine).check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void biasOfNegativeInfinityIsAMask(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase attention = new AttentionCase(random, 1, 2, 50, 50, 32, AttentionMask.causal());
            attention.run(engine);
            Block triangle = Block.of(random, 50, 50, () -> 0);
            for (int i = 0; i < 50; i++) {
                for (int j = i + 1; j < 50; j++) {
                    triangle.set(i, j, Float.NEGATIVE_INFINITY);
                }
            }
            Block[] causal = attention.results();
            attention.mask(
                    AttentionMask.bias(new Matrix(triangle.data, triangle.offset, 50, 50, triangle.ld)));
            attention.run(engine);
            for (int result = 0; result < causal.length; result++) {
                Block expected = causal[result];
                for (int r = 0; r < expected.rows; r++) {
                    for (int c = 0; c < expected.cols; c++) {
                        Close.assertWithin(
                                expected.get(r, c), attention.results()[result].get(r, c), 1e-5,
                                "result " + result + " at row " + r);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void rowWithABiasOfNegativeInfinitiesYieldsZerosAndNoGradient(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            int n = 45;
            AttentionCase attention = new AttentionCase(random, 1, 1, n, n, 16, AttentionMask.none());
            float[] bias = new float[n * n];
            java.util.Arrays.fill(bias, 7 * n, 8 * n, Float.NEGATIVE_INFINITY);
            attention.mask(AttentionMask.none().withBias(bias, 0, 0, 0, n)).run(engine);
            assertEquals(Float.NEGATIVE_INFINITY, attention.logSumExp.get(0, 7));
            for (int d = 0; d < 16; d++) {
                assertEquals(0f, attention.out.get(7, d));
                assertEquals(0f, attention.dQ.get(7, d));
            }
            for (Block gradient : new Block[] {attention.dQ, attention.dK, attention.dV}) {
                for (int r = 0; r < n; r++) {
                    for (int d = 0; d < 16; d++) {
                        assertTrue(Float.isFinite(gradient.get(r, d)), "row " + r);
                    }
                }
            }
        }
    }

    @Test
    @Tag("once")
    void limitsThatLimitNothingAreLeftOut() {
        assertBand(AttentionMask.none(), 5, 9, 9, -AttentionCall.UNLIMITED, AttentionCall.UNLIMITED);
        assertBand(AttentionMask.causal(), 5, 9, 9, -AttentionCall.UNLIMITED, 4);
        assertBand(AttentionMask.causal(), 1, 9, 9, -AttentionCall.UNLIMITED, AttentionCall.UNLIMITED);
        assertBand(AttentionMask.causal(), 5, 9, 5, -AttentionCall.UNLIMITED, AttentionCall.UNLIMITED);
        assertBand(AttentionMask.window(3, 1), 5, 9, 9, 1, 5);
        assertBand(AttentionMask.window(8, 8), 5, 9, 9, -AttentionCall.UNLIMITED, AttentionCall.UNLIMITED);
        assertBand(
                AttentionMask.window(Integer.MAX_VALUE, Integer.MAX_VALUE), 5, 9, 9, -AttentionCall.UNLIMITED,
                AttentionCall.UNLIMITED);
        assertBand(AttentionMask.window(2, -1).withCausal(), 9, 9, 9, -2, 0);
    }

    private static void assertBand(AttentionMask mask, int queries, int keys, int validKeys, int low, int high) {
        AttentionCall call = new AttentionCall();
        call.queries = queries;
        call.keys = keys;
        call.validKeys = validKeys;
        mask.band(call);
        assertEquals(low, call.low, mask + " low");
        assertEquals(high, call.high, mask + " high");
    }
}
