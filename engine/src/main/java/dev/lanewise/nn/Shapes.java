package dev.lanewise.nn;

/** The checks of the layers; messages show what is needed and what is there. */
final class Shapes {
    private Shapes() {}

    /** The element count of a [rows x cols] array, as an int. */
    static int size(String name, long rows, long cols) {
        if (rows < 0 || cols < 0 || (cols > 0 && rows > (Integer.MAX_VALUE - 8) / cols)) {
            throw new IllegalArgumentException(
                    name + ": [" + rows + " x " + cols + "] is not a size: each number must be 0 or"
                            + " more, and the product below 2^31");
        }
        return (int) (rows * cols);
    }

    /** That a dense [rows x cols] matrix from index 0 lies inside the array. */
    static void dense(String name, float[] data, int rows, int cols) {
        int size = size(name, rows, cols);
        if (data.length < size) {
            throw new IllegalArgumentException(
                    name + ": [" + rows + " x " + cols + "] takes " + size
                            + " elements, but its array has " + data.length);
        }
    }

    /**
     * That an array that is written is not one that is read, or written too, while the call needs both. Arrays are dense from
     * index 0, so two of them are apart or the same.
     *
     * @param other another array of the call, or of what a forward pass kept; null for none
     */
    static void apart(String name, float[] written, String otherName, float[] other) {
        if (written == other && other != null) {
            throw new IllegalArgumentException(
                    name + " and " + otherName + " must be two arrays, but are one; give " + name
                            + " an array of its own");
        }
    }

    /** That there is one number for each of so many things. */
    static void each(String name, int[] data, int count, String things) {
        if (data.length < count) {
            throw new IllegalArgumentException(
                    name + ": " + count + " " + things + " need one number each, but the array has "
                            + data.length);
        }
    }

    /** That sequence lengths, where there are any, lie within 0..seqLen. */
    static void lengths(int[] lengths, int batch, int seqLen) {
        if (lengths == null) {
            return;
        }
        each("lengths", lengths, batch, "sequences");
        for (int b = 0; b < batch; b++) {
            if (lengths[b] < 0 || lengths[b] > seqLen) {
                throw new IllegalArgumentException(
                        "lengths[" + b + "] must be within 0.." + seqLen + ", but is " + lengths[b]);
            }
        }
    }

    /** That sequences lie end to end from row 0 on; returns where the last one ends. */
    static int offsets(int[] offsets, int batch) {
        if (batch < 0 || offsets.length <= batch) {
            throw new IllegalArgumentException(
                    "a ragged batch of " + batch + " sequences needs " + (batch + 1L)
                            + " offsets, the first row of each and the end of the last, but the array has "
                            + offsets.length);
        }
        if (offsets[0] != 0) {
            throw new IllegalArgumentException("offsets[0] must be 0, but is " + offsets[0]);
        }
        for (int b = 0; b < batch; b++) {
            if (offsets[b + 1] < offsets[b]) {
                throw new IllegalArgumentException(
                        "offsets fall from " + offsets[b] + " to " + offsets[b + 1] + " at index " + (b + 1)
                                + ": a sequence ends where the next one starts");
            }
        }
        return offsets[batch];
    }

    /** That a size of a layer is at least 1. */
    static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more, but is " + value);
        }
        return value;
    }

    /** That the heads share the columns of a model evenly. */
    static int heads(int modelDim, int heads) {
        positive("heads", heads);
        if (modelDim % heads != 0) {
            throw new IllegalArgumentException(
                    "modelDim " + modelDim + " can't be shared evenly by " + heads + " heads");
        }
        return heads;
    }

    /** The array itself if it is large enough, else a new one: buffers only grow. */
    static float[] grow(float[] data, int size) {
        return data != null && data.length >= size ? data : new float[size];
    }

    /** The array itself if it is large enough, else a new one: buffers only grow. */
    static int[] grow(int[] data, int size) {
        return data != null && data.length >= size ? data : new int[size];
    }
}
