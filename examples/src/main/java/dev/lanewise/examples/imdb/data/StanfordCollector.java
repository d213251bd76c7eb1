package dev.lanewise.examples.imdb.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes the files of {@code aclImdb} in any order, checks them, and hands out the sorted parts. */
final class StanfordCollector {

    /** Ratings from here up stand in {@code pos}, those up to {@link #MAX_NEGATIVE} in {@code neg}. */
    private static final int MIN_POSITIVE = 7;

    private static final int MAX_NEGATIVE = 4;

    private record Entry(String text, String name) {}

    private final Path source;
    private final boolean lenient;
    private final ReadReport report;
    private final Map<String, TreeMap<Integer, Entry>> entries = new HashMap<>();
    private final Map<String, List<String>> films = new HashMap<>();
    private int reviews;

    StanfordCollector(Path source, boolean lenient, ReadReport report) {
        this.source = source;
        this.lenient = lenient;
        this.report = report;
    }

    int reviews() {
        return reviews;
    }

    void addReview(String part, String label, String name, byte[] bytes) {
        String folder = part + "/" + label;
        int underscore = name.indexOf('_');
        int dot = name.lastIndexOf(".txt");
        int number = -1;
        int rating = -1;
        if (underscore > 0 && dot > underscore && dot + 4 == name.length()) {
            number = digits(name, 0, underscore);
            rating = digits(name, underscore + 1, dot);
        }
        if (number < 0 || rating < 0) {
            refuse(folder, name, "bad file name", "a file name other than ID_RATING.txt");
            return;
        }
        if (label.equals("pos") ? rating < MIN_POSITIVE || rating > 10 : rating < 1 || rating > MAX_NEGATIVE) {
            refuse(folder, name, "unknown label", "the rating " + rating + " does not belong in " + label);
            return;
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            refuse(folder, name, "bad UTF-8", "bytes that are not UTF-8");
            return;
        }
        if (text.isBlank()) {
            refuse(folder, name, "empty review", "an empty file");
            return;
        }
        Map<Integer, Entry> numbered = entries.computeIfAbsent(folder, k -> new TreeMap<>());
        Entry earlier = numbered.putIfAbsent(number, new Entry(text, name));
        if (earlier != null) {
            refuse(folder, name, "number twice", "the number of " + earlier.name() + " again");
            return;
        }
        reviews++;
    }

    void addUrls(String part, String label, byte[] bytes) {
        List<String> keys = new ArrayList<>();
        new String(bytes, StandardCharsets.UTF_8).lines().forEach(url -> keys.add(film(url)));
        films.put(part + "/" + label, keys);
    }

    OfficialParts finish() {
        return new OfficialParts(part("train"), part("test"));
    }

    private List<Review> part(String part) {
        List<Review> sorted = new ArrayList<>();
        for (String label : List.of("neg", "pos")) {
            String folder = part + "/" + label;
            Map<Integer, Entry> numbered = entries.get(folder);
            if (numbered == null) {
                throw DataException.in(
                        source,
                        "no reviews in "
                                + folder
                                + "; expected Stanford's layout train|test/pos|neg/ID_RATING.txt");
            }
            List<String> keys = films.getOrDefault(folder, List.of());
            numbered.forEach(
                    (number, entry) -> sorted.add(
                            new Review(
                                    entry.text(),
                                    label.equals("pos"),
                                    folder + "/" + entry.name().replace(".txt", ""),
                                    number < keys.size() ? keys.get(number) : "")));
        }
        return sorted;
    }

    private void refuse(String folder, String name, String reason, String what) {
        String file = folder + "/" + name;
        if (!lenient) {
            throw DataException.in(
                    source, file + ": " + what + "; fetch the data again or skip bad rows");
        }
        report.add(reason, file);
    }

    /** The film's number from e.g. {@code http://www.imdb.com/title/tt0453418/usercomments}. */
    private static String film(String url) {
        int start = url.indexOf("/tt");
        if (start < 0) {
            return "";
        }
        int end = start + 3;
        while (end < url.length() && Character.isDigit(url.charAt(end))) {
            end++;
        }
        return url.substring(start + 1, end);
    }

    private static int digits(String text, int from, int to) {
        if (to <= from || to - from > 8) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value;
    }
}
