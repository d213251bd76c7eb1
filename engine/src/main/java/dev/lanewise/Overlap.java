package dev.lanewise;

/**
 * Refuses an output that overlaps an input. Two matrices that are different columns of one array, with one distance
 * between rows, do not overlap though their spans do. Matrices with unlike distances between rows count as overlapping
 * where their spans do.
 */
final class Overlap {
    private Overlap() {}

    /** For n elements that may be the input itself, at the same offset, but no other part of it. */
    static void vectors(String outName, float[] out, int outOffset, String inName, float[] in, int inOffset, long n) {
        if (out == in && outOffset != inOffset) {
            Checks.disjoint(outName, out, outOffset, outOffset + n, inName, in, inOffset, inOffset + n);
        }
    }

    /** For vectors of which the output may not even be the input itself. */
    static void separateVectors(
            String outName, float[] out, int outOffset, long outLength, String inName, float[] in, int inOffset,
            long inLength) {
        if (outLength > 0 && inLength > 0) {
            Checks.disjoint(outName, out, outOffset, outOffset + outLength, inName, in, inOffset, inOffset + inLength);
        }
    }

    /** For [rows x cols] matrices that may be one and the same, or apart. */
    static void matrices(
            String outName, float[] out, int outOffset, int ldOut, String inName, float[] in, int inOffset, int ldIn,
            int rows, int cols) {
        if (out == in && outOffset == inOffset && ldOut == ldIn) {
            return;
        }
        separateMatrices(outName, out, outOffset, rows, cols, ldOut, inName, in, inOffset, rows, cols, ldIn);
    }

    /** For matrices of which the output may not even be the input itself. */
    static void separateMatrices(
            String outName, float[] out, int outOffset, int outRows, int outCols, int ldOut, String inName, float[] in,
            int inOffset, int inRows, int inCols, int ldIn) {
        if (out != in || outRows == 0 || outCols == 0 || inRows == 0 || inCols == 0) {
            return;
        }
        if (ldOut == ldIn && apartInColumns(inOffset - (long) outOffset, outCols, inCols, ldIn)) {
            return;
        }
        Checks.disjoint(
                outName, out, outOffset, outOffset + (outRows - 1L) * ldOut + outCols, inName, in, inOffset,
                inOffset + (inRows - 1L) * ldIn + inCols);
    }

    /**
     * Whether two matrices with one distance between rows share no column of that period.
     *
     * @param distance from the first element of one to the first element of the other
     */
    static boolean apartInColumns(long distance, long cols, long otherCols, long period) {
        long start = Math.floorMod(distance, period);
        return start >= cols && start + otherCols <= period;
    }
}
