package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.model.ModelConfig;

/**
 * Everything that decides what a training leads to; how many threads it runs on and where it writes does not.
 *
 * @param seed seed of the split, the initial weights, the order of reviews and the dropout
 * @param epochs passes over the training part at most
 * @param patience passes without a better validation loss after which the training stops
 * @param batchSize reviews in a step
 * @param learningRate highest rate of the schedule
 * @param warmUp share of the steps in which the rate rises
 * @param weightDecay decoupled decay of the matrices
 * @param clipNorm highest norm of the whole gradient
 * @param vocabulary entries of the vocabulary at most
 * @param limit reviews used of each part at most, half of each class; 0 for all
 * @param model the classifier's shape
 */
public record TrainingSettings(
        long seed,
        int epochs,
        int patience,
        int batchSize,
        double learningRate,
        double warmUp,
        double weightDecay,
        double clipNorm,
        int vocabulary,
        int limit,
        ModelConfig model) {}
