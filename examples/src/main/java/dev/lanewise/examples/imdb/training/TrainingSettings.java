package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.model.ModelConfig;

/**
 * Everything that decides what a training leads to; how many threads it runs on and where it writes does not.
 *
 * @param epochs passes over the training part at most
 * @param patience passes without a better validation loss after which the training stops
 * @param batchSize reviews in a step
 * @param learningRate highest rate of the schedule
 * @param warmUp share of the steps in which the rate rises
 * @param weightDecay decoupled decay of the matrices
 * @param clipNorm highest norm of the whole gradient
 * @param vocabulary entries of the vocabulary at most
 * @param limit reviews used of each part at most, half of each class; 0 for all
 * @param model the classifier's shape, and the seed of the split, the initial weights, the order of reviews and the dropout
 */
public record TrainingSettings(
        int epochs,
        int patience,
        int batchSize,
        double learningRate,
        double warmUp,
        double weightDecay,
        double clipNorm,
        int vocabulary,
        int limit,
        ModelConfig model) {

    /** What a training does if not told otherwise. */
    public static final TrainingSettings DEFAULT = new TrainingSettings(
            5, 2, 32, 1e-3, 0.1, 0.01, 1, 30_000, 0, new ModelConfig(42, 64, 4, 1, 128, 400, 4, 0.1));
}
