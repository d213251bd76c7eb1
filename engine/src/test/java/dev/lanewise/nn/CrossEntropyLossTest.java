package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossEntropyLossTest {
    private static final float[] LOGITS = {1, 3, 2, 0.5f, -1, -2, 4, 4, 0};
    private static final int[] LABELS = {1, 1, 0};

    private final Engine engine = Engine.serial();
    private final CrossEntropyLoss loss = new CrossEntropyLoss(3);
    private final CrossEntropyLoss.Activations kept = new CrossEntropyLoss.Activations();

    @Test
    void meanAndGradientAreThoseOfTheOracle() {
        double mean = loss.forward(engine, 3, LOGITS, LABELS, kept);
        assertEquals(Oracle.crossEntropy(Gradients.doubles(LOGITS), LABELS, 3), mean, 1e-6);
        float[] dLogits = new float[9];
        loss.backward(engine, 3, LOGITS, LABELS, dLogits);
        Gradients.assertInputGradient(dLogits, LOGITS, v -> Oracle.crossEntropy(v, LABELS, 3));
    }

    @ParameterizedTest
    @CsvSource({"0, 3, 1", "1, 1, 1", "300, 7, 1", "3000, 7, 2", "40, 129, 2"})
    void meanAndGradientAtOnceAreThoseOfTheTwoCallsAndMayBeInPlace(int rows, int classes, int threads) {
        CrossEntropyLoss many = new CrossEntropyLoss(classes);
        float[] logits = Gradients.random(1, rows * classes);
        int[] labels = new SplittableRandom(2).ints(rows, 0, classes).toArray();
        float[] dLogits = new float[logits.length];
        float[] together = new float[logits.length];
        var keptTogether = new CrossEntropyLoss.Activations();
        try (Engine team = Engine.builder().threads(threads).build()) {
            double mean = many.forward(team, rows, logits, labels, kept);
            many.backward(team, rows, logits, labels, dLogits);
            assertEquals(mean, many.forwardBackward(team, rows, logits, labels, keptTogether, together));
            assertArrayEquals(dLogits, together);
            assertArrayEquals(kept.losses(), keptTogether.losses());
            many.forwardBackward(team, rows, logits, labels, keptTogether, logits);
            assertArrayEquals(dLogits, logits);
            assertArrayEquals(kept.losses(), keptTogether.losses());
        }
    }

    @Test
    void correctCountsTheFirstOfEqualLogits() {
        assertEquals(2, loss.correct(3, LOGITS, LABELS));
        assertEquals(1, loss.correct(3, LOGITS, new int[] {1, 2, 1}));
    }

    @Test
    void hugeLogitsStayFinite() {
        float[] logits = {1e30f, -1e30f, 0};
        assertEquals(0, loss.forward(engine, 1, logits, new int[] {0}, kept), 1e-6);
        assertEquals(2e30, loss.forward(engine, 1, logits, new int[] {1}, kept), 1e24);
    }

    @Test
    void noRowsHaveNoLoss() {
        assertEquals(0, loss.forward(engine, 0, new float[0], new int[0], kept));
    }

    @Test
    void aLabelThatIsNoClassIsRefused() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> loss.forward(engine, 1, new float[3], new int[] {3}, kept));
        assertTrue(thrown.getMessage().contains("3"), thrown.getMessage());
    }
}
