package dev.lanewise.nn;

import java.util.Arrays;

/**
 * A large table of which a step touches few rows: it has arrays of its own, and keeps a list of the
 * rows whose gradients may differ from zero, in the order in which they were first touched. Optimiser
 * and clipping visit those rows only.
 *
 * <p>Values may be read by several threads at once. List and gradients take one thread at a time: two backward passes, or one
 * and a step of the optimiser, must not run at once.
 */
public final class ParameterTable {
    private final Parameter parameter;
    private final int[] stamps;
    private int stamp = 1;
    private int[] touched = new int[16];
    private int touchedCount;

    ParameterTable(Parameter parameter) {
        this.parameter = parameter;
        stamps = new int[parameter.rows()];
    }

    /**
     * The values, [rows x dim], with name and shape.
     *
     * @return the parameter; its offset is 0
     */
    public Parameter parameter() {
        return parameter;
    }

    /**
     * The rows with a gradient; only the first {@link #touchedCount} entries count.
     *
     * @return the live list
     */
    public int[] touchedRows() {
        return touched;
    }

    /**
     * The number of rows with a gradient.
     *
     * @return valid entries of {@link #touchedRows}
     */
    public int touchedCount() {
        return touchedCount;
    }

    /**
     * Adds rows to the list, each once. Negative ids stand for nothing and are passed over.
     *
     * @param count number of ids
     * @param ids rows of the table, or negative; not modified
     * @throws IllegalArgumentException if an id is not below the number of rows
     */
    public void touch(int count, int[] ids) {
        Shapes.each("ids", ids, count, "tokens");
        for (int i = 0; i < count; i++) {
            int row = ids[i];
            if (row >= stamps.length) {
                throw new IllegalArgumentException(
                        "ids[" + i + "] is " + row + ", but " + parameter + " has no such row");
            }
            if (row >= 0 && stamps[row] != stamp) {
                stamps[row] = stamp;
                if (touchedCount == touched.length) {
                    touched = Arrays.copyOf(touched, 2 * touchedCount);
                }
                touched[touchedCount++] = row;
            }
        }
    }

    /** Forgets the list without a look at the gradients: for an optimiser that has zeroed them. */
    public void clearTouched() {
        touchedCount = 0;
        stamp++;
        if (stamp == 0) {
            // Wrapped around: old stamps could be taken for new ones.
            Arrays.fill(stamps, 0);
            stamp = 1;
        }
    }

    /** Sets the gradients of the touched rows to zero and forgets the list. */
    public void zeroGradients() {
        int dim = parameter.cols();
        for (int i = 0; i < touchedCount; i++) {
            int from = touched[i] * dim;
            Arrays.fill(parameter.gradients(), from, from + dim, 0f);
        }
        clearTouched();
    }
}
