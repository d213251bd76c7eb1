package dev.lanewise.nn;

/**
 * Random numbers as a function of a key and a counter: no state, so any element of any stream can be
 * had in any order. The generator is SplitMix64. Source: Steele, Lea, Flood, Fast Splittable
 * Pseudorandom Number Generators, 2014.
 */
final class CounterRandom {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private CounterRandom() {}

    /** The key of a named stream: the FNV-1a hash of the name, mixed with the seed. */
    static long key(long seed, String name) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return bits(mix(seed), hash);
    }

    /** 64 uniform bits. */
    static long bits(long key, long index) {
        return mix(key + (index + 1) * GOLDEN_GAMMA);
    }

    /** A number within [0, 1), with 53 bits. */
    static double uniform(long key, long index) {
        return (bits(key, index) >>> 11) * 0x1p-53;
    }

    /** A standard normal number, by Box and Muller's transform of two uniform ones. */
    static double normal(long key, long index) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(key, 2 * index)));
        return radius * StrictMath.cos(2 * Math.PI * uniform(key, 2 * index + 1));
    }

    private static long mix(long x) {
        long z = x;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
