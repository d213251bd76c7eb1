package dev.lanewise.examples.imdb.training;

/**
 * What keeps a training from learning its reviews by heart, beside the dropout inside the model.
 *
 * @param segmentDropout chance of a segment of 16 tokens to be left out of a review
 * @param wordDropout chance of a word to be left out
 * @param ngramDropout chance of a pair or triple of words to be left out
 * @param adversarial length of the adversarial step, per root of a review's tokens; 0 for none. Each review is learned a
 *     second time with its vectors moved by this much in the direction that raises its loss most. Source: Miyato, Dai,
 *     Goodfellow, Adversarial Training Methods for Semi-Supervised Text Classification, 2017 (1605.07725)
 * @param adversarialStart share of the steps before the first adversarial one
 */
public record Regularization(
        double segmentDropout,
        double wordDropout,
        double ngramDropout,
        double adversarial,
        double adversarialStart) {

    /** Nothing is left out or moved. */
    public static final Regularization NONE = new Regularization(0, 0, 0, 0, 0);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a chance is not in [0, 1) or another number is negative
     */
    public Regularization {
        for (double chance : new double[] {segmentDropout, wordDropout, ngramDropout}) {
            if (!(chance >= 0 && chance < 1)) {
                throw new IllegalArgumentException("a chance of being left out is " + chance + ", outside [0, 1)");
            }
        }
        if (!(adversarial >= 0 && adversarialStart >= 0)) {
            throw new IllegalArgumentException(
                    "adversarial step " + adversarial + " from " + adversarialStart + " on: negative");
        }
    }
}
