package dev.lanewise.examples.imdb.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ClassificationResultTest {

    @Test
    void countsFollowFromLabelsAndProbabilities() {
        ClassificationResult result = ClassificationResult.of(new int[] {0, 0, 1, 1, 1, 0},
                new float[] {0.1f, 0.5f, 0.49f, 0.9f, 1f, 0f});
        assertEquals(2, result.trueNegatives());
        assertEquals(1, result.falsePositives());
        assertEquals(1, result.falseNegatives());
        assertEquals(2, result.truePositives());
        assertEquals(4.0 / 6, result.accuracy(), 1e-15);
        assertEquals(2.0 / 3, result.precision(), 1e-15);
        assertEquals(2.0 / 3, result.recall(), 1e-15);
        assertEquals(2.0 / 3, result.f1(), 1e-15);
        double loss = -(Math.log(0.9) + Math.log(0.5) + Math.log(0.49) + Math.log(0.9)) / 6;
        assertEquals(loss, result.loss(), 1e-7);
    }

    @Test
    void f1IsTheHarmonicMeanOfPrecisionAndRecall() {
        ClassificationResult result = new ClassificationResult(50, 7, 13, 30, 0.4);
        double harmonic = 2 / (1 / result.precision() + 1 / result.recall());
        assertEquals(harmonic, result.f1(), 1e-15);
    }

    @Test
    void standardErrorOfFiveThousandReviewsIsTheBinomialOne() {
        ClassificationResult result = new ClassificationResult(2250, 250, 250, 2250, 0.3);
        assertEquals(0.0042426, result.standardError(), 1e-7);
    }

    @Test
    void sureMistakeCostsAFiniteLoss() {
        assertEquals(16.118, ClassificationResult.of(new int[] {1}, new float[] {0}).loss(), 1e-3);
    }

    @Test
    void noReviewsYieldZeros() {
        ClassificationResult result = ClassificationResult.of(new int[0], new float[0]);
        assertEquals(0, result.accuracy());
        assertEquals(0, result.f1());
        assertEquals(0, result.standardError());
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ClassificationResult.of(new int[2], new float[1]));
        assertThrows(IllegalArgumentException.class, () -> ClassificationResult.of(new int[] {2}, new float[] {1}));
        assertThrows(
                IllegalArgumentException.class, () -> ClassificationResult.of(new int[] {1}, new float[] {Float.NaN}));
        assertThrows(IllegalArgumentException.class, () -> new ClassificationResult(-1, 0, 0, 0, 0));
    }
}
