package dev.lanewise.optim;

import dev.lanewise.Engine;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ParameterTable;
import dev.lanewise.nn.Parameters;

/**
 * Adam with decoupled weight decay. For each value w with gradient g, in step t from 1:
 *
 * <pre>
 * m = beta1 * m + (1 - beta1) * g
 * v = beta2 * v + (1 - beta2) * g * g
 * w = w - rate * weightDecay * w - rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * Decay acts on parameters that were registered so. Of a table only the rows that were touched since
 * the last step are updated, and only their m and v (lazy Adam); their gradients are set to zero.
 * Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2019 (1711.05101).
 *
 * <p>What it knows between two steps is {@link #steps}, {@link #firstMoments} (m) and {@link #secondMoments} (v). The
 * moments have the form of the model's parameters, names and shapes included, so that what saves and loads a model saves and
 * loads them, too, in whatever format that is; {@link #restore} takes them back. A training that goes on with the parameters,
 * this state and the numbers of the steps restored has the bits of one that never stopped. Gradients are no part of it: save
 * after a step, not between backward passes whose gradients add up.
 *
 * <pre>{@code
 * AdamW optimizer = new AdamW(parameters, settings);
 * Parameters m = parameters.zeros();
 * Parameters v = parameters.zeros();
 * // Read the parameters, m, v and the number of steps as they were written, then:
 * optimizer.restore(steps, m, v);
 * }</pre>
 */
public final class AdamW {
    /**
     * The constants of the method.
     *
     * @param beta1 how much of m is kept, at least 0 and below 1
     * @param beta2 how much of v is kept, at least 0 and below 1
     * @param epsilon keeps the quotient finite, above 0
     * @param weightDecay decay per unit of learning rate, 0 or more
     */
    public record Settings(float beta1, float beta2, float epsilon, float weightDecay) {
        /** The values of the paper. */
        public static final Settings DEFAULT = new Settings(0.9f, 0.999f, 1e-8f, 0.01f);

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a constant is out of its range
         */
        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
                throw new IllegalArgumentException(
                        "betas must be at least 0 and below 1, but are " + beta1 + " and " + beta2);
            }
            if (!(epsilon > 0)) {
                throw new IllegalArgumentException("epsilon must be above 0, but is " + epsilon);
            }
            if (!(weightDecay >= 0)) {
                throw new IllegalArgumentException(
                        "weightDecay must be 0 or more, but is " + weightDecay);
            }
        }
    }

    private final Parameters parameters;
    private final Settings settings;
    private final Parameters m;
    private final Parameters v;
    private long steps;

    /** {@code beta1^steps} and {@code beta2^steps}. */
    private double power1 = 1;

    private double power2 = 1;

    /**
     * An optimiser whose m and v are zero.
     *
     * @param parameters what it updates
     * @param settings constants of the method
     */
    public AdamW(Parameters parameters, Settings settings) {
        this.parameters = parameters;
        this.settings = settings;
        m = parameters.zeros();
        v = parameters.zeros();
    }

    /**
     * The number of steps done.
     *
     * @return t of the last step; 0 before the first
     */
    public long steps() {
        return steps;
    }

    /**
     * The running means of gradients, m: for saving.
     *
     * @return values of the names and shapes of the parameters, live
     */
    public Parameters firstMoments() {
        return m;
    }

    /**
     * The running means of squared gradients, v: for saving.
     *
     * @return values of the names and shapes of the parameters, live
     */
    public Parameters secondMoments() {
        return v;
    }

    /**
     * Puts the optimiser where another one was, whose settings should be the same. Takes a few nanoseconds for each step
     * that was done: the powers of the betas are those of as many multiplications.
     *
     * @param steps number of steps done, 0 or more
     * @param first m, of the names and shapes of the parameters; not modified
     * @param second v, of the names and shapes of the parameters, nowhere negative; not modified
     * @throws IllegalArgumentException if the steps or a value of {@code second} are negative, or a name or a shape is not
     *     that of the parameters; nothing is changed then
     */
    public void restore(long steps, Parameters first, Parameters second) {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be 0 or more, but are " + steps);
        }
        m.requireSameLayout(first);
        v.requireSameLayout(second);
        requireNotNegative(second);
        this.steps = steps;
        power1 = power(settings.beta1, steps);
        power2 = power(settings.beta2, steps);
        m.copyFrom(first);
        v.copyFrom(second);
    }

    /** A negative mean of squares would be a NaN in the next step; most likely it is a mean of gradients. */
    private static void requireNotNegative(Parameters second) {
        for (Parameter parameter : second.all()) {
            for (int i = 0; i < parameter.size(); i++) {
                float value = parameter.values()[parameter.offset() + i];
                if (value < 0) {
                    throw new IllegalArgumentException(
                            "second moments are means of squares, but element " + i + " of " + parameter + " is "
                                    + value + "; pass the first moments first");
                }
            }
        }
    }

    /** {@code beta^steps}, rounded at each step as {@link #step} does it. */
    private static double power(float beta, long steps) {
        double power = 1;
        double previous = 2;
        // Where a multiplication leaves it as it is, at zero or just above, so do all that follow.
        for (long t = 0; t < steps && power != previous; t++) {
            previous = power;
            power *= beta;
        }
        return power;
    }

    /**
     * One step over all parameters. The dense gradients stay as they are; those of tables are zeroed.
     *
     * @param engine runs it
     * @param learningRate rate of this step
     */
    public void step(Engine engine, float learningRate) {
        step(engine, learningRate, 1f);
    }

    /**
     * One step over all parameters with gradients that are multiplied first, as clipping or an average over batches wants
     * it, at no pass of its own: the bits of a step after {@link GradientClipping#clip} with this factor. The dense
     * gradients stay as they are; those of tables are zeroed.
     *
     * @param engine runs it
     * @param learningRate rate of this step
     * @param gradientScale factor of all gradients, such as {@link GradientClipping#factor}
     */
    public void step(Engine engine, float learningRate, float gradientScale) {
        double nextPower1 = power1 * settings.beta1;
        double nextPower2 = power2 * settings.beta2;
        float bias1 = (float) (1 - nextPower1);
        float bias2 = (float) (1 - nextPower2);
        int decaying = parameters.decayingSize();
        int size = parameters.values().length;
        dense(engine, 0, decaying, gradientScale, learningRate, settings.weightDecay, bias1, bias2);
        // Counted only now: a closed engine has refused, and the step can be made again on another one.
        steps++;
        power1 = nextPower1;
        power2 = nextPower2;
        dense(engine, decaying, size - decaying, gradientScale, learningRate, 0f, bias1, bias2);
        for (int i = 0; i < parameters.tables().size(); i++) {
            ParameterTable table = parameters.tables().get(i);
            Parameter rows = table.parameter();
            float decay = rows.decays() ? settings.weightDecay : 0f;
            engine.update()
                    .adamWRows(
                            table.touchedCount(), rows.cols(), table.touchedRows(), 0, gradientScale,
                            learningRate, settings.beta1, settings.beta2, settings.epsilon, decay,
                            bias1, bias2, rows.values(), rows.gradients(),
                            m.tables().get(i).parameter().values(), v.tables().get(i).parameter().values(),
                            rows.rows(), rows.offset());
            table.clearTouched();
        }
    }

    private void dense(
            Engine engine, int from, int n, float gradientScale, float rate, float decay, float bias1, float bias2) {
        engine.update()
                .adamW(
                        n, gradientScale, rate, settings.beta1, settings.beta2, settings.epsilon, decay, bias1,
                        bias2, parameters.values(), from, parameters.gradients(), from, m.values(),
                        from, v.values(), from);
    }
}
