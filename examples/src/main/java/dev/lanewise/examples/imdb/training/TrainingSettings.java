package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.model.ModelConfig;

/**
 * Everything that decides what a training leads to; how many threads it runs on and where it writes does not.
 *
 * @param epochs passes over the training part at most
 * @param patience passes without a better validation loss after which the training stops
 * @param batchSize reviews in a step
 * @param learningRate highest rate of the schedule, for all but the embedding tables
 * @param rowLearningRate highest rate of the rows of the embedding tables
 * @param warmUp share of the steps in which the rate rises
 * @param weightDecay decoupled decay of the matrices
 * @param clipNorm highest norm of the whole gradient
 * @param vocabulary entries of the vocabulary at most
 * @param limit reviews used of each part at most, half of each class; 0 for all
 * @param regularization what keeps it from learning the reviews by heart
 * @param model the classifier's shape, and the seed of the split, the initial weights, the order of reviews and the dropout
 */
public record TrainingSettings(
        int epochs,
        int patience,
        int batchSize,
        double learningRate,
        double rowLearningRate,
        double warmUp,
        double weightDecay,
        double clipNorm,
        int vocabulary,
        int limit,
        Regularization regularization,
        ModelConfig model) {

    /** What a training does if not told otherwise. */
    public static final TrainingSettings DEFAULT = new TrainingSettings(
            5,
            2,
            32,
            1e-3,
            3e-3,
            0.1,
            0.01,
            1,
            30_000,
            0,
            new Regularization(0.3, 0.2, 0.3, 0.02, 0.2),
            new ModelConfig(42, 64, 4, 1, 128, 400, 4, 4, 0.1, 0.2, 0.4));
}
