package dev.lanewise.kernels;

/**
 * The counter-based generator behind dropout: the decision on an element is a hash of the seed and the element's index,
 * in 32-bit integer arithmetic that scalar and vector code share to the bit.
 *
 * <p>The mixer is Wellons' "lowbias32" (two multiplications, three xor-shifts; avalanche bias 0.17), applied to the index
 * with the seed folded in before and between two rounds.
 */
public final class Dropout {
    /** First multiplier of the mixer. */
    public static final int MULTIPLIER_1 = 0x7feb352d;

    /** Second multiplier of the mixer. */
    public static final int MULTIPLIER_2 = 0x846ca68b;

    private Dropout() {}

    /**
     * One round of the mixer.
     *
     * @param x any bits
     * @return the mixed bits, a bijection of x
     */
    public static int mix(int x) {
        int h = x;
        h = (h ^ h >>> 16) * MULTIPLIER_1;
        h = (h ^ h >>> 15) * MULTIPLIER_2;
        return h ^ h >>> 16;
    }

    /**
     * The key that is xored with the low half of the index before the first round.
     *
     * @param seed seed of the dropout
     * @param index index of the element; its upper half goes into the key
     * @return a key, the same for all indices with the same upper half
     */
    public static int firstKey(long seed, long index) {
        return mix((int) seed ^ mix((int) (index >>> 32) + 0x9e3779b9));
    }

    /**
     * The key that is xored between the two rounds.
     *
     * @param seed seed of the dropout
     * @return a key
     */
    public static int secondKey(long seed) {
        return mix((int) (seed >>> 32) ^ 0x85ebca6b);
    }

    /**
     * The bits of an element: {@code mix(mix(low ^ firstKey) ^ secondKey)}.
     *
     * @param seed seed of the dropout
     * @param index index of the element
     * @return 32 uniform bits
     */
    public static int bits(long seed, long index) {
        return mix(mix((int) index ^ firstKey(seed, index)) ^ secondKey(seed));
    }

    /**
     * The bound under which an element is dropped: it is dropped if its upper 24 bits, {@code bits >>> 8}, are below it.
     *
     * @param probability chance to be dropped, within 0..1
     * @return {@code round(probability * 2^24)}
     */
    public static int threshold(float probability) {
        return Math.round(probability * (1 << 24));
    }
}
