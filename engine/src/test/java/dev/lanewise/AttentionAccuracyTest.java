package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That the error against double is at most twice that of the plain float loops, forward and backward, for all masks. */
@ExtendWith(Seeds.class)
final class AttentionAccuracyTest {
    private static final String[] RESULTS = {"out", "dQ", "dK", "dV"};
    private static final int[] DIMS = {8, 17, 32, 64};

    private final double[] plain = new double[RESULTS.length];
    private final double[] found = new double[RESULTS.length];

    /** Kinds of attention: masks, dropout, shared heads. */
    private static final int KINDS = 7;

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void errorIsAtMostTwiceThatOfThePlainLoops(Implementation implementation, Random random) {
        for (int group = 0; group < 13; group++) {
            // Ten sizes together: the error of a tensor of a few elements alone is a matter of luck.
            for (int size = 10 * group + 1; size <= 10 * group + 10; size++) {
                for (int kind = size % 3; kind < KINDS; kind += 3) {
                    measure(implementation, attention(random, size, size, dim(random), kind));
                }
            }
            assertAtMostTwice("sizes up to " + (10 * group + 10));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void errorIsAtMostTwiceThatOfThePlainLoopsForOtherNumbersOfKeys(Implementation implementation, Random random) {
        for (int queries = 1; queries <= 130; queries++) {
            measure(
                    implementation,
                    attention(random, queries, 1 + random.nextInt(130), dim(random), random.nextInt(KINDS)));
        }
        assertAtMostTwice("queries and keys apart");
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void errorIsAtMostTwiceThatOfThePlainLoopsAt512(Implementation implementation, Random random) {
        for (int kind = 0; kind < 6; kind += 5) {
            measure(implementation, attention(random, 512, 512, 64, kind));
            assertAtMostTwice("512, kind " + kind);
        }
    }

    private static int dim(Random random) {
        return DIMS[random.nextInt(DIMS.length)];
    }

    private static AttentionCase attention(Random random, int queries, int keys, int dim, int kind) {
        if (kind == 6) {
            return AttentionCase.grouped(random, 1, 2, 1, queries, keys, dim);
        }
        AttentionCase attention = new AttentionCase(random, 1, 1, queries, keys, dim, AttentionMask.none());
        return switch (kind) {
            case 0 -> attention;
            case 1 -> attention.mask(AttentionMask.causal());
            case 2 -> attention.mask(AttentionMask.keyLengths(new int[] {1 + random.nextInt(keys)}));
            case 3 -> attention.window(1 + keys / 3, 1 + keys / 4);
            case 4 -> attention.bias(true, true);
            default -> attention.mask(AttentionMask.causal()).dropout(0.2f);
        };
    }

    private void measure(Implementation implementation, AttentionCase attention) {
        add(plain, attention.run(Engines.serial(Implementation.SCALAR)).squaredErrors());
        add(found, attention.run(Engines.serial(implementation)).squaredErrors());
    }

    private static void add(double[] sums, double[] terms) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += terms[i];
        }
    }

    private void assertAtMostTwice(String what) {
        for (int i = 0; i < RESULTS.length; i++) {
            double ratio = Math.sqrt(found[i] / plain[i]);
            assertTrue(ratio <= 2, what + ": the error of " + RESULTS[i] + " is " + ratio + " times the plain one");
            plain[i] = 0;
            found[i] = 0;
        }
    }
}
