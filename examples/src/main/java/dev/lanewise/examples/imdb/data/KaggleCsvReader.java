package dev.lanewise.examples.imdb.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the layout of Kaggle's {@code IMDB Dataset.csv}, plain or gzip-compressed: a header with the
 * columns {@code review} and {@code sentiment} (others are ignored), then one row per review with the
 * label {@code positive} or {@code negative}.
 *
 * <p>The strict reader stops at the first faulty row. The lenient one leaves it out and counts it. Where
 * quotes are broken, it takes up again below the first line that ends in a label, if that is the last
 * column, and else at the next line; it may lose a good row that way, but makes up none from the tail of
 * a quoted text. A text over several lines without any quotes cannot be told from several rows. A
 * damaged gzip stream, a wrong header and a file without reviews stop both.
 */
public final class KaggleCsvReader {

    private static final String TEXT = "review";
    private static final String LABEL = "sentiment";
    private static final String POSITIVE = "positive";
    private static final String NEGATIVE = "negative";

    private final boolean skipBadRows;
    private final ReadReport report = new ReadReport();

    /**
     * Creates a reader for one file.
     *
     * @param skipBadRows whether faulty rows are left out and counted rather than refused
     */
    public KaggleCsvReader(boolean skipBadRows) {
        this.skipBadRows = skipBadRows;
    }

    /**
     * Reads a file.
     *
     * @param file the CSV file; gzip is recognised by its first bytes, not by the name
     * @return the reviews in the order of the file, with ids such as {@code line 17}
     * @throws DataException if the file cannot be read, is empty, has no such columns, or, when
     *     strict, has a faulty row; the message names file and line
     */
    public List<Review> read(Path file) {
        try (InputStream in = new BufferedInputStream(FileKinds.open(file), 1 << 16)) {
            return read(in, file);
        } catch (IOException e) {
            throw FileKinds.unreadable(file, e);
        }
    }

    /**
     * What was left out so far.
     *
     * @return the report, empty after a strict read
     */
    public ReadReport report() {
        return report;
    }

    private List<Review> read(InputStream in, Path file) {
        CsvRecords records = new CsvRecords(new LineSource(in, file));
        CsvRecords.Row header = records.next();
        if (header == null) {
            throw DataException.in(
                    file, "is empty; expected a CSV file with the columns review,sentiment");
        }
        if (header.broken()) {
            throw DataException.at(file, header.line(), header.advice());
        }
        int textColumn = column(header, TEXT, file);
        int labelColumn = column(header, LABEL, file);
        int columns = header.fields().size();
        if (labelColumn == columns - 1) {
            records.endIn(List.of(POSITIVE, NEGATIVE));
        }
        List<Review> reviews = new ArrayList<>();
        for (CsvRecords.Row row = records.next(); row != null; row = records.next()) {
            String fault = row.fault();
            String advice = row.advice();
            if (!row.broken()) {
                String text = row.fields().size() == columns ? row.fields().get(textColumn) : "";
                String label = row.fields().size() == columns
                        ? row.fields().get(labelColumn).strip().toLowerCase(Locale.ROOT)
                        : "";
                if (row.fields().size() != columns) {
                    fault = "wrong number of columns";
                    advice = row.fields().size()
                            + " columns where the header has "
                            + columns
                            + "; a text with commas must stand in quotes";
                } else if (!label.equals(POSITIVE) && !label.equals(NEGATIVE)) {
                    fault = "unknown label";
                    advice = "unknown label '" + shorten(label) + "'; use positive or negative";
                } else if (text.isBlank()) {
                    fault = "empty review";
                    advice = "a review without text; remove the row";
                } else {
                    reviews.add(
                            new Review(text, label.equals(POSITIVE), "line " + row.line(), ""));
                    continue;
                }
            }
            if (!skipBadRows) {
                throw DataException.at(file, row.line(), advice);
            }
            report.add(fault, "line " + row.line());
        }
        if (reviews.isEmpty()) {
            throw DataException.in(file, "holds no usable review below its header");
        }
        return reviews;
    }

    private static int column(CsvRecords.Row header, String name, Path file) {
        for (int i = 0; i < header.fields().size(); i++) {
            if (header.fields().get(i).strip().equalsIgnoreCase(name)) {
                return i;
            }
        }
        throw DataException.at(
                file,
                header.line(),
                "no column '"
                        + name
                        + "' in the header '"
                        + shorten(String.join(",", header.fields()))
                        + "'; expected review,sentiment");
    }

    private static String shorten(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }
}
