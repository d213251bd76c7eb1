package dev.lanewise.vector;

/** An array that grows to the largest size asked for. */
final class Buffer {
    float[] data = {};

    /** Makes room for so many floats; what the array holds is lost when it grows. */
    void grow(int size) {
        if (data.length < size) {
            data = new float[Blocking.roundUp(size, 1024)];
        }
    }
}
