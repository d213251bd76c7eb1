package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of the cross-entropy loss, for every implementation, against sums in double. */
@ExtendWith(Seeds.class)
final class CrossEntropyTest {
    private static double loss(double[] logits, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (double v : logits) {
            max = Math.max(max, v);
        }
        double sum = 0;
        for (double v : logits) {
            sum += Math.exp(v - max);
        }
        return max + Math.log(sum) - logits[label];
    }

    private static Block losses(Engine engine, Block logits, int[] labels) {
        Block losses = Block.unsetDense(new Random(1), 1, logits.rows);
        double mean = engine.softmax().crossEntropy(
                logits.rows, logits.cols, logits.data, logits.offset, logits.ld, labels, 0, losses.data, losses.offset);
        logits.assertUnchanged("logits");
        losses.assertGuarded("losses");
        double sum = 0;
        for (int r = 0; r < logits.rows; r++) {
            sum += losses.get(0, r);
        }
        assertEquals(logits.rows == 0 ? 0 : sum / logits.rows, mean);
        return losses;
    }

    private static Block gradient(Engine engine, Block logits, int[] labels, float scale) {
        Block dLogits = Block.unset(new Random(2), logits.rows, logits.cols);
        engine.softmax().crossEntropyBackward(
                logits.rows, logits.cols, logits.data, logits.offset, logits.ld, labels, 0, scale, dLogits.data,
                dLogits.offset, dLogits.ld);
        logits.assertUnchanged("logits");
        dLogits.assertGuarded("dLogits");
        return dLogits;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void lossesAndGradientsMatch(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int classes : Sizes.edges(257)) {
                for (int rows : new int[] {0, 1, 4}) {
                    Block logits = Block.of(random, rows, classes, () -> 5 * random.nextGaussian());
                    int[] labels = random.ints(rows, 0, classes).toArray();
                    Block losses = losses(engine, logits, labels);
                    Block dLogits = gradient(engine, logits, labels, 0.25f);
                    for (int r = 0; r < rows; r++) {
                        double[] row = logits.row(r);
                        double[] p = SoftmaxOpsTest.oracle(row);
                        double expected = loss(row, labels[r]);
                        // The logits' own size is what the difference of logSumExp and logit is rounded to.
                        double bound = 10 * EPS * (1 + Math.abs(row[labels[r]]) + Math.abs(expected));
                        Close.assertWithin(expected, losses.get(0, r), bound, "loss of " + classes + " classes");
                        for (int c = 0; c < classes; c++) {
                            double slope = 0.25 * (p[c] - (c == labels[r] ? 1 : 0));
                            double slack = 0.25 * EPS * (20 * p[c] + (c == labels[r] ? 2 : 0));
                            Close.assertWithin(slope, dLogits.get(r, c), slack, "gradient of " + classes + " classes");
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void hugeLogitsNeitherOverflowNorLoseTheLabel(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            Block logits = Block.of(random, 4, 3, () -> 0);
            logits.set(0, 0, 3e38f).set(1, 1, -3e38f).set(2, 2, 1000f).set(3, 0, 90f);
            Block losses = losses(engine, logits, new int[] {0, 0, 0, 1});
            Close.assertWithin(0, losses.get(0, 0), 0, "the label has everything");
            Close.assertWithin(Math.log(2), losses.get(0, 1), 4 * EPS, "one class is out of the question");
            Close.assertWithin(1000, losses.get(0, 2), 1000 * EPS, "the label has nothing");
            Close.assertWithin(90, losses.get(0, 3), 90 * EPS, "the label has almost nothing");
            Block dLogits = gradient(engine, logits, new int[] {0, 0, 0, 1}, 1f);
            for (int r = 0; r < 4; r++) {
                double sum = 0;
                for (int c = 0; c < 3; c++) {
                    assertTrue(Math.abs(dLogits.get(r, c)) <= 1, "gradients stay within 1");
                    sum += dLogits.get(r, c);
                }
                assertEquals(0, sum, 4 * EPS, "gradients of a row cancel");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanTakesItsOwnRowOnly(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int classes : new int[] {2, 17, 40}) {
                Block logits = Block.normal(random, 3, classes);
                logits.set(1, random.nextInt(classes), Float.NaN);
                int[] labels = {0, 1, 1};
                Block losses = losses(engine, logits, labels);
                Block dLogits = gradient(engine, logits, labels, 1f);
                for (int r = 0; r < 3; r++) {
                    assertEquals(r == 1, Float.isNaN(losses.get(0, r)), "loss " + r);
                    for (int c = 0; c < classes; c++) {
                        assertEquals(r == 1, Float.isNaN(dLogits.get(r, c)), "gradient " + r + ", " + c);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientIsTheSlopeOfTheLoss(Implementation implementation, Random random) {
        int classes = 21;
        int[] labels = {13};
        try (Engine engine = Engines.serial(implementation)) {
            Block logits = Block.normal(random, 1, classes);
            Block dLogits = gradient(engine, logits, labels, 1f);
            double step = 1e-5;
            for (int c = 0; c < classes; c++) {
                double[] up = logits.row(0);
                double[] down = logits.row(0);
                up[c] += step;
                down[c] -= step;
                double slope = (loss(up, 13) - loss(down, 13)) / (2 * step);
                assertEquals(slope, dLogits.get(0, c), 1e-6, "slope at " + c);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void inPlaceAndOnAnyThreadsTheBitsAreTheSame(Implementation implementation, Random random) {
        Block logits = Block.normal(random, 9000, 5);
        int[] labels = random.ints(logits.rows, 0, logits.cols).toArray();
        Block firstLosses = null;
        Block firstGradient = null;
        for (Engine engine : Engines.threads(implementation)) {
            Block losses = losses(engine, logits, labels);
            Block dLogits = gradient(engine, logits, labels, 1f / 9000);
            Block inPlace = logits.copy();
            engine.softmax().crossEntropyBackward(
                    inPlace.rows, inPlace.cols, inPlace.data, inPlace.offset, inPlace.ld, labels, 0, 1f / 9000,
                    inPlace.data, inPlace.offset, inPlace.ld);
            if (firstLosses == null) {
                firstLosses = losses;
                firstGradient = dLogits;
            }
            Close.assertSameBits(firstLosses.data, losses.data, "losses");
            Close.assertSameBits(firstGradient.data, dLogits.data, "gradients");
            for (int r = 0; r < logits.rows; r++) {
                for (int c = 0; c < logits.cols; c++) {
                    assertEquals(dLogits.get(r, c), inPlace.get(r, c), "in place");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void lossAndGradientAtOnceAreThoseOneAfterTheOther(Implementation implementation, Random random) {
        for (Engine engine : Engines.threads(implementation)) {
            for (int classes : Sizes.edges(257)) {
                Block logits = Block.of(random, 5, classes, () -> 5 * random.nextGaussian());
                logits.set(3, random.nextInt(classes), Float.NaN);
                int[] labels = random.ints(5, 0, classes).toArray();
                Block losses = losses(engine, logits, labels);
                Block dLogits = gradient(engine, logits, labels, 0.25f);
                Block both = Block.unsetDense(random, 1, 5);
                Block over = logits.copy();
                for (Block out : new Block[] {Block.unset(random, 5, classes), over}) {
                    Block in = out == over ? over : logits;
                    double mean = engine.softmax().crossEntropyWithGradient(
                            5, classes, in.data, in.offset, in.ld, labels, 0, 0.25f, both.data, both.offset, out.data,
                            out.offset, out.ld);
                    both.assertGuarded("losses");
                    out.assertGuarded("dLogits");
                    assertEquals(Double.NaN, mean);
                    for (int r = 0; r < 5; r++) {
                        assertEquals(losses.get(0, r), both.get(0, r), "loss of row " + r);
                        for (int c = 0; c < classes; c++) {
                            assertEquals(dLogits.get(r, c), out.get(r, c), "gradient of row " + r);
                        }
                    }
                }
            }
        }
    }
}
