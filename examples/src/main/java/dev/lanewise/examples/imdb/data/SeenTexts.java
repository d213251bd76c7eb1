package dev.lanewise.examples.imdb.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Which texts a training has seen, as one 64-bit hash per text: enough to tell later, from any source and however that one
 * is split, that a review would be no test. Texts count as the same where {@link TextKey} says so. A text that was not
 * seen passes for one that was with a probability of (number of texts) / 2^64.
 */
public final class SeenTexts {

    private static final String HASH = "SHA-256";

    /** In ascending order, each once. */
    private final long[] hashes;

    private SeenTexts(long[] hashes) {
        this.hashes = hashes;
    }

    /**
     * Remembers reviews.
     *
     * @param parts the reviews that were learned from or chosen by
     * @return their texts' hashes
     */
    @SafeVarargs
    public static SeenTexts of(List<Review>... parts) {
        MessageDigest digest = digest();
        LongStream.Builder hashes = LongStream.builder();
        for (List<Review> part : parts) {
            part.forEach(review -> hashes.add(hash(digest, review.text())));
        }
        return new SeenTexts(hashes.build().sorted().distinct().toArray());
    }

    /**
     * Reads what {@link #toBytes} made.
     *
     * @param bytes eight bytes per text
     * @return the hashes
     * @throws IllegalArgumentException if the bytes are not whole hashes in ascending order
     */
    public static SeenTexts ofBytes(byte[] bytes) {
        if (bytes.length % Long.BYTES != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes are not a multiple of " + Long.BYTES);
        }
        long[] hashes = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(hashes);
        for (int i = 1; i < hashes.length; i++) {
            if (hashes[i - 1] >= hashes[i]) {
                throw new IllegalArgumentException("entry " + i + " is not above the one before it");
            }
        }
        return new SeenTexts(hashes);
    }

    /**
     * The hashes for a file.
     *
     * @return eight bytes per text, big endian, in ascending order
     */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.length * Long.BYTES);
        bytes.asLongBuffer().put(hashes);
        return bytes.array();
    }

    /**
     * Leaves out what the training has seen.
     *
     * @param reviews to choose from; not modified
     * @return the others, in order
     */
    public List<Review> unseen(List<Review> reviews) {
        MessageDigest digest = digest();
        return reviews.stream()
                .filter(review -> Arrays.binarySearch(hashes, hash(digest, review.text())) < 0)
                .toList();
    }

    /**
     * Different texts.
     *
     * @return their count
     */
    public int size() {
        return hashes.length;
    }

    private static long hash(MessageDigest digest, String text) {
        return ByteBuffer.wrap(digest.digest(TextKey.of(text).getBytes(StandardCharsets.UTF_8))).getLong();
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance(HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + HASH, e);
        }
    }
}
