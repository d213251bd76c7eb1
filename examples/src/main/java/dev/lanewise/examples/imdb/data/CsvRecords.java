package dev.lanewise.examples.imdb.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The records of a CSV file, one at a time, with every fault pinned to the line where its record
 * starts.
 *
 * <p>commons-csv takes the fields apart, but it is handed one record at a time: left alone with the
 * file, it returns the tail of a broken line as a valid record, and one missing quote makes it swallow
 * the rest of the file. So a small scanner, stricter than commons-csv about quotes, first finds where a
 * record ends. Where the quotes do not tell, a label does, if it is the last column: the broken record
 * ends with the first line that ends in one.
 */
final class CsvRecords {

    /** The longest record accepted; bounds what a missing quote can swallow. */
    static final int MAX_RECORD_CHARS = 200_000;

    private static final CSVFormat FORMAT = CSVFormat.RFC4180;

    /**
     * A record or the fault found in its place.
     *
     * @param line the line where the record starts
     * @param fields the fields, or null for a fault
     * @param fault a short name of the fault, or null
     * @param advice what is wrong in words, or null
     */
    record Row(long line, List<String> fields, String fault, String advice) {

        boolean broken() {
            return fault != null;
        }
    }

    private enum State {
        FIELD_START,
        PLAIN,
        QUOTED,
        QUOTE_IN_QUOTED
    }

    private final LineSource lines;
    private List<String> closingLabels = List.of();

    CsvRecords(LineSource lines) {
        this.lines = lines;
    }

    /**
     * Tells that each record from here on ends in a label.
     *
     * @param labels the values of the last column in lower case
     */
    void endIn(List<String> labels) {
        closingLabels = labels;
    }

    /** Returns the next record or fault, or null at the end; blank lines are passed over. */
    Row next() {
        LineSource.Line line = lines.next();
        while (line != null && line.text().isBlank()) {
            line = lines.next();
        }
        return line == null ? null : assemble(line);
    }

    private Row assemble(LineSource.Line first) {
        StringBuilder text = new StringBuilder();
        List<LineSource.Line> following = new ArrayList<>();
        State state = State.FIELD_START;
        LineSource.Line damaged = null;
        boolean labelInside = false;
        LineSource.Line line = first;
        while (true) {
            damaged = damaged == null && !line.valid() ? line : damaged;
            text.append(line.text());
            for (int i = 0; i < line.text().length(); i++) {
                State before = state;
                state = step(before, line.text().charAt(i));
                if (state == null) {
                    Row fault = labelInside ? unclosed(first) : stray(first, line, i, before);
                    return resume(damaged == null ? fault : badBytes(first, damaged), first, following);
                }
            }
            boolean label = endsInLabel(line.text());
            if (state != State.QUOTED) {
                if (labelInside && !label) {
                    return resume(unclosed(first), first, following);
                }
                return damaged == null ? parse(first, text.toString()) : badBytes(first, damaged);
            }
            labelInside |= label;
            LineSource.Line next = lines.next();
            if (next != null) {
                following.add(next);
            }
            if (next == null || text.length() > MAX_RECORD_CHARS) {
                return resume(damaged == null ? unclosed(first) : badBytes(first, damaged), first, following);
            }
            text.append('\n');
            line = next;
        }
    }

    /** One step of RFC 4180's automaton; null where a quote stands or a closed field goes on against its rules. */
    private static State step(State state, char c) {
        return switch (state) {
            case FIELD_START ->
                c == '"' ? State.QUOTED : c == ',' ? State.FIELD_START : State.PLAIN;
            case PLAIN -> c == '"' ? null : c == ',' ? State.FIELD_START : State.PLAIN;
            case QUOTED -> c == '"' ? State.QUOTE_IN_QUOTED : State.QUOTED;
            case QUOTE_IN_QUOTED ->
                c == '"' ? State.QUOTED : c == ',' ? State.FIELD_START : null;
        };
    }

    /** Whether a line ends in a label, quoted or not, as the last column may. */
    private boolean endsInLabel(String text) {
        int comma = text.lastIndexOf(',');
        String last = text.substring(comma + 1).strip().toLowerCase(Locale.ROOT);
        boolean quoted = last.length() >= 2 && last.startsWith("\"") && last.endsWith("\"");
        return comma >= 0 && closingLabels.contains(quoted ? last.substring(1, last.length() - 1).strip() : last);
    }

    /** Goes back to the line after the one in which the broken record must be over. */
    private Row resume(Row fault, LineSource.Line first, List<LineSource.Line> following) {
        lines.pushBack(following);
        LineSource.Line line = first;
        while (line != null && !closingLabels.isEmpty() && !endsInLabel(line.text())) {
            line = lines.next();
        }
        return fault;
    }

    private static Row stray(LineSource.Line first, LineSource.Line line, int at, State before) {
        String where = line.number() == first.number()
                ? "before column " + (at + 1)
                : "before column " + (at + 1) + " of line " + line.number();
        String advice = before == State.PLAIN
                ? "a quote inside an unquoted field (" + where
                        + "); put the field in quotes and write the quote as two"
                : "a quote inside a quoted field (" + where
                        + "); a quote in the text is written as two, and the field's last"
                        + " quote is followed by a comma or the line's end";
        return fault(first, "stray quote", advice);
    }

    private static Row unclosed(LineSource.Line first) {
        return fault(
                first,
                "unclosed quote",
                "a field opens with a quote that is never closed; close it before the comma");
    }

    private static Row badBytes(LineSource.Line first, LineSource.Line damaged) {
        String where = damaged.number() == first.number() ? "" : " (in its line " + damaged.number() + ")";
        return fault(first, "bad UTF-8", "bytes that are not UTF-8" + where + "; save the file as UTF-8");
    }

    private static Row fault(LineSource.Line first, String fault, String advice) {
        return new Row(first.number(), null, fault, advice);
    }

    private static Row parse(LineSource.Line first, String text) {
        try (CSVParser parser = CSVParser.parse(text, FORMAT)) {
            List<CSVRecord> records = parser.getRecords();
            if (records.size() != 1) {
                return fault(
                        first, "broken row", "a carriage return inside the row; quote the field or remove it");
            }
            return new Row(first.number(), records.getFirst().toList(), null, null);
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            return fault(first, "broken row", "not a CSV row: " + e.getMessage());
        }
    }
}
