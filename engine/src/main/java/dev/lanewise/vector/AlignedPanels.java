package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;

/**
 * Memory for packed panels of B, placed so that their vectors lie within cache lines where the collector makes that possible:
 * with 512-bit vectors, products are up to a tenth faster for it.
 */
final class AlignedPanels {
    /**
     * Index of the first panel. Collectors that put a large array at the start of a region (G1, ZGC) start its elements 16
     * bytes behind a cache line, so 12 floats on, every vector of B is one line instead of two; elsewhere it's no loss.
     */
    static final int FIRST = 12;

    /** Panels of so many floats get the large array: 64 KB, from where on a product is long enough to pay for clearing it. */
    private static final int WORTH_IT = 1 << 14;

    /** 4 MB is at the start of a region in heaps of up to 16 GB. */
    private static final int LARGE = 1 << 20;

    private float[] data = {};

    /** Floats from an index of a large array to the next one from which vectors lie within cache lines. */
    static int lead(int index) {
        return Math.floorMod(FIRST - index, LANES);
    }

    /** The memory, with room for so many floats from {@link #FIRST} on. What it holds is lost when it grows. */
    float[] withRoomFor(int floats) {
        int needed = FIRST + floats;
        if (data.length < needed) {
            data = new float[needed < WORTH_IT ? WORTH_IT : Math.max(LARGE, needed)];
        }
        return data;
    }
}
