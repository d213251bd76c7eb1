package dev.lanewise.optim;

import dev.lanewise.nn.Parameters;

/**
 * An average of a model's weights over its training, tables included, which often generalises better
 * than the last weights: {@code average += r * (w - average)} with {@code r = max(1 - decay, 1 / n)} in
 * the n-th update; so it is the plain mean at first, and forgets exponentially later. Source: Polyak,
 * Juditsky, 1992; Izmailov and others, 2018 (1803.05407).
 *
 * <p>An update is one pass over all weights: with large tables, make one every so many steps.
 *
 * <p>What it knows between two updates is {@link #updates} and {@link #average}, which has the form of the model's
 * parameters, so that what saves and loads a model saves and loads it, too; {@link #restore} takes it back, and later updates
 * have the bits of an average that was never saved.
 */
public final class WeightAverage {
    private final Parameters parameters;
    private final double decay;
    private final Parameters average;
    private long updates;

    /**
     * An average of nothing yet.
     *
     * @param parameters the model
     * @param decay how much of the average an update keeps in the long run, within 0..1; with 1 it is
     *     the mean of all updates
     * @throws IllegalArgumentException if the decay is out of range
     */
    public WeightAverage(Parameters parameters, double decay) {
        if (!(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException("decay must be within 0..1, but is " + decay);
        }
        this.parameters = parameters;
        this.decay = decay;
        average = parameters.zeros();
    }

    /** Takes the weights as they are now into the average. */
    public void update() {
        updates++;
        float rate = (float) Math.max(1 - decay, 1.0 / updates);
        update(rate, parameters.values(), average.values());
        for (int i = 0; i < parameters.tables().size(); i++) {
            update(rate, table(parameters, i), table(average, i));
        }
    }

    private static void update(float rate, float[] values, float[] means) {
        for (int i = 0; i < means.length; i++) {
            means[i] = Math.fma(rate, values[i] - means[i], means[i]);
        }
    }

    /**
     * Exchanges the average and the weights of the model: once to evaluate or save the average, once
     * more to train on.
     *
     * @throws IllegalStateException if there has been no update
     */
    public void swap() {
        if (updates == 0) {
            throw new IllegalStateException("there is no average yet; call update() first");
        }
        swap(parameters.values(), average.values());
        for (int i = 0; i < parameters.tables().size(); i++) {
            swap(table(parameters, i), table(average, i));
        }
    }

    private static void swap(float[] values, float[] means) {
        for (int i = 0; i < means.length; i++) {
            float value = values[i];
            values[i] = means[i];
            means[i] = value;
        }
    }

    private static float[] table(Parameters of, int index) {
        return of.tables().get(index).parameter().values();
    }

    /**
     * The number of updates.
     *
     * @return n of the last one; 0 before the first
     */
    public long updates() {
        return updates;
    }

    /**
     * The average: for saving. From one {@link #swap} to the next it holds the weights instead.
     *
     * @return values of the names and shapes of the parameters, live; zeros before the first update
     */
    public Parameters average() {
        return average;
    }

    /**
     * Puts the average where another one was, whose decay should be the same.
     *
     * @param updates number of updates done, 0 or more
     * @param saved the average, of the names and shapes of the parameters; not modified
     * @throws IllegalArgumentException if the updates are negative, or a name or a shape is not that of the parameters;
     *     nothing is changed then
     */
    public void restore(long updates, Parameters saved) {
        if (updates < 0) {
            throw new IllegalArgumentException("updates must be 0 or more, but are " + updates);
        }
        average.copyFrom(saved);
        this.updates = updates;
    }
}
