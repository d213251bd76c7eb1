package dev.lanewise.examples.imdb.data;

/**
 * What two reviews must share to count as the same text: their letters and digits, in order. Case,
 * punctuation, line breaks and white space make no difference, so that a copy with a changed full stop
 * is still a copy.
 */
final class TextKey {

    private TextKey() {}

    static String of(String text) {
        StringBuilder key = new StringBuilder(text.length());
        boolean gap = false;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isLetterOrDigit(c)) {
                if (gap && !key.isEmpty()) {
                    key.append(' ');
                }
                gap = false;
                key.append(Character.toLowerCase(c));
                i++;
            } else {
                gap = true;
                int close = c == '<' && text.regionMatches(true, i, "<br", 0, 3) ? text.indexOf('>', i) : -1;
                i = close > 0 && close - i <= "<br  />".length() ? close + 1 : i + 1;
            }
        }
        return key.toString();
    }
}
