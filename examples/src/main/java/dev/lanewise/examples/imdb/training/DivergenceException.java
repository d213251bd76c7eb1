package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.ImdbException;

/** The loss or a gradient is no longer a finite number; the weights are of no use. */
public final class DivergenceException extends ImdbException {

    private static final long serialVersionUID = 1L;

    /**
     * @param epoch pass in which it happened, from 1
     * @param step step of the training, from 1
     * @param settings what to lower
     */
    DivergenceException(int epoch, long step, TrainingSettings settings) {
        super("training diverged: the loss or its gradient is not a finite number in epoch " + epoch + ", step " + step
                + "; nothing is saved; try a lower --learning-rate (now " + settings.learningRate()
                + ") or a lower --clip-norm (now " + settings.clipNorm() + ")");
    }
}
