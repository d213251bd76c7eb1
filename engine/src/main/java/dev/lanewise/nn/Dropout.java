package dev.lanewise.nn;

import dev.lanewise.Engine;

/**
 * Inverted dropout: in training each element becomes zero with the given probability, and the others
 * are divided by one minus it; in evaluation nothing happens. Source: Srivastava and others, Dropout,
 * 2014.
 *
 * <p>Whether an element is dropped depends on the seed of the model, the name of the layer, the step
 * and the element's position alone: nothing is stored, any number of threads gives the same bits, and
 * the backward pass is the same operation on the gradient.
 */
public final class Dropout {
    /** The step that stands for evaluation: every dropout is the identity. */
    public static final long EVALUATION = -1;

    private final float probability;
    private final long key;

    /**
     * A layer.
     *
     * @param builder gives the seed
     * @param name name of the layer; layers of different names drop different elements
     * @param probability chance of an element to be dropped, at least 0 and below 1
     * @throws IllegalArgumentException if the probability is out of range
     */
    public Dropout(Parameters.Builder builder, String name, float probability) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException(
                    name + ": the probability must be at least 0 and below 1, but is " + probability);
        }
        this.probability = probability;
        key = CounterRandom.key(builder.seed(), name);
    }

    /**
     * Whether anything is dropped in a step.
     *
     * @param step number of the training step from 0, or {@link #EVALUATION}
     * @return false if {@link #apply} would be the identity
     */
    public boolean active(long step) {
        return step >= 0 && probability > 0;
    }

    /**
     * Drops elements of x; in the backward pass, of the gradient.
     *
     * @param engine runs it
     * @param n number of elements
     * @param step number of the training step from 0, or {@link #EVALUATION}
     * @param x [n]; not modified unless it is y
     * @param y [n]; overwritten, may be x
     * @throws IllegalArgumentException if an array is too small
     */
    public void apply(Engine engine, int n, long step, float[] x, float[] y) {
        Shapes.dense("x", x, 1, n);
        Shapes.dense("y", y, 1, n);
        if (active(step)) {
            long seed = CounterRandom.bits(key, step);
            engine.elementwise().dropout(n, probability, seed, 0, x, 0, y, 0);
        } else if (x != y) {
            System.arraycopy(x, 0, y, 0, n);
        }
    }

    /** Drops elements of a larger array, those from index {@code at} on, in an active step. */
    void applyFrom(Engine engine, int at, int n, long step, float[] x, int xAt, float[] y, int yAt) {
        engine.elementwise().dropout(n, probability, CounterRandom.bits(key, step), at, x, xAt, y, yAt);
    }
}
