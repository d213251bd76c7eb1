package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of attention, forward and backward, for every implementation, against the oracle in double. */
@ExtendWith(Seeds.class)
final class AttentionOpsTest {
    private static final int[] DIMS = {1, 3, 4, 8, 15, 16, 17, 32, 33, 48, 64, 80, 128, 160, 256};

    private static final int[] ROWS = {1, 2, 3, 7, 12, 13, 15, 16, 17, 31, 33, 65, 95, 97};

    private static AttentionMask randomMask(Random random, int batch, int keys) {
        int[] lengths = random.ints(batch, 0, keys + 1).toArray();
        return switch (random.nextInt(4)) {
            case 0 -> AttentionMask.none();
            case 1 -> AttentionMask.causal();
            case 2 -> AttentionMask.keyLengths(lengths);
            default -> AttentionMask.causalKeyLengths(lengths);
        };
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyHeadDimAndLengthMatches(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int dim : DIMS) {
                for (int rows : ROWS) {
                    int keys = random.nextInt(3) > 0 ? rows : ROWS[random.nextInt(ROWS.length)];
                    AttentionCase attention = new AttentionCase(
                            random, 2, 1 + random.nextInt(2), rows, keys, dim, randomMask(random, 2, keys));
                    attention.run(engine);
                    attention.check();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyMaskMatchesAroundItsEdges(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int queries : new int[] {1, 5, 16, 40}) {
                for (int keys : new int[] {1, 5, 16, 40}) {
                    int[] lengths = {0, 1, keys, keys - 1, keys / 2};
                    for (AttentionMask mask : new AttentionMask[] {
                        AttentionMask.none(), AttentionMask.causal(), AttentionMask.keyLengths(lengths),
                        AttentionMask.causalKeyLengths(lengths)
                    }) {
                        AttentionCase attention = new AttentionCase(random, 5, 2, queries, keys, 16, mask);
                        attention.run(engine);
                        attention.check();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void longSequencesMatchWithTheSameBitsOnAnyThreads(Implementation implementation, Random random) {
        int[][] shapes = {
            {1, 2, 191, 193, 64}, {1, 1, 192, 192, 64}, {1, 1, 193, 255, 32}, {2, 1, 257, 256, 16},
            {1, 1, 385, 513, 64},
            {1, 1, 600, 130, 17}, {9, 4, 33, 33, 16}
        };
        for (int[] s : shapes) {
            AttentionCase attention = new AttentionCase(
                    random, s[0], s[1], s[2], s[3], s[4], randomMask(random, s[0], s[3]));
            Block[] first = null;
            for (Engine engine : Engines.threads(implementation)) {
                attention.run(engine);
                if (first == null) {
                    first = attention.results();
                    attention.check();
                }
                attention.assertSameBits(first, "on " + engine.info().threads() + " threads");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void queryThatSeesNoKeyYieldsZerosAndNoGradient(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            // Ten queries, four keys, causal: the first six queries come before the first key.
            AttentionCase attention = new AttentionCase(random, 2, 2, 10, 4, 8, AttentionMask.causal());
            attention.run(engine);
            attention.check();
            for (int i = 0; i < 6; i++) {
                assertEquals(Float.NEGATIVE_INFINITY, attention.logSumExp.get(0, i));
                for (int c = 0; c < 16; c++) {
                    assertEquals(0f, attention.out.get(i, c));
                    assertEquals(0f, attention.dQ.get(i, c));
                }
            }
            AttentionCase padding = new AttentionCase(random, 2, 1, 6, 5, 8,
                    AttentionMask.keyLengths(new int[] {0, 3}));
            padding.run(engine);
            padding.check();
            for (int r = 0; r < 10; r++) {
                if (r < 5 || r >= 8) {
                    for (int c = 0; c < 8; c++) {
                        assertEquals(0f, padding.dK.get(r, c), "dK of a key that nobody sees");
                        assertEquals(0f, padding.dV.get(r, c), "dV of a key that nobody sees");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void emptyShapesAreLegal(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : new int[][] {
                {0, 2, 3, 3, 4}, {2, 0, 3, 3, 4}, {2, 2, 0, 3, 4}, {2, 2, 3, 0, 4}, {2, 2, 3, 3, 0}
            }) {
                AttentionCase attention = new AttentionCase(random, s[0], s[1], s[2], s[3], s[4], AttentionMask.none());
                attention.run(engine);
                if (s[4] > 0) {
                    attention.check();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void maskedKeysAndValuesAreNotUsed(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int keys : new int[] {5, 40, 300}) {
                int valid = keys - 3;
                AttentionCase attention = new AttentionCase(
                        random, 1, 1, 37, keys, 16, AttentionMask.keyLengths(new int[] {valid}));
                for (int j = valid; j < keys; j++) {
                    for (int d = 0; d < 16; d++) {
                        attention.k.set(j, d, Float.NaN);
                        attention.v.set(j, d, Float.POSITIVE_INFINITY);
                    }
                }
                attention.run(engine);
                for (Block result : attention.results()) {
                    for (int r = 0; r < result.rows; r++) {
                        for (int c = 0; c < result.cols; c++) {
                            assertTrue(Float.isFinite(result.get(r, c)), attention + " row " + r);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanReachesTheQueriesThatSeeItAndNoOther(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase attention = new AttentionCase(random, 1, 1, 50, 50, 16, AttentionMask.causal());
            attention.q.set(7, 3, Float.NaN);
            attention.k.set(20, 5, Float.NaN);
            attention.v.set(33, 0, Float.NaN);
            attention.run(engine);
            for (int i = 0; i < 50; i++) {
                boolean row = i == 7 || i >= 20;
                assertEquals(row, Float.isNaN(attention.logSumExp.get(0, i)), "logSumExp of query " + i);
                assertEquals(row, Float.isNaN(attention.out.get(i, 1)), "out of query " + i);
                assertEquals(row || i >= 33, Float.isNaN(attention.out.get(i, 0)), "out of query " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void largeScoresNeitherOverflowNorLosePrecision(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (float size : new float[] {4f, 10f, 100f}) {
                AttentionCase attention = new AttentionCase(random, 1, 1, 40, 70, 32, AttentionMask.none());
                for (Block block : new Block[] {attention.q, attention.k}) {
                    for (int r = 0; r < block.rows; r++) {
                        for (int c = 0; c < block.cols; c++) {
                            block.set(r, c, size * block.get(r, c));
                        }
                    }
                }
                attention.run(engine);
                attention.check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void layoutsOfOneAttentionGiveTheSameBits(Implementation implementation, Random random) {
        int batch = 2;
        int heads = 3;
        int rows = 21;
        int dim = 16;
        AttentionCase apart = new AttentionCase(random, batch, heads, rows, rows, dim, AttentionMask.causal());
        int model = heads * dim;
        int fused = 3 * model + 5;
        float[] x = new float[batch * rows * fused];
        float[] dX = new float[x.length];
        Block[] parts = {apart.q, apart.k, apart.v};
        for (int r = 0; r < batch * rows; r++) {
            for (int c = 0; c < 3 * model; c++) {
                x[r * fused + c] = parts[c / model].get(r, c % model);
            }
        }
        AttentionShape shape = AttentionShape.interleaved(
                batch, heads, rows, rows, dim, fused, fused, fused, apart.out.ld);
        try (Engine engine = Engines.serial(implementation)) {
            apart.run(engine);
            Block out = apart.out.copy();
            Block logSumExp = apart.logSumExp.copy();
            engine.attention().forward(
                    shape, apart.mask, x, 0, x, model, x, 2 * model, out.data, out.offset, logSumExp.data,
                    logSumExp.offset);
            engine.attention().backward(
                    shape, apart.mask, x, 0, x, model, x, 2 * model, out.data, out.offset, logSumExp.data,
                    logSumExp.offset,
                    apart.dOut.data, apart.dOut.offset, dX, 0, dX, model, dX, 2 * model);
            Close.assertSameBits(apart.out.data, out.data, "out of a fused array");
            Block[] gradients = {apart.dQ, apart.dK, apart.dV};
            for (int r = 0; r < batch * rows; r++) {
                for (int c = 0; c < fused; c++) {
                    float expected = c < 3 * model ? gradients[c / model].get(r, c % model) : 0f;
                    assertEquals(expected, dX[r * fused + c], "gradient at row " + r + " column " + c);
                }
            }
            headsFirstGivesTheSameBits(engine, apart);
        }
    }

    private static void headsFirstGivesTheSameBits(Engine engine, AttentionCase apart) {
        AttentionShape s = apart.shape;
        AttentionShape shape = AttentionShape.headsFirst(s.batch(), s.heads(), s.queries(), s.keys(), s.headDim());
        float[] q = headsFirst(s, apart.q);
        float[] k = headsFirst(s, apart.k);
        float[] v = headsFirst(s, apart.v);
        float[] out = new float[q.length];
        float[] logSumExp = new float[s.rows()];
        engine.attention().forward(shape, apart.mask, q, 0, k, 0, v, 0, out, 0, logSumExp, 0);
        Close.assertSameBits(headsFirst(s, apart.out), out, "out, heads first");
    }

    private static float[] headsFirst(AttentionShape s, Block block) {
        float[] dense = new float[block.rows * block.cols];
        int at = 0;
        for (int b = 0; b < s.batch(); b++) {
            for (int h = 0; h < s.heads(); h++) {
                for (int r = 0; r < s.queries(); r++) {
                    for (int d = 0; d < s.headDim(); d++) {
                        dense[at++] = block.get(b * s.queries() + r, h * s.headDim() + d);
                    }
                }
            }
        }
        return dense;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void matrixFormIsTheSameAttention(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase attention = new AttentionCase(random, 1, 1, 19, 23, 12, AttentionMask.none());
            attention.run(engine);
            Block out = attention.out.copy();
            engine.attention(
                    view(attention.q), view(attention.k), view(attention.v), view(out), AttentionMask.none());
            Close.assertSameBits(attention.out.data, out.data, "out");
        }
    }

    private static Matrix view(Block block) {
        return new Matrix(block.data, block.offset, block.rows, block.cols, block.ld);
    }
}
