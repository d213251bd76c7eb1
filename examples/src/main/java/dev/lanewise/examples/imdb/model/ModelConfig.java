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

    /**
     * Checks the values against each other.
     *
     * @throws IllegalArgumentException if a size is not positive, the heads do not divide the width or the dropout is
     *     outside [0, 1)
     */
    public ModelConfig {
        requirePositive("modelDim", modelDim);
        requirePositive("heads", heads);
        requirePositive("layers", layers);
        requirePositive("feedForward", feedForward);
        requirePositive("maxLength", maxLength);
        requirePositive("group", group);
        if (ngramDocuments < 0) {
            throw new IllegalArgumentException("ngramDocuments = " + ngramDocuments + " is negative");
        }
        if (modelDim % heads != 0) {
            throw new IllegalArgumentException("heads = " + heads + " does not divide modelDim = " + modelDim);
        }
        requireProbability("dropout", dropout);
        requireProbability("inputDropout", inputDropout);
        requireProbability("headDropout", headDropout);
    }

    private static void requireProbability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " = " + value + " is outside [0, 1)");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " = " + value + " is not positive");
        }
    }
}
