package dev.lanewise.testing;

/** Sizes at which vector code goes wrong: nothing, one, around 4, 8 and 16 lanes and their doubles, primes. */
public final class Sizes {
    private static final int[] EDGES = {
        0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 17, 23, 31, 32, 33, 37, 47, 63, 64, 65, 97, 127, 129, 257
    };

    private Sizes() {}

    /** From 0 to 257. */
    public static int[] edges() {
        return EDGES.clone();
    }

    /** The edges from 1 to the given bound. */
    public static int[] edges(int bound) {
        return java.util.Arrays.stream(EDGES).filter(n -> n > 0 && n <= bound).toArray();
    }
}
