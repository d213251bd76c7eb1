package dev.lanewise.examples.imdb.report;

/**
 * What a run was fed with.
 *
 * @param source the data's name: a file or folder name, or "synthetic"
 * @param train reviews trained on
 * @param validation reviews that chose the best pass
 * @param test reviews of the final figures
 * @param positiveTrain positive ones among those trained on
 * @param positiveTest positive ones among those of the final figures
 * @param duplicates reviews whose text stands in an earlier one; such are kept on one side of the split
 * @param skipped a line about faulty rows left out
 * @param vocabulary entries of the vocabulary
 */
public record DataCounts(
        String source,
        int train,
        int validation,
        int test,
        int positiveTrain,
        int positiveTest,
        int duplicates,
        String skipped,
        int vocabulary) {}
