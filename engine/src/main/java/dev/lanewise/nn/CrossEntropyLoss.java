package dev.lanewise.nn;

import dev.lanewise.Engine;

/**
 * The mean cross-entropy of rows of logits against their labels: {@code loss = sum over r of (log(sum over
 * c of exp(logits[r, c])) - logits[r, labels[r]]) / rows}.
 */
public final class CrossEntropyLoss {
    /** The loss of each row. Grown to the largest batch. */
    public static final class Activations {
        private float[] losses = new float[0];

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The loss of each row.
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
     * @param labels [rows], each within 0..classes-1; not modified
     * @param kept receives the loss of each row
     * @return the mean; 0 if there are no rows
     * @throws IllegalArgumentException if a label is out of range or an array too small
     */
    public double forward(
            Engine engine, int rows, float[] logits, int[] labels, Activations kept) {
        check(rows, logits, labels);
        kept.losses = Shapes.grow(kept.losses, rows);
        return engine.softmax()
                .crossEntropy(rows, classes, logits, 0, classes, labels, 0, kept.losses, 0);
    }

    /**
     * {@code dLogits[r, c] = (softmax(logits[r])[c] - (c == labels[r] ? 1 : 0)) / rows}.
     *
     * @param engine runs it
     * @param rows number of rows
     * @param logits [rows x classes]; not modified unless it is dLogits
     * @param labels [rows], each within 0..classes-1; not modified
     * @param dLogits [rows x classes]; overwritten, may be logits
     * @throws IllegalArgumentException if a label is out of range or an array too small
     */
    public void backward(Engine engine, int rows, float[] logits, int[] labels, float[] dLogits) {
        check(rows, logits, labels);
        Shapes.dense("dLogits", dLogits, rows, classes);
        engine.softmax()
                .crossEntropyBackward(
                        rows, classes, logits, 0, classes, labels, 0, scale(rows), dLogits, 0, classes);
    }

    /**
     * The mean of {@link #forward} and the gradient of {@link #backward} at once, to the bit: what a training step wants. The
     * exponentials are computed once, and the logits are read once.
     *
     * @param engine runs it
     * @param rows number of rows
     * @param logits [rows x classes]; not modified unless it is dLogits
     * @param labels [rows], each within 0..classes-1; not modified
     * @param kept receives the loss of each row
     * @param dLogits [rows x classes]; overwritten, may be logits
     * @return the mean; 0 if there are no rows
     * @throws IllegalArgumentException if a label is out of range or an array too small
     */
    public double forwardBackward(
            Engine engine, int rows, float[] logits, int[] labels, Activations kept, float[] dLogits) {
        check(rows, logits, labels);
        Shapes.dense("dLogits", dLogits, rows, classes);
        kept.losses = Shapes.grow(kept.losses, rows);
        return engine.softmax()
                .crossEntropyWithGradient(
                        rows, classes, logits, 0, classes, labels, 0, scale(rows), kept.losses, 0, dLogits, 0, classes);
    }

    /** The gradient of each loss in their mean. */
    private static float scale(int rows) {
        return 1f / Math.max(1, rows);
    }

    /**
     * How many rows have their largest logit at their label; of equal logits the first counts.
     *
     * @param rows number of rows
     * @param logits [rows x classes]; not modified
     * @param labels [rows], each within 0..classes-1; not modified
     * @return number of correct rows
     * @throws IllegalArgumentException if a label is out of range or an array too small
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
            if (labels[r] < 0 || labels[r] >= classes) {
                throw new IllegalArgumentException(
                        "labels[" + r + "] must be within 0.." + (classes - 1) + ", but is "
                                + labels[r]);
            }
        }
    }
}
