package dev.lanewise.examples.imdb.report;

/**
 * Counts of a two-class classifier's answers, with "positive" as the class that precision and recall speak of. A ratio of
 * nothing to nothing is 0.
 *
 * @param trueNegatives negative reviews called negative
 * @param falsePositives negative reviews called positive
 * @param falseNegatives positive reviews called negative
 * @param truePositives positive reviews called positive
 * @param loss mean cross-entropy per review in nats
 */
public record ClassificationResult(
        long trueNegatives, long falsePositives, long falseNegatives, long truePositives, double loss) {

    /** Probabilities are kept this far from 0 and 1, so that one sure mistake costs 16 nats rather than infinity. */
    private static final double MIN_PROBABILITY = 1e-7;

    /**
     * Checks the counts.
     *
     * @throws IllegalArgumentException if a count is negative
     */
    public ClassificationResult {
        if (trueNegatives < 0 || falsePositives < 0 || falseNegatives < 0 || truePositives < 0) {
            throw new IllegalArgumentException("negative count");
        }
    }

    /**
     * Counts answers; 0.5 and above is called positive.
     *
     * @param labels 1 for a positive review, 0 for a negative one
     * @param probabilities probability of "positive", one per label
     * @return the counts and the mean loss
     * @throws IllegalArgumentException if the arrays differ in length, a label is neither 0 nor 1 or a probability is
     *     outside [0, 1]
     */
    public static ClassificationResult of(int[] labels, float[] probabilities) {
        if (labels.length != probabilities.length) {
            throw new IllegalArgumentException(
                    labels.length + " labels but " + probabilities.length + " probabilities");
        }
        long[][] counts = new long[2][2];
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            double p = probabilities[i];
            if (labels[i] != 0 && labels[i] != 1 || !(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("review " + i + " has label " + labels[i] + " and probability " + p);
            }
            counts[labels[i]][p >= 0.5 ? 1 : 0]++;
            loss -= Math.log(Math.max(labels[i] == 1 ? p : 1 - p, MIN_PROBABILITY));
        }
        double mean = labels.length == 0 ? 0 : loss / labels.length;
        return new ClassificationResult(counts[0][0], counts[0][1], counts[1][0], counts[1][1], mean);
    }

    /**
     * All answers.
     *
     * @return their count
     */
    public long reviews() {
        return trueNegatives + falsePositives + falseNegatives + truePositives;
    }

    /**
     * Right answers / all answers.
     *
     * @return a fraction
     */
    public double accuracy() {
        return ratio(trueNegatives + truePositives, reviews());
    }

    /**
     * Right among those called positive.
     *
     * @return a fraction
     */
    public double precision() {
        return ratio(truePositives, truePositives + falsePositives);
    }

    /**
     * Called positive among those that are.
     *
     * @return a fraction
     */
    public double recall() {
        return ratio(truePositives, truePositives + falseNegatives);
    }

    /**
     * Harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn).
     *
     * @return a fraction
     */
    public double f1() {
        return ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
    }

    /**
     * Standard error of the accuracy, sqrt(a (1 - a) / n): how far it moves with another draw of as many reviews.
     *
     * @return a fraction
     */
    public double standardError() {
        return reviews() == 0 ? 0 : Math.sqrt(accuracy() * (1 - accuracy()) / reviews());
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
