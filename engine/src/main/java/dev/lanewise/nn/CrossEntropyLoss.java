package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.SoftmaxOps;
import java.util.Arrays;

/**
 * The mean cross-entropy of rows of logits against their labels: {@code loss = sum over r of (log(sum over
 * c of exp(logits[r, c])) - logits[r, labels[r]]) / n}, with n the number of rows that have a label.
 *
 * <p>A row with a negative label, such as that of a padded or unmasked token, has none: its logits are not read, whatever
 * they are, its loss is 0 and so is its gradient, and it does not count in the mean. Where no row has a label, the mean is 0
 * rather than 0 / 0, and all gradients are 0.
 *
 * <p>Rows with a label are computed in runs that follow each other, and only the rows of one run are shared by threads: where
 * many classes meet labels that are few and scattered, it is faster to gather their rows, best ahead of the product that
 * makes the logits.
 */
public final class CrossEntropyLoss {
    /** The loss of each row. Grown to the largest batch. */
    public static final class Activations {
        private float[] losses = new float[0];

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The loss of each row; 0 where it has no label.
         *
         * @return [rows], live
         */
        public float[] losses() {
            return losses;
        }
    }

    private final int classes;

    /**
     * A loss.
     *
     * @param classes number of classes
     * @throws IllegalArgumentException if there is no class
     */
    public CrossEntropyLoss(int classes) {
        this.classes = Shapes.positive("classes", classes);
    }

    /**
     * The mean loss.
     *
     * @param engine runs it
     * @param rows number of rows
     * @param logits [rows x classes]; not modified
     * @param labels [rows], each below the number of classes, negative for none; not modified
     * @param kept receives the loss of each row
     * @return the mean; 0 if no row has a label
     * @throws IllegalArgumentException if a label is too large or an array too small
     */
    public double forward(
            Engine engine, int rows, float[] logits, int[] labels, Activations kept) {
        check(rows, logits, labels);
        kept.losses = Shapes.grow(kept.losses, rows);
        runs(engine, rows, logits, labels, kept.losses, null);
        return mean(rows, labels, kept.losses);
    }

    /**
     * {@code dLogits[r, c] = (softmax(logits[r])[c] - (c == labels[r] ? 1 : 0)) / n}, with n the number of rows that have a
     * label; 0 in the others.
     *
     * @param engine runs it
     * @param rows number of rows
     * @param logits [rows x classes]; not modified unless it is dLogits
     * @param labels [rows], each below the number of classes, negative for none; not modified
     * @param dLogits [rows x classes]; overwritten, may be logits
     * @throws IllegalArgumentException if a label is too large or an array too small
     */
    public void backward(Engine engine, int rows, float[] logits, int[] labels, float[] dLogits) {
        check(rows, logits, labels);
        Shapes.dense("dLogits", dLogits, rows, classes);
        runs(engine, rows, logits, labels, null, dLogits);
    }

    /**
     * The mean of {@link #forward} and the gradient of {@link #backward} at once, to the bit: what a training step wants. The
     * exponentials are computed once, and the logits are read once.
     *
     * @param engine runs it
     * @param rows number of rows
     * @param logits [rows x classes]; not modified unless it is dLogits
     * @param labels [rows], each below the number of classes, negative for none; not modified
     * @param kept receives the loss of each row
     * @param dLogits [rows x classes]; overwritten, may be logits
     * @return the mean; 0 if no row has a label
     * @throws IllegalArgumentException if a label is too large or an array too small
     */
    public double forwardBackward(
            Engine engine, int rows, float[] logits, int[] labels, Activations kept, float[] dLogits) {
        check(rows, logits, labels);
        Shapes.dense("dLogits", dLogits, rows, classes);
        kept.losses = Shapes.grow(kept.losses, rows);
        runs(engine, rows, logits, labels, kept.losses, dLogits);
        return mean(rows, labels, kept.losses);
    }

    /** Losses, gradient or both, whichever has an array. The operations take rows with a label only: one call for each run. */
    private void runs(Engine engine, int rows, float[] logits, int[] labels, float[] losses, float[] dLogits) {
        SoftmaxOps softmax = engine.softmax();
        // The gradient of each loss in their mean.
        float scale = 1f / Math.max(1, labelled(rows, labels));
        int to;
        for (int from = 0; from < rows; from = to) {
            to = runEnd(from, rows, labels);
            int n = to - from;
            int at = from * classes;
            if (labels[from] < 0) {
                clear(losses, from, to);
                clear(dLogits, at, to * classes);
            } else if (dLogits == null) {
                softmax.crossEntropy(n, classes, logits, at, classes, labels, from, losses, from);
            } else if (losses == null) {
                softmax.crossEntropyBackward(
                        n, classes, logits, at, classes, labels, from, scale, dLogits, at, classes);
            } else {
                softmax.crossEntropyWithGradient(
                        n, classes, logits, at, classes, labels, from, scale, losses, from, dLogits, at, classes);
            }
        }
    }

    /** Where the rows end that have a label, or have none, as row {@code from}. */
    private static int runEnd(int from, int rows, int[] labels) {
        int to = from + 1;
        while (to < rows && labels[to] < 0 == labels[from] < 0) {
            to++;
        }
        return to;
    }

    private static void clear(float[] data, int from, int to) {
        if (data != null) {
            Arrays.fill(data, from, to, 0f);
        }
    }

    private double mean(int rows, int[] labels, float[] losses) {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            sum += losses[r];
        }
        return sum / Math.max(1, labelled(rows, labels));
    }

    /**
     * How many rows have a label: what the mean is over, and what {@link #correct} counts among.
     *
     * @param rows number of rows
     * @param labels [rows], negative for none; not modified
     * @return number of rows whose label is not negative
     * @throws IllegalArgumentException if the array is too small
     */
    public int labelled(int rows, int[] labels) {
        Shapes.each("labels", labels, rows, "rows");
        int labelled = 0;
        for (int r = 0; r < rows; r++) {
            labelled += labels[r] < 0 ? 0 : 1;
        }
        return labelled;
    }

    /**
     * How many rows have their largest logit at their label; of equal logits the first counts. A row without a label is
     * never correct.
     *
     * @param rows number of rows
     * @param logits [rows x classes]; not modified
     * @param labels [rows], each below the number of classes, negative for none; not modified
     * @return number of correct rows
     * @throws IllegalArgumentException if a label is too large or an array too small
     */
    public int correct(int rows, float[] logits, int[] labels) {
        check(rows, logits, labels);
        int correct = 0;
        for (int r = 0; r < rows; r++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (logits[r * classes + c] > logits[r * classes + best]) {
                    best = c;
                }
            }
            correct += best == labels[r] ? 1 : 0;
        }
        return correct;
    }

    private void check(int rows, float[] logits, int[] labels) {
        Shapes.dense("logits", logits, rows, classes);
        Shapes.each("labels", labels, rows, "rows");
        for (int r = 0; r < rows; r++) {
            if (labels[r] >= classes) {
                throw new IllegalArgumentException(
                        "labels[" + r + "] must be within 0.." + (classes - 1)
                                + ", or negative for a row without a label, but is " + labels[r]);
            }
        }
    }
}
