package dev.lanewise.examples.imdb.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Splits reviews so that no text stands on two sides. Reviews with the same text (see {@link TextKey}) or of the same
 * known film form a group, and groups are dealt out whole. The result depends on the reviews, the shares and the seed,
 * not on the order in which the reviews came.
 */
final class Splitter {

    private record Parts(List<Review> kept, List<Review> heldOut) {}

    private final double validationShare;
    private final long seed;

    Splitter(double validationShare, long seed) {
        this.validationShare = validationShare;
        this.seed = seed;
    }

    /** Splits reviews that have no official parts: test first, then validation from the rest. */
    Dataset random(String source, List<Review> reviews, double testShare, String skipped) {
        List<Review> sorted = new ArrayList<>(reviews);
        sorted.sort(Comparator.comparing(Review::text).thenComparing(Review::positive).thenComparing(Review::id));
        Parts outer = holdOut(sorted, testShare, seed);
        Parts inner = holdOut(outer.kept(), validationShare, seed + 1);
        return new Dataset(
                source,
                inner.kept(),
                inner.heldOut(),
                outer.heldOut(),
                new Dataset.Counts(reviews.size(), duplicates(reviews), 0, films(reviews), skipped));
    }

    /** Keeps the official test part and carves validation from the training part. */
    Dataset official(String source, OfficialParts parts, String skipped) {
        Set<String> testTexts = new HashSet<>();
        parts.test().forEach(review -> testTexts.add(TextKey.of(review.text())));
        List<Review> train = new ArrayList<>(parts.train());
        train.removeIf(review -> testTexts.contains(TextKey.of(review.text())));
        Parts inner = holdOut(train, validationShare, seed + 1);
        List<Review> all = new ArrayList<>(parts.train());
        all.addAll(parts.test());
        return new Dataset(
                source,
                inner.kept(),
                inner.heldOut(),
                parts.test(),
                new Dataset.Counts(
                        all.size(), duplicates(all), parts.train().size() - train.size(), films(all), skipped));
    }

    /**
     * Deals out shuffled groups until each label has its share. A group goes to the held-out side while the label of
     * its first review still has room there.
     */
    private static Parts holdOut(List<Review> sorted, double share, long seed) {
        List<List<Review>> groups = groups(sorted);
        Random random = new Random(seed);
        for (int i = groups.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            List<Review> swap = groups.get(i);
            groups.set(i, groups.get(j));
            groups.set(j, swap);
        }
        long[] room = new long[2];
        sorted.forEach(review -> room[review.label()]++);
        room[0] = Math.round(room[0] * share);
        room[1] = Math.round(room[1] * share);
        List<Review> kept = new ArrayList<>();
        List<Review> heldOut = new ArrayList<>();
        for (List<Review> group : groups) {
            if (room[group.getFirst().label()] > 0) {
                heldOut.addAll(group);
                group.forEach(review -> room[review.label()]--);
            } else {
                kept.addAll(group);
            }
        }
        return new Parts(kept, heldOut);
    }

    /** Groups in the order of their first members. */
    private static List<List<Review>> groups(List<Review> sorted) {
        int[] parent = new int[sorted.size()];
        Map<String, Integer> firstOf = new HashMap<>();
        for (int i = 0; i < parent.length; i++) {
            parent[i] = i;
            Review review = sorted.get(i);
            join(parent, i, firstOf.putIfAbsent("text " + TextKey.of(review.text()), i));
            if (!review.film().isEmpty()) {
                join(parent, i, firstOf.putIfAbsent("film " + review.film(), i));
            }
        }
        List<List<Review>> groups = new ArrayList<>();
        Map<Integer, List<Review>> byRoot = new HashMap<>();
        for (int i = 0; i < parent.length; i++) {
            List<Review> group = byRoot.computeIfAbsent(root(parent, i), root -> {
                List<Review> created = new ArrayList<>(1);
                groups.add(created);
                return created;
            });
            group.add(sorted.get(i));
        }
        return groups;
    }

    private static void join(int[] parent, int i, Integer other) {
        if (other != null) {
            parent[root(parent, i)] = root(parent, other);
        }
    }

    private static int root(int[] parent, int i) {
        int at = i;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }

    private static int duplicates(List<Review> reviews) {
        Set<String> texts = new HashSet<>();
        reviews.forEach(review -> texts.add(TextKey.of(review.text())));
        return reviews.size() - texts.size();
    }

    private static int films(List<Review> reviews) {
        Set<String> films = new HashSet<>();
        reviews.forEach(review -> films.add(review.film()));
        films.remove("");
        return films.size();
    }
}
