package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.Objects;

/** The end of a classifier: {@code logits = dropout(x) W + b}, one row for each sequence. */
public final class ClassifierHead {
    /** What the forward pass keeps: the input after dropout. Grown to the largest batch. */
    public static final class Activations {
        private float[] dropped = new float[0];
        private float[] linearInput;
        private final Held held = new Held();
        private long step;

        /** Nothing kept yet. */
        public Activations() {}
    }

    private final Dropout dropout;
    private final Linear linear;

    /**
     * A head.
     *
     * @param builder takes the parameters {@code name.weight} and {@code name.bias}
     * @param name name of the layer
     * @param dim columns of the input
     * @param classes number of classes
     * @param probability chance of an input element to be dropped, at least 0 and below 1
     * @throws IllegalArgumentException if a size or the probability is out of range
     */
    public ClassifierHead(
            Parameters.Builder builder, String name, int dim, int classes, float probability) {
        dropout = new Dropout(builder, name + ".dropout", probability);
        linear = new Linear(builder, name, dim, classes);
    }

    /**
     * The map behind the dropout.
     *
     * @return the layer
     */
    public Linear linear() {
        return linear;
    }

    /**
     * {@code logits = dropout(x) W + b}.
     *
     * @param engine runs it
     * @param rows number of sequences
     * @param x [rows x dim]; not modified, needed again by {@link #backward}
     * @param logits [rows x classes]; overwritten
     * @param kept receives what {@link #backward} needs
     * @param step number of the training step from 0, or {@link Dropout#EVALUATION}
     * @throws IllegalArgumentException if an array is too small
     */
    public void forward(
            Engine engine, int rows, float[] x, float[] logits, Activations kept, long step) {
        kept.held.clear();
        kept.step = step;
        kept.linearInput = x;
        if (dropout.active(step)) {
            int size = Shapes.size("x", rows, linear.in());
            kept.dropped = Shapes.grow(kept.dropped, size);
            dropout.apply(engine, size, step, x, kept.dropped);
            kept.linearInput = kept.dropped;
        }
        linear.forward(engine, rows, kept.linearInput, logits);
        kept.held.set(rows);
    }

    /**
     * Adds to the gradients of weight and bias and writes the input gradient.
     *
     * @param engine runs it
     * @param kept what the forward pass kept; not modified
     * @param dLogits [rows x classes]; not modified
     * @param dX [rows x dim], another array than dLogits; may be x of the forward pass; overwritten
     * @throws IllegalArgumentException if an array is too small, or dX is dLogits; nothing is written then
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(Engine engine, Activations kept, float[] dLogits, float[] dX) {
        int rows = kept.held.rows();
        // The map takes null for a gradient that is not wanted; the dropout would find out when the others are summed.
        Objects.requireNonNull(dX, "dX");
        linear.checkBackward(rows, kept.linearInput, "dLogits", dLogits, dX);
        linear.backward(engine, rows, kept.linearInput, dLogits, dX, Write.OVERWRITE);
        dropout.apply(engine, rows * linear.in(), kept.step, dX, dX);
    }
}
