package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the attention kernels promise to those who split a head: bands, biases, dropout, parts of queries and of keys. */
@ExtendWith(Seeds.class)
final class AttentionKernelsTest {
    /** Queries, keys, headDim: around the edges of vectors, tiles and blocks, either side longer. */
    private static final int[][] SHAPES = {
        {1, 1, 1}, {1, 70, 16}, {70, 1, 16}, {5, 7, 3}, {33, 47, 17}, {97, 49, 64}, {130, 131, 24}, {40, 300, 32},
        {200, 100, 65}, {193, 257, 8}, {20, 30, 256}, {21, 50, 131}
    };

    private static AttentionKernels kernels(Implementation implementation) {
        return Engines.kernels(implementation).attention();
    }

    /** A band around a random diagonal, or open on one side. */
    private static HeadCase randomBand(Random random, HeadCase head) {
        int shift = random.nextInt(-head.call.queries, head.call.keys);
        int width = random.nextInt(Math.max(2, head.call.keys));
        return switch (random.nextInt(4)) {
            case 0 -> head;
            case 1 -> head.band(-AttentionCall.UNLIMITED, shift);
            case 2 -> head.band(shift, AttentionCall.UNLIMITED);
            default -> head.band(shift, shift + width);
        };
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void bandsOnAndBesideTheDiagonalMatch(Implementation implementation, Random random) {
        for (int[] s : SHAPES) {
            int shift = s[1] - s[0];
            int[][] bands = {
                {-AttentionCall.UNLIMITED, shift}, {shift, AttentionCall.UNLIMITED}, {shift, shift},
                {shift - 3, shift + 2}, {shift - 60, shift}, {-s[0] - 5, -s[0]}, {s[1], s[1] + 9}, {shift + 1, shift}
            };
            for (int n = random.nextInt(2); n < bands.length; n += 2) {
                int[] band = bands[n];
                int valid = random.nextBoolean() ? s[1] : random.nextInt(s[1] + 1);
                HeadCase head = new HeadCase(random, s[0], s[1], s[2]).band(band[0], band[1]).validKeys(valid);
                head.run(kernels(implementation)).check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void biasIsAddedAndMasksWhereItIsNegativeInfinity(Implementation implementation, Random random) {
        for (int[] s : SHAPES) {
            HeadCase head = new HeadCase(random, s[0], s[1], s[2]).bias().validKeys(random.nextInt(s[1] + 1));
            head.run(kernels(implementation)).check();
            HeadCase banded = randomBand(random, new HeadCase(random, s[0], s[1], s[2]).bias());
            banded.run(kernels(implementation)).check();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void oneRowOfBiasServesAllQueries(Implementation implementation, Random random) {
        HeadCase head = new HeadCase(random, 50, 60, 16);
        Block row = Block.vector(random, 60);
        head.bias = Block.of(random, 50, 60, () -> 0);
        for (int i = 0; i < 50; i++) {
            for (int j = 0; j < 60; j++) {
                head.bias.set(i, j, row.get(0, j));
            }
        }
        head.call.bias = row.data;
        head.call.biasOffset = row.offset;
        head.call.biasRowStride = 0;
        head.run(kernels(implementation)).check();
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void dropoutFollowsTheCountersOfItsWeights(Implementation implementation, Random random) {
        for (int[] s : SHAPES) {
            HeadCase head = randomBand(random, new HeadCase(random, s[0], s[1], s[2])).dropout(0.3f);
            head.run(kernels(implementation)).check();
        }
        HeadCase all = new HeadCase(random, 33, 40, 16).bias().validKeys(37).dropout(0.75f);
        all.run(kernels(implementation)).check();
    }

    /** The lower half of the counter starts anew within a row. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void dropoutCountsBeyondInt(Implementation implementation, Random random) {
        HeadCase head = new HeadCase(random, 20, 70, 16).dropout(0.5f);
        head.call.dropoutIndex = (5L << 32) - 10 * 70 - 33;
        head.run(kernels(implementation)).check();
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everythingDroppedLeavesZeros(Implementation implementation, Random random) {
        HeadCase head = new HeadCase(random, 20, 30, 16).dropout(1f).run(kernels(implementation));
        for (Block block : new Block[] {head.out, head.dQ, head.dK, head.dV}) {
            for (int r = 0; r < block.rows; r++) {
                for (int c = 0; c < block.cols; c++) {
                    assertEquals(0f, Math.abs(block.get(r, c)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void anyCutOfTheQueriesGivesTheSameBits(Implementation implementation, Random random) {
        for (int[] s : SHAPES) {
            HeadCase head = any(random, s);
            kernels(implementation).forward(head.call, 0, s[0]);
            Block out = head.out;
            Block logSumExp = head.logSumExp;
            head.out = Block.unset(random, s[0], s[2]);
            head.logSumExp = Block.unsetDense(random, 1, s[0]);
            head.call.out = head.out.data;
            head.call.outOffset = head.out.offset;
            head.call.outRowStride = head.out.ld;
            head.call.logSumExp = head.logSumExp.data;
            head.call.logSumExpOffset = head.logSumExp.offset;
            int from = 0;
            while (from < s[0]) {
                int to = Math.min(s[0], from + 1 + random.nextInt(40));
                kernels(implementation).forward(head.call, from, to);
                from = to;
            }
            assertSameBits(out, head.out, head + " out");
            assertSameBits(logSumExp, head.logSumExp, head + " logSumExp");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void partsOfTheKeysAddUpToTheWhole(Implementation implementation, Random random) {
        for (int[] s : SHAPES) {
            HeadCase head = any(random, s);
            kernels(implementation).forward(head.call, 0, s[0]);
            int from = 0;
            do {
                int to = Math.min(s[1], from + 1 + random.nextInt(70));
                head.call.addQueryGradient = from > 0;
                kernels(implementation).backward(head.call, from, to);
                from = to;
            } while (from < s[1]);
            head.assertGuarded();
            head.check();
        }
    }

    /** Whoever gives each part a dQ of its own and adds them up afterwards gets what parts get that add to one dQ. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void partThatAddsMakesOneAdditionPerElementOfDQ(Implementation implementation, Random random) {
        for (int[] s : SHAPES) {
            HeadCase head = any(random, s);
            kernels(implementation).forward(head.call, 0, s[0]);
            int from = random.nextInt(s[1]);
            int to = from + 1 + random.nextInt(s[1] - from);
            kernels(implementation).backward(head.call, from, to);
            Block alone = head.dQ;
            Block before = Block.normal(random, s[0], s[2]);
            head.gradients(before.copy(), head.dK, head.dV);
            head.call.addQueryGradient = true;
            kernels(implementation).backward(head.call, from, to);
            for (int i = 0; i < s[0]; i++) {
                for (int d = 0; d < s[2]; d++) {
                    assertEquals(before.get(i, d) + alone.get(i, d), head.dQ.get(i, d), head + " dQ of query " + i);
                }
            }
            head.assertGuarded();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void keyGradientsAreAddedWhereToldSo(Implementation implementation, Random random) {
        for (int[] s : SHAPES) {
            HeadCase head = any(random, s).run(kernels(implementation));
            double[][] dK = HeadCase.rows(head.dK);
            double[][] dV = HeadCase.rows(head.dV);
            Block beforeK = Block.normal(random, s[1], s[2]);
            Block beforeV = Block.normal(random, s[1], s[2]);
            head.gradients(head.dQ, beforeK.copy(), beforeV.copy());
            head.call.addKeyGradient = true;
            kernels(implementation).backward(head.call, 0, s[1]);
            head.assertGuarded();
            for (int j = 0; j < s[1]; j++) {
                for (int d = 0; d < s[2]; d++) {
                    assertSum(beforeK.get(j, d), dK[j][d], s[0], head.dK.get(j, d), head + " dK of key " + j);
                    assertSum(beforeV.get(j, d), dV[j][d], s[0], head.dV.get(j, d), head + " dV of key " + j);
                }
            }
        }
    }

    private static void assertSum(double before, double added, int terms, float found, String what) {
        double bound = Close.EPS * (1 + terms / 4.0) * (Math.abs(before) + Math.abs(added) + 1);
        Close.assertWithin(before + added, found, bound, what);
    }

    /** Keys outside the part are neither read for dK and dV nor written. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void partOfTheKeysLeavesTheOthersAlone(Implementation implementation, Random random) {
        HeadCase head = new HeadCase(random, 50, 90, 16);
        kernels(implementation).forward(head.call, 0, 50);
        Block dK = Block.normal(random, 90, 16);
        Block dV = Block.normal(random, 90, 16);
        head.gradients(head.dQ, dK.copy(), dV.copy());
        kernels(implementation).backward(head.call, 31, 64);
        for (int j = 0; j < 90; j++) {
            boolean inside = j >= 31 && j < 64;
            assertEquals(!inside, dK.get(j, 0) == head.dK.get(j, 0), "dK of key " + j);
            assertEquals(!inside, dV.get(j, 0) == head.dV.get(j, 0), "dV of key " + j);
        }
    }

    /** Values that are masked by the band or lie behind the last valid key may hold anything. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void whatNobodySeesIsNotUsed(Implementation implementation, Random random) {
        int queries = 40;
        int keys = 230;
        HeadCase head = new HeadCase(random, queries, keys, 16).band(50, 80).validKeys(100);
        for (int j = 0; j < keys; j++) {
            if (j < 50 || j >= 100) {
                for (int d = 0; d < 16; d++) {
                    head.k.set(j, d, Float.NaN);
                    head.v.set(j, d, Float.POSITIVE_INFINITY);
                }
            }
        }
        head.run(kernels(implementation));
        for (Block block : new Block[] {head.out, head.logSumExp, head.dQ, head.dK, head.dV}) {
            for (int r = 0; r < block.rows; r++) {
                for (int c = 0; c < block.cols; c++) {
                    assertEquals(true, Float.isFinite(block.get(r, c)), head + " row " + r);
                }
            }
        }
    }

    private static HeadCase any(Random random, int[] s) {
        HeadCase head = randomBand(random, new HeadCase(random, s[0], s[1], s[2]));
        if (random.nextInt(3) == 0) {
            head.bias();
        }
        if (random.nextInt(3) == 0) {
            head.dropout(0.2f);
        }
        return random.nextInt(3) == 0 ? head.validKeys(random.nextInt(s[1] + 1)) : head;
    }

    private static void assertSameBits(Block expected, Block actual, String what) {
        for (int r = 0; r < expected.rows; r++) {
            for (int c = 0; c < expected.cols; c++) {
                assertEquals(
                        Float.floatToIntBits(expected.get(r, c)), Float.floatToIntBits(actual.get(r, c)),
                        what + " at row " + r + ", column " + c);
            }
        }
    }
}
