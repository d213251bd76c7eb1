package dev.lanewise;

/**
 * Cosines and sines for rotary position embedding: pair i of a head at position p is turned by the angle
 * {@code p / base^(2i / headDim)}. Computed once, in double, and read by {@link EmbeddingOps#rotary}. Source: Su and others,
 * RoFormer, 2021 (2104.09864).
 */
public final class RotaryTable {
    /** Which two elements of a head make a pair. */
    public enum Layout {
        /** Elements 2i and 2i + 1, as in the paper. */
        INTERLEAVED,
        /** Elements i and i + headDim / 2, as in the models that store their weights so. */
        HALVES
    }

    /** The base of the paper. */
    public static final double BASE = 10_000;

    private final Layout layout;
    private final int positions;
    private final int headDim;
    private final float[] cos;
    private final float[] sin;

    /**
     * The table of the paper's angles, with a base of 10,000.
     *
     * @param layout which elements make a pair
     * @param positions number of positions, from 0
     * @param headDim elements of a head, even
     * @throws IllegalArgumentException if {@code headDim} is odd or below 2, or a size is out of range
     */
    public RotaryTable(Layout layout, int positions, int headDim) {
        this(layout, positions, headDim, BASE);
    }

    /**
     * A table with angles of another base; a larger one turns more slowly, for longer contexts.
     *
     * @param layout which elements make a pair
     * @param positions number of positions, from 0
     * @param headDim elements of a head, even
     * @param base the base of the powers, above 0
     * @throws IllegalArgumentException if {@code headDim} is odd or below 2, {@code base} is not above 0, or a size is out
     *     of range
     */
    public RotaryTable(Layout layout, int positions, int headDim, double base) {
        if (headDim < 2 || headDim % 2 != 0) {
            throw new IllegalArgumentException("headDim must be even and at least 2, but is " + headDim);
        }
        if (!(base > 0)) {
            throw new IllegalArgumentException("base must be above 0, but is " + base);
        }
        int size = Checks.size(positions, headDim);
        this.layout = layout;
        this.positions = positions;
        this.headDim = headDim;
        cos = new float[size];
        sin = new float[size];
        for (int pair = 0; pair < headDim / 2; pair++) {
            int first = layout == Layout.INTERLEAVED ? 2 * pair : pair;
            int second = layout == Layout.INTERLEAVED ? first + 1 : first + headDim / 2;
            double frequency = StrictMath.pow(base, -2.0 * pair / headDim);
            for (int p = 0; p < positions; p++) {
                double angle = p * frequency;
                cos[p * headDim + first] = (float) StrictMath.cos(angle);
                cos[p * headDim + second] = cos[p * headDim + first];
                sin[p * headDim + second] = (float) StrictMath.sin(angle);
                // With the sign of the rotation, so that a kernel has one formula for both elements of a pair.
                sin[p * headDim + first] = -sin[p * headDim + second];
            }
        }
    }

    /**
     * Which elements make a pair.
     *
     * @return the layout
     */
    public Layout layout() {
        return layout;
    }

    /**
     * The number of positions.
     *
     * @return positions, the first of which is 0
     */
    public int positions() {
        return positions;
    }

    /**
     * The size of a head.
     *
     * @return elements, even
     */
    public int headDim() {
        return headDim;
    }

    float[] cos() {
        return cos;
    }

    float[] sin() {
        return sin;
    }
}
