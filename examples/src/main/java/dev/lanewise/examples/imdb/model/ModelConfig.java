package dev.lanewise.examples.imdb.model;

/**
 * The shape of a classifier: everything, beside the vocabulary and the weights, that is needed to build it again.
 *
 * @param seed the training's; it also tells how a source without official parts was split
 * @param modelDim width of the embeddings and of the encoder
 * @param heads attention heads; divides {@code modelDim}
 * @param layers encoder blocks
 * @param feedForward inner width of each block's feed-forward part
 * @param maxLength tokens of a review that are read; longer reviews lose their middle
 * @param ngramDocuments training texts that a pair or triple of words must stand in to have an embedding of its own; 0 for
 *     words only
 * @param group neighbouring tokens that are summed before the encoder; 1 for none
 * @param dropout probability with which training drops an element of the encoder's branches
 * @param inputDropout the same for the embeddings
 * @param headDropout the same for the summary that the last layer reads
 */
public record ModelConfig(long seed, int modelDim, int heads, int layers, int feedForward, int maxLength,
        int ngramDocuments, int group, double dropout, double inputDropout, double headDropout) {

    /** Largest width of the encoder and of its feed-forward part. */
    public static final int MAX_WIDTH = 1 << 16;

    /** Most encoder blocks. */
    public static final int MAX_LAYERS = 64;

    /** Shortest allowed length of a review: the cut takes one token in four from its start. */
    public static final int MIN_LENGTH = 4;

    /** Longest allowed length of a review. */
    public static final int MAX_LENGTH = 1 << 16;

    /** Most tokens summed to one. */
    public static final int MAX_GROUP = 1 << 10;

    /**
     * Most weights of the encoder, 4 GB of them: half of what one array holds, which leaves room for all that is not
     * counted (biases, norms, summaries).
     */
    public static final long MAX_WEIGHTS = 1L << 30;

    /**
     * Checks the values against their ranges and each other.
     *
     * @throws IllegalArgumentException if a size is out of range, the heads do not divide the width, the encoder has more
     *     than {@link #MAX_WEIGHTS} weights, or a dropout is outside [0, 1)
     */
    public ModelConfig {
        requireRange("modelDim", modelDim, 1, MAX_WIDTH);
        requireRange("heads", heads, 1, modelDim);
        requireRange("layers", layers, 1, MAX_LAYERS);
        requireRange("feedForward", feedForward, 1, MAX_WIDTH);
        requireRange("maxLength", maxLength, MIN_LENGTH, MAX_LENGTH);
        requireRange("group", group, 1, MAX_GROUP);
        if (ngramDocuments < 0) {
            throw new IllegalArgumentException("ngramDocuments = " + ngramDocuments + " is negative");
        }
        if (modelDim % heads != 0) {
            throw new IllegalArgumentException("heads = " + heads + " does not divide modelDim = " + modelDim);
        }
        if (weights(modelDim, layers, feedForward) > MAX_WEIGHTS) {
            throw new IllegalArgumentException("layers = " + layers + ", modelDim = " + modelDim + " and feedForward = "
                    + feedForward + " make " + weights(modelDim, layers, feedForward) + " weights, and " + MAX_WEIGHTS
                    + " fit");
        }
        requireProbability("dropout", dropout);
        requireProbability("inputDropout", inputDropout);
        requireProbability("headDropout", headDropout);
    }

    /**
     * The weights of the encoder's matrices, layers * (4 modelDim^2 + 2 modelDim feedForward).
     *
     * @param modelDim width, up to {@link #MAX_WIDTH}
     * @param layers blocks, up to {@link #MAX_LAYERS}
     * @param feedForward inner width, up to {@link #MAX_WIDTH}
     * @return their number
     */
    public static long weights(int modelDim, int layers, int feedForward) {
        return layers * (4L * modelDim * modelDim + 2L * modelDim * feedForward);
    }

    private static void requireProbability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " = " + value + " is outside [0, 1)");
        }
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " = " + value + " is out of range: " + min + " to " + max);
        }
    }
}
