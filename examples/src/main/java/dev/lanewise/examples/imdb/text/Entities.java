package dev.lanewise.examples.imdb.text;

import java.util.Map;

/**
 * HTML character references, as far as reviews have them: the numeric ones and the names that stand
 * for punctuation. What is no reference stays as it is.
 */
final class Entities {

    /** Longest reference looked for, with its ampersand and semicolon: {@code &#1114111;}. */
    private static final int MAX_LENGTH = 10;

    private static final Map<String, Character> NAMED = Map.ofEntries(
            Map.entry("amp", '&'),
            Map.entry("lt", '<'),
            Map.entry("gt", '>'),
            Map.entry("quot", '"'),
            Map.entry("apos", '\''),
            Map.entry("lsquo", '\''),
            Map.entry("rsquo", '\''),
            Map.entry("ldquo", '"'),
            Map.entry("rdquo", '"'),
            Map.entry("nbsp", ' '),
            Map.entry("ndash", '-'),
            Map.entry("mdash", '-'),
            Map.entry("hellip", '\u2026'));

    private Entities() {}

    /** Returns the position after the reference that starts at {@code at}, or {@code at} for none. */
    static int end(char[] text, int at, int length) {
        int limit = Math.min(length, at + MAX_LENGTH);
        for (int i = at + 1; i < limit; i++) {
            if (text[i] == ';') {
                return decode(text, at + 1, i) < 0 ? at : i + 1;
            }
            if (!Character.isLetterOrDigit(text[i]) && text[i] != '#') {
                return at;
            }
        }
        return at;
    }

    /**
     * Returns the character meant by {@code &body;}, a space for what is outside the basic plane or a
     * control character, or -1 where the body means nothing.
     */
    static int decode(char[] text, int from, int to) {
        if (from == to) {
            return -1;
        }
        String body = new String(text, from, to - from);
        if (body.charAt(0) != '#') {
            Character named = NAMED.get(body);
            return named == null ? -1 : named;
        }
        boolean hex = body.length() > 1 && (body.charAt(1) == 'x' || body.charAt(1) == 'X');
        try {
            int code = Integer.parseInt(body.substring(hex ? 2 : 1), hex ? 16 : 10);
            boolean plain = code >= ' ' && code <= 0xFFFF && !Character.isSurrogate((char) code);
            return code < 0 ? -1 : plain ? code : ' ';
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
