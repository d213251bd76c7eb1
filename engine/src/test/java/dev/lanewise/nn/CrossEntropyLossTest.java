package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import dev.lanewise.testing.Allocations;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Labels of which some are negative: whole runs, single rows, the first or the last. */
    @ParameterizedTest
    @ValueSource(strings = {
        "-1 1 0", "1 -1 2", "1 2 -1", "-1 -100 2", "0 -1 -7 -1 2 1 -1", "-1 2 -1 0 1 2 -2147483648 0"
    })
    void rowsWithoutALabelHaveNoLossAndNoGradientAndDoNotCount(String all) {
        int[] labels = Arrays.stream(all.split(" ")).mapToInt(Integer::parseInt).toArray();
        int rows = labels.length;
        float[] logits = Gradients.random(3, rows * 3);
        int[] counted = Arrays.stream(labels).filter(label -> label >= 0).toArray();
        float[] countedLogits = new float[3 * counted.length];
        for (int r = 0, n = 0; r < rows; r++) {
            if (labels[r] < 0) {
                // What is not read does no harm.
                Arrays.fill(logits, 3 * r, 3 * r + 3, Float.NaN);
            } else {
                System.arraycopy(logits, 3 * r, countedLogits, 3 * n++, 3);
            }
        }
        var alone = new CrossEntropyLoss.Activations();
        float[] dAlone = new float[3 * counted.length];
        double mean = loss.forwardBackward(engine, counted.length, countedLogits, counted, alone, dAlone);
        assertEquals(Oracle.crossEntropy(Gradients.doubles(countedLogits), counted, counted.length), mean, 1e-6);

        float[] losses = new float[rows];
        float[] gradient = new float[3 * rows];
        for (int r = 0, n = 0; r < rows; r++) {
            if (labels[r] >= 0) {
                losses[r] = alone.losses()[n];
                System.arraycopy(dAlone, 3 * n++, gradient, 3 * r, 3);
            }
        }
        // Grows what is kept, so that it can be filled with what must not be left.
        loss.forward(engine, rows, new float[3 * rows], new int[rows], kept);
        Arrays.fill(kept.losses(), Float.NaN);
        assertEquals(mean, loss.forward(engine, rows, logits, labels, kept));
        assertArrayEquals(losses, kept.losses());
        float[] dLogits = unset(3 * rows);
        loss.backward(engine, rows, logits, labels, dLogits);
        assertArrayEquals(gradient, dLogits);
        Arrays.fill(kept.losses(), Float.NaN);
        assertEquals(mean, loss.forwardBackward(engine, rows, logits, labels, kept, logits));
        assertArrayEquals(losses, kept.losses());
        assertArrayEquals(gradient, logits);
        assertEquals(counted.length, loss.labelled(rows, labels));
    }

    private static float[] unset(int n) {
        float[] data = new float[n];
        Arrays.fill(data, Float.NaN);
        return data;
    }

    @Test
    void withoutAnyLabelLossAndGradientsAreZero() {
        int[] labels = {-1, -2, -1};
        loss.forward(engine, 3, LOGITS, LABELS, kept);
        assertEquals(0, loss.forward(engine, 3, LOGITS, labels, kept));
        assertArrayEquals(new float[3], kept.losses());
        float[] dLogits = unset(9);
        loss.backward(engine, 3, LOGITS, labels, dLogits);
        assertArrayEquals(new float[9], dLogits);
        dLogits = unset(9);
        assertEquals(0, loss.forwardBackward(engine, 3, LOGITS, labels, kept, dLogits));
        assertArrayEquals(new float[9], dLogits);
        assertEquals(0, loss.labelled(3, labels));
        assertEquals(0, loss.correct(3, LOGITS, labels));
    }

    @Test
    void gradientsOfTheMeanOverLabelledRowsAreItsSlopes() {
        int[] labels = {2, -1, 0};
        float[] dLogits = new float[9];
        loss.backward(engine, 3, LOGITS, labels, dLogits);
        Gradients.assertInputGradient(
                dLogits, LOGITS, v -> (Oracle.crossEntropy(Arrays.copyOf(v, 3), new int[] {2}, 1)
                        + Oracle.crossEntropy(Arrays.copyOfRange(v, 6, 9), new int[] {0}, 1)) / 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void labelsAndTheirAbsenceAllocateNothing(int threads) {
        int rows = 200;
        int classes = 40;
        CrossEntropyLoss many = new CrossEntropyLoss(classes);
        float[] logits = Gradients.random(1, rows * classes);
        float[] dLogits = new float[logits.length];
        int[] labels = new SplittableRandom(2).ints(rows, -classes, classes).toArray();
        // Scalar code needs no warm-up; what the operations allocate is tested with them.
        try (Engine team = Engine.builder().implementation(Implementation.SCALAR).threads(threads).build()) {
            Allocations.assertNone("loss", () -> {
                many.forward(team, rows, logits, labels, kept);
                many.backward(team, rows, logits, labels, dLogits);
                many.forwardBackward(team, rows, logits, labels, kept, dLogits);
            });
        }
    }

    @Test
    void correctCountsTheFirstOfEqualLogits() {
        assertEquals(2, loss.correct(3, LOGITS, LABELS));
        assertEquals(1, loss.correct(3, LOGITS, new int[] {1, 2, 1}));
        assertEquals(1, loss.correct(3, LOGITS, new int[] {1, 1, -1}));
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
        assertTrue(thrown.getMessage().contains("labels[0]"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("0..2"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("is 3"), thrown.getMessage());
        float[] dLogits = Gradients.random(1, 6);
        float[] before = dLogits.clone();
        assertThrows(
                IllegalArgumentException.class,
                () -> loss.backward(engine, 2, new float[6], new int[] {-1, 3}, dLogits));
        assertArrayEquals(before, dLogits);
    }
}
