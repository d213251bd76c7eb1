package dev.lanewise;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ragged batches, shared heads of keys, one new token against a cache, and the same bits on any number of threads. */
@ExtendWith(Seeds.class)
final class AttentionShapeTest {
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void queryHeadsThatShareAHeadOfKeysMatch(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] heads : new int[][] {{2, 1}, {4, 2}, {6, 2}, {3, 3}, {8, 1}}) {
                AttentionCase.grouped(random, 2, heads[0], heads[1], 33, 47, 16).mask(AttentionMask.causal())
                        .run(engine).check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void raggedBatchMatches(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase.ragged(random, 2, 2, new int[] {7, 0, 1, 130, 33}, new int[] {7, 5, 0, 130, 61}, 16)
                    .run(engine).check();
            AttentionCase.ragged(random, 4, 2, new int[] {50, 3, 97}, new int[] {50, 3, 97}, 24)
                    .mask(AttentionMask.causal()).run(engine).check();
            AttentionCase.ragged(random, 1, 1, new int[] {0, 0}, new int[] {0, 0}, 4).run(engine).check();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void itemOfARaggedBatchHasTheBitsThatItHasAlone(Implementation implementation, Random random) {
        int[] queries = {40, 1, 0, 97, 130};
        int[] keys = {40, 33, 5, 200, 130};
        for (boolean causal : new boolean[] {false, true}) {
            AttentionMask mask = new AttentionMask(causal, null).withWindow(70, -1);
            try (Engine engine = Engines.serial(implementation)) {
                AttentionCase ragged = AttentionCase.ragged(random, 4, 2, queries, keys, 16).mask(mask).run(engine);
                for (int b = 0; b < queries.length; b++) {
                    assertSameAlone(engine, ragged, mask, b);
                }
            }
        }
    }

    private static void assertSameAlone(Engine engine, AttentionCase ragged, AttentionMask mask, int b) {
        int queries = ragged.queries(b);
        int keys = ragged.keys(b);
        AttentionShape shape = AttentionShape.interleaved(
                1, 4, 2, queries, keys, 16, ragged.q.ld, ragged.k.ld, ragged.v.ld, ragged.out.ld);
        int queryRow = ragged.queryStarts[b];
        int keyRow = ragged.keyStarts[b];
        Block out = ragged.out.copy();
        Block dQ = ragged.dQ.copy();
        Block dK = ragged.dK.copy();
        Block dV = ragged.dV.copy();
        float[] logSumExp = new float[4 * queries];
        AttentionTensors tensors = new AttentionTensors()
                .q(ragged.q.data, at(ragged.q, queryRow)).k(ragged.k.data, at(ragged.k, keyRow))
                .v(ragged.v.data, at(ragged.v, keyRow)).out(cleared(out, queryRow, queries), at(out, queryRow))
                .logSumExp(logSumExp, 0).dOut(ragged.dOut.data, at(ragged.dOut, queryRow))
                .dQ(cleared(dQ, queryRow, queries), at(dQ, queryRow)).dK(cleared(dK, keyRow, keys), at(dK, keyRow))
                .dV(cleared(dV, keyRow, keys), at(dV, keyRow));
        AttentionOptions options = new AttentionOptions().mask(mask);
        engine.attention().forward(shape, options, tensors);
        engine.attention().backward(shape, options, tensors);
        Close.assertSameBits(ragged.out.data, out.data, "out of item " + b);
        Close.assertSameBits(ragged.dQ.data, dQ.data, "dQ of item " + b);
        Close.assertSameBits(ragged.dK.data, dK.data, "dK of item " + b);
        Close.assertSameBits(ragged.dV.data, dV.data, "dV of item " + b);
        for (int h = 0; h < 4; h++) {
            double[] expected = ragged.logSumExp(b, h);
            for (int i = 0; i < queries; i++) {
                Close.assertWithin(expected[i], logSumExp[h * queries + i], 0, "logSumExp of item " + b);
            }
        }
    }

    private static int at(Block block, int row) {
        return block.offset + row * block.ld;
    }

    private static float[] cleared(Block block, int from, int count) {
        for (int r = from; r < from + count; r++) {
            for (int c = 0; c < block.cols; c++) {
                block.set(r, c, Float.NaN);
            }
        }
        return block.data;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void newTokenAgainstACacheIsTheLastRowOfTheWhole(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            int tokens = 75;
            int heads = 4;
            int dim = 24;
            AttentionCase whole = AttentionCase.grouped(random, 1, heads, 2, tokens, tokens, dim)
                    .mask(AttentionMask.causal()).run(engine);
            AttentionShape one = AttentionShape.interleaved(
                    1, heads, 2, 1, tokens, dim, whole.q.ld, whole.k.ld, whole.v.ld, heads * dim);
            float[] out = new float[heads * dim];
            engine.attention().forward(
                    one, AttentionMask.causal(), whole.q.data, whole.q.index(tokens - 1, 0), whole.k.data,
                    whole.k.offset, whole.v.data, whole.v.offset, out, 0, null, 0);
            for (int c = 0; c < out.length; c++) {
                Close.assertWithin(whole.out.get(tokens - 1, c), out[c], 1e-5, "column " + c);
            }
        }
    }

    /** Caches of one capacity, filled to different lengths. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void newTokenSeesAllThatIsValidOfACache(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            int[] lengths = {1, 64, 17, 33, 0};
            for (boolean causal : new boolean[] {false, true}) {
                new AttentionCase(random, 5, 2, 1, 64, 32, new AttentionMask(causal, lengths)).run(engine).check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyShapeHasTheSameBitsOnAnyThreads(Implementation implementation, Random random) {
        assertSameBits(
                implementation,
                AttentionCase.ragged(random, 2, 1, new int[] {400, 3, 0, 211, 64}, new int[] {400, 90, 7, 211, 64}, 16)
                        .mask(AttentionMask.causal()).dropout(0.1f));
        assertSameBits(implementation, AttentionCase.grouped(random, 2, 6, 2, 230, 260, 16).window(50, 20));
        assertSameBits(
                implementation,
                new AttentionCase(random, 1, 2, 250, 99, 32, AttentionMask.none()).bias(true, false));
    }

    /** One head and more keys than a chunk: its chunks are parts of their own on several threads. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void chunksOfKeysHaveTheSameBitsOnAnyThreads(Implementation implementation, Random random) {
        assertSameBits(implementation, new AttentionCase(random, 1, 1, 150, 2100, 16, AttentionMask.causal()));
        assertSameBits(
                implementation,
                AttentionCase.ragged(random, 2, 1, new int[] {33, 140}, new int[] {33, 1100}, 8).window(400, 0));
    }

    private static void assertSameBits(Implementation implementation, AttentionCase attention) {
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
