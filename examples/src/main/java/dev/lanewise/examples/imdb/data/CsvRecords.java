package dev.lanewise.examples.imdb.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The records of a CSV file, one at a time, with every fault pinned to the line where its record
 * starts.
 *
 * <p>commons-csv takes the fields apart, but it is handed one record at a time: left alone with the
 * file, it returns the tail of a broken line as a valid record, and one missing quote makes it swallow
 * the rest of the file. So a small scanner first finds where a record ends. After a fault the reader
 * goes on at the line after the one where the broken record started.
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
    private final List<String> closingLabels;

    /**
     * Creates a reader.
     *
     * @param lines the physical lines
     * @param closingLabels values of the last column; where a quoted field runs over a line that ends
     *     in a comma and one of them, a closing quote is taken to be missing
     */
    CsvRecords(LineSource lines, List<String> closingLabels) {
        this.lines = lines;
        this.closingLabels = closingLabels;
    }

    /** Returns the next record or fault, or null at the end; blank lines are passed over. */
    Row next() {
        LineSource.Line line = lines.next();
        while (line != null && line.text() != null && line.text().isBlank()) {
            line = lines.next();
        }
        return line == null ? null : assemble(line);
    }

    private Row assemble(LineSource.Line first) {
        StringBuilder text = new StringBuilder();
        List<LineSource.Line> following = new ArrayList<>();
        State state = State.FIELD_START;
        LineSource.Line line = first;
        while (true) {
            if (line.text() == null) {
                return fault(first, following, "bad UTF-8", badBytes(line, first));
            }
            text.append(line.text());
            int stray = -1;
            for (int i = 0; i < line.text().length() && stray < 0; i++) {
                state = step(state, line.text().charAt(i));
                stray = state == null ? i : -1;
            }
            if (stray >= 0) {
                String where = line.number() == first.number()
                        ? "before column " + (stray + 1)
                        : "before column " + (stray + 1) + " of line " + line.number();
                return fault(
                        first,
                        following,
                        "stray quote",
                        "a quote inside a quoted field ("
                                + where
                                + "); a quote in the text is written as two, and the field's last"
                                + " quote is followed by a comma or the line's end");
            }
            if (state != State.QUOTED) {
                return parse(first, following, text.toString());
            }
            LineSource.Line next = endsInLabel(line.text()) ? null : lines.next();
            if (next == null || text.length() > MAX_RECORD_CHARS) {
                if (next != null) {
                    following.add(next);
                }
                return fault(
                        first,
                        following,
                        "unclosed quote",
                        "a field opens with a quote that is never closed; close it before the comma");
            }
            following.add(next);
            text.append('\n');
            line = next;
        }
    }

    private static String badBytes(LineSource.Line line, LineSource.Line first) {
        String where = line.number() == first.number() ? "" : " (in its line " + line.number() + ")";
        return "bytes that are not UTF-8" + where + "; save the file as UTF-8";
    }

    /** One step of RFC 4180's automaton; null where a closed field is followed by other text. */
    private static State step(State state, char c) {
        return switch (state) {
            case FIELD_START ->
                c == '"' ? State.QUOTED : c == ',' ? State.FIELD_START : State.PLAIN;
            case PLAIN -> c == ',' ? State.FIELD_START : State.PLAIN;
            case QUOTED -> c == '"' ? State.QUOTE_IN_QUOTED : State.QUOTED;
            case QUOTE_IN_QUOTED ->
                c == '"' ? State.QUOTED : c == ',' ? State.FIELD_START : null;
        };
    }

    private boolean endsInLabel(String text) {
        for (String label : closingLabels) {
            if (text.endsWith(',' + label)) {
                return true;
            }
        }
        return false;
    }

    private Row fault(
            LineSource.Line first, List<LineSource.Line> following, String fault, String advice) {
        lines.pushBack(following);
        return new Row(first.number(), null, fault, advice);
    }

    private Row parse(LineSource.Line first, List<LineSource.Line> following, String text) {
        try (CSVParser parser = CSVParser.parse(text, FORMAT)) {
            List<CSVRecord> records = parser.getRecords();
            if (records.size() != 1) {
                return fault(
                        first,
                        following,
                        "broken row",
                        "a carriage return inside the row; quote the field or remove it");
            }
            return new Row(first.number(), records.getFirst().toList(), null, null);
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            return fault(first, following, "broken row", "not a CSV row: " + e.getMessage());
        }
    }
}
