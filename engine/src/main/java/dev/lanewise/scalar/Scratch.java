package dev.lanewise.scalar;

/** Arrays that grow to the largest size asked for and are kept between calls, in a pool. */
final class Scratch {
    private float[] first = new float[0];
    private float[] second = new float[0];
    private double[] sums = new double[0];

    /** At least n floats, in the state that their last user left them in. */
    float[] first(int n) {
        if (first.length < n) {
            first = new float[n];
        }
        return first;
    }

    /** At least n more floats, in the state that their last user left them in. */
    float[] second(int n) {
        if (second.length < n) {
            second = new float[n];
        }
        return second;
    }

    /** At least n doubles, in the state that their last user left them in. */
    double[] sums(int n) {
        if (sums.length < n) {
            sums = new double[n];
        }
        return sums;
    }
}
