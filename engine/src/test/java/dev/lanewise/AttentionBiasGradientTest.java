package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of an additive bias, for every implementation, against the oracle in double. */
@ExtendWith(Seeds.class)
final class AttentionBiasGradientTest {
    private static final int[][] SHAPES = {{1, 1}, {1, 40}, {4, 3}, {9, 33}, {40, 40}, {70, 20}, {130, 300}};

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientIsSummedOverThoseWhoShareTheBias(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : SHAPES) {
                for (boolean byItems : new boolean[] {false, true}) {
                    for (boolean byHeads : new boolean[] {false, true}) {
                        AttentionCase attention = new AttentionCase(
                                random, 2, 3, s[0], s[1], 16, AttentionMask.none());
                        attention.bias(byItems, byHeads).biasGradient().run(engine).check();
                        attention.checkBiasGradient();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyMaskAndDropoutInARaggedBatchMatches(Implementation implementation, Random random) {
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
                attention.biasGradient().run(engine).checkBiasGradient();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void bitsAreTheSameForAnyNumberOfThreadsAndThoseOfTheOthersAsWithoutIt(
            Implementation implementation, Random random) {
        List<Engine> engines = Engines.threads(implementation);
        for (boolean shared : new boolean[] {false, true}) {
            // So many keys that they are cut, into chunks for dQ and into other ones for dBias.
            AttentionCase attention = new AttentionCase(random, 2, 2, 150, 1100, 24, AttentionMask.causal())
                    .bias(shared, shared).dropout(0.1f).run(engines.getFirst());
            float[][] plain = Arrays.stream(attention.results()).map(block -> block.data).toArray(float[][]::new);
            float[] first = null;
            for (Engine engine : engines) {
                attention.biasGradient().run(engine);
                for (int i = 0; i < plain.length; i++) {
                    Close.assertSameBits(plain[i], attention.results()[i].data, "result " + i);
                }
                first = first == null ? attention.dBias.data : first;
                Close.assertSameBits(first, attention.dBias.data, engine.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientOfABiasThatQueriesShareIsTheSumOverThem(Implementation implementation, Random random) {
        int queries = 150;
        int keys = 140;
        int dim = 16;
        float[] bias = new float[keys];
        float[] repeated = new float[queries * keys];
        for (int j = 0; j < keys; j++) {
            bias[j] = (float) random.nextGaussian();
            for (int i = 0; i < queries; i++) {
                repeated[i * keys + j] = bias[j];
            }
        }
        AttentionCase attention = new AttentionCase(random, 2, 1, queries, keys, dim, AttentionMask.none());
        for (Engine engine : Engines.threads(implementation)) {
            float[] all = new float[queries * keys];
            float[] sums = new float[keys];
            Arrays.fill(sums, Float.NaN);
            attention.tensors.dBias(all, 0);
            attention.mask(AttentionMask.none().withBias(repeated, 0, 0, 0, keys)).run(engine);
            attention.tensors.dBias(sums, 0);
            attention.mask(AttentionMask.none().withBias(bias, 0, 0, 0, 0)).run(engine);
            for (int j = 0; j < keys; j++) {
                double sum = 0;
                double size = 0;
                for (int i = 0; i < queries; i++) {
                    sum += all[i * keys + j];
                    size += Math.abs(all[i * keys + j]);
                }
                Close.assertWithin(sum, sums[j], 100 * Close.EPS * size, "key " + j);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void maskedPairsGetAGradientOfZero(Implementation implementation, Random random) {
        int n = 45;
        float[] bias = new float[n * n];
        Arrays.fill(bias, 7 * n, 8 * n, Float.NEGATIVE_INFINITY);
        bias[9 * n + 3] = Float.NEGATIVE_INFINITY;
        float[] dBias = new float[n * n];
        Arrays.fill(dBias, Float.NaN);
        try (Engine engine = Engines.serial(implementation)) {
            AttentionCase attention = new AttentionCase(random, 1, 1, n, n, 16, AttentionMask.none());
            attention.tensors.dBias(dBias, 0);
            attention.mask(AttentionMask.causal().withBias(bias, 0, 0, 0, n)).run(engine);
            for (int i = 0; i < n; i++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += dBias[i * n + j];
                    if (j > i || i == 7) {
                        assertEquals(0f, dBias[i * n + j], "query " + i + ", key " + j);
                    }
                }
                // A softmax doesn't change when all its scores grow alike.
                assertEquals(0, sum, 1e-5, "query " + i);
            }
            assertEquals(0f, dBias[9 * n + 3]);
        }
    }
}
