package dev.lanewise.testing;

import java.util.function.Supplier;

/** Comparisons of floats with what they should be, with bounds that the caller derives. */
public final class Close {
    /** Distance from 1 to the next float. */
    public static final double EPS = 0x1p-23;

    private Close() {}

    /**
     * That a value is within an absolute bound of the true one; NaN must meet NaN, and an infinity the same infinity. A
     * value beyond the range of float must have become an infinity.
     */
    public static void assertWithin(double expected, float actual, double bound, String what) {
        assertWithin(expected, actual, bound, () -> what);
    }

    /** The same, for one of so many values that naming each would take longer than computing it. */
    public static void assertWithin(double expected, float actual, double bound, Supplier<String> what) {
        boolean close;
        if (Double.isNaN(expected) || Float.isInfinite((float) expected)) {
            close = Float.compare((float) expected, actual) == 0;
        } else {
            close = Math.abs(actual - expected) <= bound;
        }
        if (!close) {
            throw new AssertionError(
                    what.get() + " is " + actual + ", but must be " + expected + " within " + bound + " (off by "
                            + Math.abs(actual - expected) + ")");
        }
    }

    /** That two arrays are the same bit by bit; NaN of any bits counts as NaN. */
    public static void assertSameBits(float[] expected, float[] actual, String what) {
        if (expected.length != actual.length) {
            throw new AssertionError(what + ": " + expected.length + " and " + actual.length + " elements");
        }
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                throw new AssertionError(what + " differ at index " + i + ": " + expected[i] + " and " + actual[i]);
            }
        }
    }
}
