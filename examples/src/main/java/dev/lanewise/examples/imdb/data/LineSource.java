package dev.lanewise.examples.imdb.data;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.zip.ZipException;

/**
 * The physical lines of a UTF-8 stream, numbered from 1, each decoded strictly by itself, so that a
 * bad byte is pinned to its line. Lines can be pushed back, which is what lets a reader take up again
 * after a broken record. A byte order mark at the start is dropped, and so is the carriage return of a
 * CRLF line end.
 */
final class LineSource {

    /** The longest line accepted; the longest review of the data set has 13,704 characters. */
    static final int MAX_LINE_BYTES = 1 << 20;

    /**
     * One line.
     *
     * @param number counted from 1
     * @param text the decoded text without its line end; where bytes are not UTF-8, U+FFFD stands for them
     * @param valid whether all bytes are UTF-8
     */
    record Line(long number, String text, boolean valid) {}

    private final InputStream in;
    private final Path file;
    private final Deque<Line> pushedBack = new ArrayDeque<>();
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private long number;

    LineSource(InputStream in, Path file) {
        this.in = in;
        this.file = file;
    }

    /** Returns the next line, or null at the end of the stream. */
    Line next() {
        if (!pushedBack.isEmpty()) {
            return pushedBack.pop();
        }
        ByteArrayOutputStream bytes = null;
        while (true) {
            if (position == limit && !fill()) {
                if (bytes == null) {
                    return null;
                }
                return decode(bytes.toByteArray());
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (bytes == null) {
                bytes = new ByteArrayOutputStream(Math.max(256, end - position));
            }
            bytes.write(buffer, position, end - position);
            if (bytes.size() > MAX_LINE_BYTES) {
                throw DataException.at(
                        file,
                        number + 1,
                        "longer than " + MAX_LINE_BYTES + " bytes; is this a text file with line ends?");
            }
            boolean complete = end < limit;
            position = complete ? end + 1 : end;
            if (complete) {
                return decode(bytes.toByteArray());
            }
        }
    }

    /** Hands lines back, to be returned again in the same order. */
    void pushBack(List<Line> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            pushedBack.push(lines.get(i));
        }
    }

    private Line decode(byte[] bytes) {
        number++;
        int from = 0;
        int to = bytes.length;
        if (number == 1
                && to >= 3
                && bytes[0] == (byte) 0xEF
                && bytes[1] == (byte) 0xBB
                && bytes[2] == (byte) 0xBF) {
            from = 3;
        }
        if (to > from && bytes[to - 1] == '\r') {
            to--;
        }
        try {
            return new Line(
                    number, decoder.decode(ByteBuffer.wrap(bytes, from, to - from)).toString(), true);
        } catch (CharacterCodingException e) {
            return new Line(number, new String(bytes, from, to - from, StandardCharsets.UTF_8), false);
        }
    }

    private boolean fill() {
        try {
            position = 0;
            limit = Math.max(0, in.read(buffer));
            return limit > 0;
        } catch (EOFException | ZipException e) {
            throw new DataException(
                    file
                            + ": damaged or cut short after line "
                            + number
                            + " ("
                            + FileKinds.damage(e)
                            + "); fetch the file again",
                    e);
        } catch (IOException e) {
            throw new DataException(
                    file + ": cannot be read after line " + number + ": " + e.getMessage(), e);
        }
    }
}
