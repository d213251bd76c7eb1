package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.batch.EncodedReview;
import dev.lanewise.examples.imdb.batch.EncodedSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * How strongly each word and n-gram speaks for one of the classes: its naive-Bayes log-count ratio
 * {@code r = log((p + 1) / |p|) - log((q + 1) / |q|)}, with p and q the positive and negative training reviews that it
 * stands in and |.| the sums over the dictionary. Source: Wang, Manning, Baselines and Bigrams, ACL 2012.
 */
final class ClassRatios {

    private ClassRatios() {}

    /**
     * The ratios of words and, where the set has them, bigrams and trigrams.
     *
     * @param train the training part
     * @param rows rows of each table
     * @return an array for each table; 0 for a row that stands in no review
     */
    static List<float[]> of(EncodedSet train, int... rows) {
        List<Function<EncodedReview, int[]>> kinds = List.of(
                EncodedReview::words, EncodedReview::bigrams, EncodedReview::trigrams);
        List<float[]> ratios = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            ratios.add(ratios(train, rows[i], kinds.get(i)));
        }
        return ratios;
    }

    private static float[] ratios(EncodedSet train, int rows, Function<EncodedReview, int[]> kind) {
        int[][] counts = new int[2][rows];
        int[] lastSeen = new int[rows];
        Arrays.fill(lastSeen, -1);
        for (int i = 0; i < train.size(); i++) {
            for (int id : kind.apply(train.get(i))) {
                if (id > 0 && lastSeen[id] != i) {
                    lastSeen[id] = i;
                    counts[train.get(i).label()][id]++;
                }
            }
        }
        double[] sums = new double[2];
        for (int label = 0; label < 2; label++) {
            for (int id = 0; id < rows; id++) {
                sums[label] += counts[label][id] + (lastSeen[id] >= 0 ? 1 : 0);
            }
        }
        float[] ratios = new float[rows];
        for (int id = 0; id < rows; id++) {
            if (lastSeen[id] >= 0) {
                ratios[id] = (float) (StrictMath.log((counts[1][id] + 1) / sums[1])
                        - StrictMath.log((counts[0][id] + 1) / sums[0]));
            }
        }
        return ratios;
    }
}
