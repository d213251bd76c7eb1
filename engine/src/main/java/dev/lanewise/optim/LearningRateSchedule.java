package dev.lanewise.optim;

/**
 * A learning rate that rises in a straight line and falls along half a cosine. With w steps of
 * warm-up and n steps in all, step t from 0 gets {@code peak * (t + 1) / w} while {@code t < w}, then
 * {@code end + (peak - end) * (1 + cos(pi * (t - w) / (n - w))) / 2}: the first step after the warm-up
 * still has the peak, and {@code end} is reached behind the last one, so that no step is idle. Source: Loshchilov, Hutter, SGDR, 2017 (1608.03983).
 *
 * @param peak highest rate, reached at the end of the warm-up
 * @param end rate of any step that follows the last
 * @param warmUpSteps steps of the rise, 0 or more
 * @param totalSteps steps in all, at least the warm-up
 */
public record LearningRateSchedule(double peak, double end, long warmUpSteps, long totalSteps) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a rate is negative or not a number, or the steps are not
     *     {@code 0 <= warmUpSteps <= totalSteps}
     */
    public LearningRateSchedule {
        if (!(peak >= 0 && end >= 0)) {
            throw new IllegalArgumentException(
                    "learning rates must be 0 or more, but are " + peak + " (peak) and " + end + " (end)");
        }
        if (warmUpSteps < 0 || warmUpSteps > totalSteps) {
            throw new IllegalArgumentException(
                    "warm-up must be within 0.." + totalSteps + " steps, but is " + warmUpSteps);
        }
    }

    /**
     * The usual choice: a tenth of the steps is warm-up, and the rate falls to zero.
     *
     * @param peak highest rate
     * @param totalSteps steps in all
     * @return the schedule
     * @throws IllegalArgumentException if a number is negative
     */
    public static LearningRateSchedule warmUpThenCosine(double peak, long totalSteps) {
        return new LearningRateSchedule(peak, 0, totalSteps / 10, totalSteps);
    }

    /**
     * The rate of a step.
     *
     * @param step number of the step, from 0
     * @return its learning rate
     * @throws IllegalArgumentException if the step is negative
     */
    public float rate(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("steps count from 0, but this is " + step);
        }
        if (step < warmUpSteps) {
            return (float) (peak * (step + 1) / warmUpSteps);
        }
        if (step >= totalSteps) {
            return (float) end;
        }
        double progress = (double) (step - warmUpSteps) / (totalSteps - warmUpSteps);
        return (float) (end + (peak - end) * (1 + StrictMath.cos(Math.PI * progress)) / 2);
    }
}
