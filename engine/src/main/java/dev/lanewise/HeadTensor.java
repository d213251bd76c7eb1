package dev.lanewise;

/**
 * One of the tensors of an attention, for the checks: which elements of an array it takes. Made once and set for each
 * call, so that checking allocates nothing.
 */
final class HeadTensor {
    private static final float[] NOTHING = {};

    private final String name;
    private float[] data;
    private int offset;
    private int batch;
    private int heads;
    private int rows;
    private int headDim;
    private long batchStride;
    private long headStride;
    private long rowStride;

    /** A tensor that is yet to be set; the name is for messages. */
    HeadTensor(String name) {
        this.name = name;
    }

    /** Says where the tensor lies. */
    void set(
            float[] data, int offset, int batch, int heads, int rows, int headDim, int batchStride, int headStride,
            int rowStride) {
        this.data = data;
        this.offset = offset;
        this.batch = batch;
        this.heads = heads;
        this.rows = rows;
        this.headDim = headDim;
        this.batchStride = batchStride;
        this.headStride = headStride;
        this.rowStride = rowStride;
    }

    /** Has it take no elements of no array. */
    void setEmpty() {
        set(NOTHING, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private boolean empty() {
        return batch == 0 || heads == 0 || rows == 0 || headDim == 0;
    }

    /** Index behind the last element. */
    private long end() {
        return offset + (batch - 1L) * batchStride + (heads - 1L) * headStride + (rows - 1L) * rowStride + headDim;
    }

    /** That the tensor lies inside its array. */
    void checkInside() {
        long end = empty() ? offset : end();
        if (offset < 0 || end > data.length) {
            throw new IllegalArgumentException(
                    name + ": " + layout() + " from index " + offset + " ends at index " + end + ", but its array has "
                            + data.length + " elements");
        }
    }

    private String layout() {
        return "[" + batch + ", " + heads + ", " + rows + ", " + headDim + "] with strides " + batchStride + ", "
                + headStride
                + ", " + rowStride;
    }

    /** That no two of its rows share an element, as an output needs it. */
    void checkRowsApart() {
        if (empty()) {
            return;
        }
        // A dimension of one element takes no step. Of the others, in any order, each step must leave the ground that
        // those with a smaller step cover.
        long batchCover = cover(batch, batchStride);
        long headCover = cover(heads, headStride);
        long rowCover = cover(rows, rowStride);
        boolean apart = steps(batch, batchStride, heads, headStride, headCover, rows, rowStride, rowCover)
                && steps(heads, headStride, rows, rowStride, rowCover, batch, batchStride, batchCover)
                && steps(rows, rowStride, batch, batchStride, batchCover, heads, headStride, headCover);
        if (!apart) {
            throw new IllegalArgumentException(name + " is written to, but its rows overlap: " + layout());
        }
    }

    private static long cover(int count, long stride) {
        return (count - 1L) * stride;
    }

    /** Whether one step of a dimension leaves what those of the other two with smaller steps cover. */
    private boolean steps(
            int count, long stride, int countA, long strideA, long coverA, int countB, long strideB, long coverB) {
        if (count == 1) {
            return true;
        }
        boolean clash = countA > 1 && strideA == stride || countB > 1 && strideB == stride;
        long ground = headDim + (strideA < stride ? coverA : 0) + (strideB < stride ? coverB : 0);
        return !clash && stride >= ground;
    }

    /** That this output shares no element with the other tensor. */
    void checkApart(HeadTensor other) {
        if (data != other.data || empty() || other.empty()) {
            return;
        }
        if (rowStride == other.rowStride
                && Overlap.apartInColumns((long) other.offset - offset, window(), other.window(), rowStride)) {
            return;
        }
        Checks.disjoint(name, data, offset, end(), other.name, other.data, other.offset, other.end());
    }

    /**
     * Width of the columns, with rowStride as the period, that all heads of all rows and items lie in; wider than the
     * period where they do not keep to columns.
     */
    private long window() {
        boolean itemsKeepColumns = batch == 1 || batchStride % rowStride == 0;
        return itemsKeepColumns ? cover(heads, headStride) + headDim : rowStride + 1;
    }
}
