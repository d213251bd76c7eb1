package dev.lanewise.examples.imdb.data;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Counts of what a lenient reader left out, by reason, with the first example of each. */
public final class ReadReport {

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, String> examples = new TreeMap<>();

    /** Creates an empty report. */
    public ReadReport() {}

    void add(String reason, String where) {
        counts.merge(reason, 1, Integer::sum);
        examples.putIfAbsent(reason, where);
    }

    /**
     * The number of rows or files left out.
     *
     * @return the sum over all reasons
     */
    public int skipped() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * How often each reason occurred.
     *
     * @return reasons in alphabetical order; a view that cannot be modified
     */
    public Map<String, Integer> counts() {
        return Collections.unmodifiableMap(counts);
    }

    /**
     * The report in one line.
     *
     * @return for instance {@code 2 skipped: stray quote 1 (line 7), unknown label 1 (line 9)}, or
     *     {@code nothing skipped}
     */
    public String summary() {
        if (counts.isEmpty()) {
            return "nothing skipped";
        }
        StringBuilder line = new StringBuilder().append(skipped()).append(" skipped: ");
        String separator = "";
        for (Map.Entry<String, Integer> entry : counts.entrySet()) {
            line.append(separator)
                    .append(entry.getKey())
                    .append(' ')
                    .append(entry.getValue())
                    .append(" (first: ")
                    .append(examples.get(entry.getKey()))
                    .append(')');
            separator = ", ";
        }
        return line.toString();
    }
}
