package dev.lanewise.optim;

import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * An average of a model's weights over its training, tables included, which often generalises better
 * than the last weights: {@code average += r * (w - average)} with {@code r = max(1 - decay, 1 / n)} in
 * the n-th update; so it is the plain mean at first, and forgets exponentially later. Source: Polyak,
 * Juditsky, 1992; Izmailov and others, 2018 (1803.05407).
 *
 * <p>An update is one pass over all weights: with large tables, make one every so many steps.
 */
public final class WeightAverage {
    private final Parameters parameters;
    private final double decay;
    private final List<float[]> averages = new ArrayList<>();
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
        for (Parameter parameter : parameters.all()) {
            averages.add(new float[parameter.size()]);
        }
    }

    /** Takes the weights as they are now into the average. */
    public void update() {
        updates++;
        float rate = (float) Math.max(1 - decay, 1.0 / updates);
        for (int i = 0; i < averages.size(); i++) {
            Parameter parameter = parameters.all().get(i);
            float[] average = averages.get(i);
            float[] values = parameter.values();
            int offset = parameter.offset();
            for (int j = 0; j < average.length; j++) {
                average[j] = Math.fma(rate, values[offset + j] - average[j], average[j]);
            }
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
        for (int i = 0; i < averages.size(); i++) {
            Parameter parameter = parameters.all().get(i);
            float[] average = averages.get(i);
            float[] values = parameter.values();
            int offset = parameter.offset();
            for (int j = 0; j < average.length; j++) {
                float value = values[offset + j];
                values[offset + j] = average[j];
                average[j] = value;
            }
        }
    }

    /**
     * The number of updates.
     *
     * @return n of the last one; 0 before the first
     */
    public long updates() {
        return updates;
    }
}
