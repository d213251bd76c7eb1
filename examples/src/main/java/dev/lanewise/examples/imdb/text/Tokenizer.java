package dev.lanewise.examples.imdb.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Takes a review apart into lower-case tokens:
 *
 * <ul>
 *   <li>words of letters and digits with inner apostrophes: {@code don't}, {@code 80s};
 *   <li>numbers with inner points and commas: {@code 2.5}, {@code 1,000};
 *   <li>ratings out of ten, {@code 8/10} or {@code 8 out of 10}, as the one token {@code 8/10};
 *   <li>a run of line-break tags as {@link #BREAK};
 *   <li>exclamation and question marks, one or several: {@code ! !! ? ??}; a mixed run gives one
 *       token of each kind.
 * </ul>
 *
 * Everything else, other tags included, only separates: taking a tag or a dash away without leaving a
 * space would glue its neighbours into a word that does not exist. HTML character references are read
 * as the characters they stand for. Curly and accent-like apostrophes count as apostrophes.
 *
 * <p>One pass over the characters, no regular expressions; stateless and safe for concurrent use.
 */
public final class Tokenizer {

    /** The token for a run of {@code <br />} tags. */
    public static final String BREAK = "<br>";

    /** Longest tag recognised; beyond it a {@code <} is taken for a character of the text. */
    private static final int MAX_TAG = 100;

    /** Creates a tokenizer. */
    public Tokenizer() {}

    /**
     * The tokens of a text.
     *
     * @param text any text
     * @return its tokens in order, empty for a text without any
     */
    public List<String> tokenize(String text) {
        List<String> tokens = new ArrayList<>(text.length() / 5 + 4);
        forEach(text, tokens::add);
        return tokens;
    }

    /**
     * Hands each token of a text to a consumer, in order.
     *
     * @param text any text
     * @param sink receives the tokens
     */
    public void forEach(String text, Consumer<String> sink) {
        Objects.requireNonNull(sink, "sink");
        char[] chars = text.toCharArray();
        int length = text.indexOf('&') < 0 ? chars.length : decodeEntities(chars);
        for (int i = 0; i < length; i++) {
            if (chars[i] < 128) {
                chars[i] = chars[i] >= 'A' && chars[i] <= 'Z' ? (char) (chars[i] + 32) : chars[i];
            } else {
                chars[i] = isApostrophe(chars[i]) ? '\'' : Character.toLowerCase(chars[i]);
            }
        }
        scan(chars, length, sink);
    }

    private static void scan(char[] chars, int length, Consumer<String> sink) {
        boolean afterBreak = false;
        int i = 0;
        while (i < length) {
            char c = chars[i];
            if (isWordChar(c)) {
                int end = c >= '0' && c <= '9' ? number(chars, i, length) : i;
                int ratingEnd = end > i ? rating(chars, end, length) : -1;
                if (ratingEnd > 0) {
                    sink.accept(new String(chars, i, end - i) + "/10");
                    i = ratingEnd;
                } else {
                    end = end > i && !wordGoesOn(chars, end, length) ? end : word(chars, i, length);
                    sink.accept(new String(chars, i, end - i));
                    i = end;
                }
                afterBreak = false;
            } else if (c == '!' || c == '?') {
                i = marks(chars, i, length, sink);
                afterBreak = false;
            } else if (c == '<' && tagEnd(chars, i, length) > 0) {
                boolean isBreak = isBreak(chars, i, length);
                if (isBreak && !afterBreak) {
                    sink.accept(BREAK);
                }
                afterBreak |= isBreak;
                i = tagEnd(chars, i, length);
            } else {
                afterBreak &= c <= ' ';
                i++;
            }
        }
    }

    private static int word(char[] chars, int start, int length) {
        int i = start + 1;
        while (i < length && (isWordChar(chars[i]) || wordGoesOn(chars, i, length))) {
            i++;
        }
        return i;
    }

    /** Whether a letter, digit or inner apostrophe follows at {@code i}. */
    private static boolean wordGoesOn(char[] chars, int i, int length) {
        if (i >= length) {
            return false;
        }
        return isWordChar(chars[i])
                || chars[i] == '\'' && i + 1 < length && isWordChar(chars[i + 1]);
    }

    /** End of the digits at {@code start}, with points and commas that stand between digits. */
    private static int number(char[] chars, int start, int length) {
        int i = start + 1;
        while (i < length) {
            boolean digit = isDigit(chars[i]);
            boolean inner = (chars[i] == '.' || chars[i] == ',')
                    && i + 1 < length
                    && isDigit(chars[i + 1]);
            if (!digit && !inner) {
                break;
            }
            i++;
        }
        return i;
    }

    /** End of {@code /10} or {@code out of 10} after a number that ends at {@code i}, or -1. */
    private static int rating(char[] chars, int i, int length) {
        int at = skipSpaces(chars, i, length);
        if (at < length && chars[at] == '/') {
            at = skipSpaces(chars, at + 1, length);
        } else if (at > i && matches(chars, at, length, "out") && isSpace(chars, at + 3, length)) {
            at = skipSpaces(chars, at + 3, length);
            if (!matches(chars, at, length, "of") || !isSpace(chars, at + 2, length)) {
                return -1;
            }
            at = skipSpaces(chars, at + 2, length);
            if (matches(chars, at, length, "ten") && !wordGoesOn(chars, at + 3, length)) {
                return at + 3;
            }
        } else {
            return -1;
        }
        if (!matches(chars, at, length, "10")) {
            return -1;
        }
        int end = at + 2;
        boolean longer = wordGoesOn(chars, end, length)
                || end + 1 < length
                        && (chars[end] == '.' || chars[end] == ',' || chars[end] == '/')
                        && isDigit(chars[end + 1]);
        return longer ? -1 : end;
    }

    private static int marks(char[] chars, int start, int length, Consumer<String> sink) {
        int questions = 0;
        int i = start;
        while (i < length && (chars[i] == '!' || chars[i] == '?')) {
            questions += chars[i] == '?' ? 1 : 0;
            i++;
        }
        int exclamations = i - start - questions;
        if (questions > 0) {
            sink.accept(questions == 1 ? "?" : "??");
        }
        if (exclamations > 0) {
            sink.accept(exclamations == 1 ? "!" : "!!");
        }
        return i;
    }

    /** End of the tag that starts at {@code start}, or -1 where the {@code <} starts none. */
    private static int tagEnd(char[] chars, int start, int length) {
        int i = start + 1;
        if (i < length && chars[i] == '/') {
            i++;
        }
        if (i >= length || !(chars[i] >= 'a' && chars[i] <= 'z')) {
            return -1;
        }
        int limit = Math.min(length, start + MAX_TAG);
        while (i < limit && chars[i] != '>' && chars[i] != '<') {
            i++;
        }
        return i < limit && chars[i] == '>' ? i + 1 : -1;
    }

    private static boolean isBreak(char[] chars, int start, int length) {
        return matches(chars, start + 1, length, "br") && !isWordChar(chars[start + 3]);
    }

    /**
     * Replaces character references by what they stand for, in place. An ampersand or angle bracket
     * that was written as a reference is text, never markup, and all of them separate alike: they
     * become spaces.
     */
    private static int decodeEntities(char[] chars) {
        int to = 0;
        int from = 0;
        while (from < chars.length) {
            char c = chars[from];
            int end = c == '&' ? Entities.end(chars, from, chars.length) : from;
            if (end > from) {
                int decoded = Entities.decode(chars, from + 1, end - 1);
                c = decoded == '<' || decoded == '>' || decoded == '&' ? ' ' : (char) decoded;
                from = end;
            } else {
                from++;
            }
            chars[to++] = c;
        }
        return to;
    }

    private static boolean matches(char[] chars, int at, int length, String word) {
        if (at + word.length() > length) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (chars[at + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int skipSpaces(char[] chars, int from, int length) {
        int i = from;
        while (isSpace(chars, i, length)) {
            i++;
        }
        return i;
    }

    private static boolean isSpace(char[] chars, int i, int length) {
        return i < length && (chars[i] <= ' ' || chars[i] == '\u00a0');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordChar(char c) {
        if (c < 128) {
            return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
        }
        return Character.isLetterOrDigit(c);
    }

    /**
     * Quotation marks that writers and old code pages (Windows-1252 read as Latin-1: U+0091, U+0092)
     * put in place of the apostrophe.
     */
    private static boolean isApostrophe(char c) {
        return c == '\u2019' || c == '\u2018' || c == '\u00b4' || c == '\u0092' || c == '\u0091';
    }
}
