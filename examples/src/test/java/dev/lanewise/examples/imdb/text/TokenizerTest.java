package dev.lanewise.examples.imdb.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {

    private final Tokenizer tokenizer = new Tokenizer();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = true, value = {
        "The FILM. Was\tGOOD|the film was good",
        "well-made,but;flat|well made but flat",
        "end.Start|end start",
        "don't can\u2019t rock\u00b4n 'quoted' dogs' it\u0092s|don't can't rock'n quoted dogs it's",
        "O'Brien's '80s 80's|o'brien's 80s 80's",
        "caf\u00c9 na\u00efve|caf\u00e9 na\u00efve",
        "in 1999, 2.5 hours, 1,000 extras, part 2.|in 1999 2.5 hours 1,000 extras part 2",
        "snake_case * a/b|snake case a b",
        "``|``",
        "\u4e00 \ud83d\ude00 ok|\u4e00 ok",
    })
    void wordsAndNumbers(String text, String expected) {
        assertTokens(expected.equals("``") ? "" : expected, text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "8/10|8/10",
        "I give it 8 / 10.|i give it 8/10",
        "7.5/10!|7.5/10 !",
        "8 out of 10|8/10",
        "8 OUT  OF TEN stars|8/10 stars",
        "-10/10-|10/10",
        "8/100|8 100",
        "9/10/2003|9 10 2003",
        "9/11|9 11",
        "8/10.5|8 10.5",
        "8/10th|8 10th",
        "5 out of five|5 out of five",
        "8 out often|8 out often",
        "8out of 10|8out of 10",
        "out of 10|out of 10",
        "8 out of|8 out of",
        "8/|8",
    })
    void ratingsOutOfTenAreOneToken(String text, String expected) {
        assertTokens(expected, text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "good<br /><br />bad|good <br> bad",
        "'good<br/>\n <BR> bad<br >'|good <br> bad <br>",
        "good<br />.<br />bad|good <br> <br> bad",
        "an <i>odd</i> film|an odd film",
        "a<b>b</b>c|a b c",
        "2 < 3 and 4 > 3|2 3 and 4 3",
        "I <3 it|i 3 it",
        "cut <br|cut br",
        "<brilliant> film|film",
        "<<<sigh> no|no",
    })
    void tagsSeparateAndARunOfBreaksIsOneToken(String text, String expected) {
        assertTokens(expected, text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Wow! What!! Why? Who??? Eh?!|wow ! what !! why ? who ?? eh ? !",
        "no...yes|no yes",
        "!?!?|?? !!",
    })
    void marksKeepTheirKindAndWhetherThereAreSeveral(String text, String expected) {
        assertTokens(expected, text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Tom &amp; Jerry|tom jerry",
        "don&#39;t|don't",
        "don&rsquo;t|don't",
        "caf&#233;|caf\u00e9",
        "caf&#xE9;|caf\u00e9",
        "a&nbsp;b|a b",
        "a &lt;br /&gt; b|a br b",
        "AT&T; R&D|at t r d",
        "&#99999999; &; &#; &#x; x|99999999 x x",
    })
    void characterReferencesAreReadAsWhatTheyStandFor(String text, String expected) {
        assertTokens(expected, text);
    }

    @Test
    void textWithoutTokensGivesNone() {
        assertEquals(List.of(), tokenizer.tokenize(""));
        assertEquals(List.of(), tokenizer.tokenize(" ... -- \n"));
    }

    @Test
    void noInputBreaksItAndEveryTokenComesBackAsItself() {
        long seed = Long.getLong("test.seed", 11);
        Random random = new Random(seed);
        String alphabet = "abZ019'<>/br !?&#;.,\u00e9\u2019\ud83d\ude00 out of ten\n\u0000\u00a0";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            for (String token : tokenizer.tokenize(text.toString())) {
                String context = "seed " + seed + ", text '" + text + "', token '" + token + "'";
                assertEquals(List.of(token), tokenizer.tokenize(token), context);
                assertTrue(token.chars().noneMatch(c -> c <= ' '), context);
            }
        }
    }

    private void assertTokens(String expected, String text) {
        List<String> tokens = expected.isEmpty() ? List.of() : Arrays.asList(expected.split(" "));
        assertEquals(tokens, tokenizer.tokenize(text));
    }
}
