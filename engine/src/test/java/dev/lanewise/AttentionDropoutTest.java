package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dropout of attention weights: statistics, numbers and seeds. Values and gradients are compared with the oracle elsewhere. */
@ExtendWith(Seeds.class)
final class AttentionDropoutTest {
    /** With equal scores and values of one, an output is the share of its weights that were kept, by 1 - p. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void weightsAreDroppedIndependentlyWithTheGivenChance(Implementation implementation, Random random) {
        int heads = 4;
        int queries = 250;
        int keys = 400;
        AttentionShape shape = AttentionShape.headsFirst(1, heads, queries, keys, 1);
        float[] zeros = new float[heads * queries];
        float[] ones = new float[heads * keys];
        java.util.Arrays.fill(ones, 1f);
        float[] out = new float[heads * queries];
        for (float p : new float[] {0.1f, 0.5f, 0.9f}) {
            AttentionTensors tensors = new AttentionTensors().q(zeros, 0).k(ones, 0).v(ones, 0).out(out, 0);
            try (Engine engine = Engines.serial(implementation)) {
                AttentionOptions options = new AttentionOptions().dropout(p, random.nextLong());
                engine.attention().forward(shape, options, tensors);
            }
            double mean = 0;
            double squares = 0;
            // The variance of a share of kept weights: p (1 - p) / keys.
            double deviation = Math.sqrt(p * (1 - p) / keys);
            for (float value : out) {
                double z = (value * (1 - p) - (1 - p)) / deviation;
                mean += z / out.length;
                squares += z * z / out.length;
            }
            assertTrue(Math.abs(mean) < 5 / Math.sqrt(out.length), p + ": mean " + mean);
            assertTrue(Math.abs(squares - 1) < 5 * Math.sqrt(2.0 / out.length), p + ": variance " + squares);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void dropoutOfNothingIsNoDropout(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase attention = new AttentionCase(random, 1, 2, 40, 50, 16, AttentionMask.none()).run(engine);
            var without = attention.results();
            attention.dropout(0f).run(engine).assertSameBits(without, "with a dropout of 0");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void seedDecidesAndLogSumExpDoesNotCare(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase attention = new AttentionCase(random, 1, 2, 40, 50, 16, AttentionMask.none()).dropout(0.5f);
            var first = attention.run(engine).results();
            attention.run(engine).assertSameBits(first, "with the same seed");
            attention.options.dropout(0.5f, attention.options.dropoutSeed() + 1);
            attention.run(engine);
            Close.assertSameBits(first[1].data, attention.logSumExp.data, "logSumExp with another seed");
            assertNotEquals(first[0].get(0, 0), attention.out.get(0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void raggedItemsOfOneLengthDropWhatABatchDrops(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase batch = new AttentionCase(random, 3, 2, 20, 30, 16, AttentionMask.none()).dropout(0.4f);
            batch.run(engine);
            int[] queryStarts = {0, 20, 40, 60};
            int[] keyStarts = {0, 30, 60, 90};
            AttentionShape ragged = AttentionShape.ragged(
                    3, 2, 2, 16, queryStarts, keyStarts, batch.q.ld, batch.k.ld, batch.v.ld, batch.out.ld);
            var out = batch.out.copy();
            engine.attention().forward(
                    ragged, batch.options,
                    new AttentionTensors().q(batch.q.data, batch.q.offset).k(batch.k.data, batch.k.offset)
                            .v(batch.v.data, batch.v.offset).out(out.data, out.offset));
            Close.assertSameBits(batch.out.data, out.data, "out");
            assertEquals(0.4f, batch.options.dropout());
        }
    }
}
