package dev.lanewise.examples.imdb.model;

import dev.lanewise.examples.imdb.batch.Batch;
import java.util.Arrays;

/**
 * What a classifier reads: a padded batch of numbers. The arrays are row-major [size x seqLen], may be longer, and are
 * used again for the next batch. A number of 0 or below stands for nothing.
 */
public final class ModelInput {

    /** Weight of a token in the sum of a whole review: keeps the sum of some hundred tokens near the size of a mean. */
    static final float TOTAL_WEIGHT = 1f / 16;

    private int size;
    private int seqLen;
    private int[] words = new int[0];
    private int[] bigrams = new int[0];
    private int[] trigrams = new int[0];
    private int[] lengths = new int[0];
    private float[] totalWeights = new float[0];
    private float wordScale = 1;
    private float ngramScale = 1;

    /** Creates an empty input. */
    public ModelInput() {}

    /**
     * Takes a batch as it is, without noise.
     *
     * @param batch the reviews; its arrays are shared until it is filled anew
     */
    public void read(Batch batch) {
        size = batch.size();
        seqLen = batch.seqLen();
        words = batch.ids();
        bigrams = batch.bigrams();
        trigrams = batch.trigrams();
        lengths = batch.lengths();
        wordScale = 1;
        ngramScale = 1;
        totalWeights = totalWeights.length < size ? new float[size] : totalWeights;
        Arrays.fill(totalWeights, 0, size, TOTAL_WEIGHT);
    }

    /**
     * Makes room for a batch that the caller then writes to the arrays.
     *
     * @param newSize reviews
     * @param newSeqLen columns
     * @param newWordScale factor of the words' vectors
     * @param newNgramScale factor of the n-grams' vectors
     */
    public void reserve(int newSize, int newSeqLen, float newWordScale, float newNgramScale) {
        size = newSize;
        seqLen = newSeqLen;
        wordScale = newWordScale;
        ngramScale = newNgramScale;
        int cells = Math.multiplyExact(newSize, newSeqLen);
        words = cleared(words, cells);
        bigrams = cleared(bigrams, cells);
        trigrams = cleared(trigrams, cells);
        lengths = cleared(lengths, newSize);
        totalWeights = totalWeights.length < newSize ? new float[newSize] : totalWeights;
    }

    /**
     * Sets a review's length.
     *
     * @param review index in the batch
     * @param length tokens kept
     * @param whole tokens the review had before some were left out; the sum of the kept ones is scaled up to it
     */
    public void setLength(int review, int length, int whole) {
        lengths[review] = length;
        totalWeights[review] = TOTAL_WEIGHT * whole / length;
    }

    /**
     * Takes columns away that hold padding only, and moves the rows together.
     *
     * @param newSeqLen columns that stay, at most as many as there are
     * @param ngrams whether pairs and triples are there too
     */
    public void narrow(int newSeqLen, boolean ngrams) {
        for (int b = 1; b < size && newSeqLen < seqLen; b++) {
            System.arraycopy(words, b * seqLen, words, b * newSeqLen, newSeqLen);
            if (ngrams) {
                System.arraycopy(bigrams, b * seqLen, bigrams, b * newSeqLen, newSeqLen);
                System.arraycopy(trigrams, b * seqLen, trigrams, b * newSeqLen, newSeqLen);
            }
        }
        seqLen = newSeqLen;
    }

    /**
     * The number of reviews.
     *
     * @return rows
     */
    public int size() {
        return size;
    }

    /**
     * The padded length.
     *
     * @return columns
     */
    public int seqLen() {
        return seqLen;
    }

    /**
     * Word numbers.
     *
     * @return [size x seqLen], live
     */
    public int[] words() {
        return words;
    }

    /**
     * Numbers of word pairs.
     *
     * @return [size x seqLen], live
     */
    public int[] bigrams() {
        return bigrams;
    }

    /**
     * Numbers of word triples.
     *
     * @return [size x seqLen], live
     */
    public int[] trigrams() {
        return trigrams;
    }

    /**
     * Tokens of each review.
     *
     * @return [size], live
     */
    public int[] lengths() {
        return lengths;
    }

    float[] totalWeights() {
        return totalWeights;
    }

    float wordScale() {
        return wordScale;
    }

    float ngramScale() {
        return ngramScale;
    }

    private static int[] cleared(int[] buffer, int length) {
        if (buffer.length < length) {
            return new int[length];
        }
        Arrays.fill(buffer, 0, length, 0);
        return buffer;
    }
}
