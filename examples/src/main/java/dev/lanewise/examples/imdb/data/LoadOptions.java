package dev.lanewise.examples.imdb.data;

/**
 * How data is read and split.
 *
 * @param seed chooses the split; the same seed, the same split
 * @param testShare share of reviews for the test part where the source has no official one, above 0 and below 1
 * @param validationShare share of the training reviews for the validation part, above 0 and below 1
 * @param skipBadRows whether faulty rows are left out and counted rather than refused
 */
public record LoadOptions(long seed, double testShare, double validationShare, boolean skipBadRows) {

    /** The usual choice: 20 % test, of the rest 10 % validation, faulty rows refused. */
    public static final LoadOptions DEFAULT = new LoadOptions(42, 0.2, 0.1, false);

    /** Refuses shares outside (0, 1). */
    public LoadOptions {
        if (!(testShare > 0 && testShare < 1 && validationShare > 0 && validationShare < 1)) {
            throw new IllegalArgumentException(
                    "shares must lie between 0 and 1, got test " + testShare + " and validation " + validationShare);
        }
    }

    /**
     * The same with another seed.
     *
     * @param newSeed chooses the split
     * @return the options
     */
    public LoadOptions withSeed(long newSeed) {
        return new LoadOptions(newSeed, testShare, validationShare, skipBadRows);
    }

    /**
     * The same, lenient or strict.
     *
     * @param skip whether faulty rows are left out and counted
     * @return the options
     */
    public LoadOptions withSkipBadRows(boolean skip) {
        return new LoadOptions(seed, testShare, validationShare, skip);
    }
}
