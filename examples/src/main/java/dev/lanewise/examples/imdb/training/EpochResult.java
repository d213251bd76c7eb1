package dev.lanewise.examples.imdb.training;

/**
 * What one pass over the training part led to. Losses are means per review in nats, accuracies are fractions.
 *
 * @param epoch number of the pass, from 1
 * @param trainLoss loss on the training part, measured while the weights moved
 * @param trainAccuracy accuracy on the training part, measured while the weights moved
 * @param validationLoss loss on the validation part after the pass
 * @param validationAccuracy accuracy on the validation part after the pass
 * @param learningRate the rate of the pass's last step
 * @param reviews reviews trained on
 * @param seconds time for the pass, validation included
 */
public record EpochResult(
        int epoch,
        double trainLoss,
        double trainAccuracy,
        double validationLoss,
        double validationAccuracy,
        double learningRate,
        long reviews,
        double seconds) {}
