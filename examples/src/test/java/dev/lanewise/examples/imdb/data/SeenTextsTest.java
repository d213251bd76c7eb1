package dev.lanewise.examples.imdb.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeenTextsTest {

    private final SeenTexts seen = SeenTexts.of(
            List.of(review("A fine film."), review("Dull.")), List.of(review("a fine film"), review("Too long!")));

    @Test
    void copiesWithOtherPunctuationCountAsSeen() {
        List<Review> unseen = seen.unseen(
                List.of(review("Too short!"), review("a FINE<br />film!"), review("too long"), review("Dull, dull.")));
        assertEquals(List.of("Too short!", "Dull, dull."), unseen.stream().map(Review::text).toList());
    }

    @Test
    void bytesGiveTheSameTextsBack() {
        assertEquals(3, seen.size());
        byte[] bytes = seen.toBytes();
        assertEquals(24, bytes.length);
        SeenTexts again = SeenTexts.ofBytes(bytes);
        assertArrayEquals(bytes, again.toBytes());
        assertEquals(List.of(), again.unseen(List.of(review("Dull."))));
    }

    @Test
    void bytesThatAreNoSortedHashesAreRefused() {
        byte[] bytes = seen.toBytes();
        assertRefused(Arrays.copyOf(bytes, 23), "23 bytes are not a multiple of 8");
        System.arraycopy(bytes, 0, bytes, 8, 8);
        assertRefused(bytes, "entry 1 is not above the one before it");
    }

    private static void assertRefused(byte[] bytes, String part) {
        String message = assertThrows(IllegalArgumentException.class, () -> SeenTexts.ofBytes(bytes)).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static Review review(String text) {
        return new Review(text, true, "", "");
    }
}
