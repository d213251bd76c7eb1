package dev.lanewise.nn;

/**
 * What a forward pass has left in activations: so many rows, or sequences of so many tokens. Memory grows to the largest
 * batch, so a backward pass over other sizes would read what is left of an earlier one, and find nothing wrong with it.
 */
final class Held {
    private static final int NOTHING = -1;

    private int count = NOTHING;
    private int seqLen;

    /** A forward pass has begun: until it is through, there is nothing to go back over. */
    void clear() {
        count = NOTHING;
    }

    /** A forward pass over so many rows is through. */
    void set(int rows) {
        count = rows;
    }

    /** A forward pass over so many sequences is through. */
    void set(int batch, int tokens) {
        count = batch;
        seqLen = tokens;
    }

    /**
     * The rows of the forward pass.
     *
     * @throws IllegalStateException if there has been none
     */
    int rows() {
        if (count == NOTHING) {
            throw new IllegalStateException(
                    "these activations hold no forward pass yet; call forward with them before backward");
        }
        return count;
    }

    /** That a backward pass has the rows of the forward pass. */
    void check(int rows) {
        if (rows() != rows) {
            throw new IllegalArgumentException(
                    "these activations hold a forward pass over " + count + " rows, but backward is to go over " + rows
                            + "; give it the same rows");
        }
    }

    /** That a backward pass has the sequences of the forward pass. */
    void check(int batch, int tokens) {
        if (rows() != batch || seqLen != tokens) {
            throw new IllegalArgumentException(
                    "these activations hold a forward pass over " + count + " sequences of " + seqLen
                            + " tokens, but backward is to go over " + batch + " of " + tokens
                            + "; give it the same batch");
        }
    }
}
