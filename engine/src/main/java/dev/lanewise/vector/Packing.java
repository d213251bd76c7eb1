package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Copies a block of an operand into panels: the order in which a micro-kernel reads it. A panel is {@code width} rows of A,
 * or {@code width} columns of B, step after step of the depth: element (i, p) at {@code p * width + i}. Panels follow each
 * other; the last one is filled up with zeros. Transposing is a matter of which of the two strides is 1.
 */
final class Packing {
    /** Steps of a panel that are copied before the next panel's: as many rows of the source are open at a time. */
    private static final int RUN = 8;

    /** Floats in a cache line. */
    private static final int LINE = 16;

    /** Whether vectors are as long as the rows of a block that is transposed in registers. */
    private static final boolean HAS_BLOCKS = LANES == Transpose16.SIZE || LANES == Transpose8.SIZE;

    private Packing() {}

    /**
     * Reads each cache line of some rows, one after the other, so that what transposes them finds them near: it takes a line
     * of 16 rows each at a time, an order in which a core fetches little ahead.
     *
     * @param rows number of rows
     * @param columns elements of each
     * @param x the rows
     * @param xOffset index of the first
     * @param ld distance between two
     * @return nothing of use; whoever keeps it keeps the compiler from leaving out the reads
     */
    static int fetch(int rows, int columns, float[] x, int xOffset, int ld) {
        int bits = 0;
        for (int r = 0; r < rows; r++) {
            int row = xOffset + r * ld;
            for (int c = row; c < row + columns; c += LINE) {
                bits |= Float.floatToRawIntBits(x[c]);
            }
            bits |= Float.floatToRawIntBits(x[row + columns - 1]);
        }
        return bits;
    }

    /** Floats that a block of {@code count} rows or columns takes, with room for the last vector store to run over. */
    static int size(int width, int count, int depth) {
        return Blocking.roundUp(count, width) * depth + LANES;
    }

    /**
     * Packs a block.
     *
     * @param width rows of A or columns of B in a panel; the whole vectors that cover it run over by less than itself
     * @param count rows of A or columns of B in the block
     * @param depth depth of the block
     * @param scale factor of every element
     * @param source the operand
     * @param offset index of the block's first element
     * @param across distance between two rows of A or two columns of B
     * @param along distance between two steps of the depth
     * @param panels receives the panels
     * @param panelsOffset index of the first panel
     */
    static void pack(
            int width,
            int count,
            int depth,
            float scale,
            float[] source,
            int offset,
            int across,
            int along,
            float[] panels,
            int panelsOffset) {
        int panel = width * depth;
        int whole = count / width;
        if (across == 1) {
            copyWhole(width, whole, depth, source, offset, along, panels, panelsOffset);
        } else {
            for (int i = 0; i < whole; i++) {
                transpose(width, depth, source, offset + i * width * across, across, along, panels,
                        panelsOffset + i * panel);
            }
        }
        int rest = count - whole * width;
        int to = panelsOffset + whole * panel;
        if (rest > 0 && across == 1 && width == 2 * LANES) {
            copyColumns(rest, depth, source, offset + whole * width, along, panels, to);
            to += panel;
        } else if (rest > 0) {
            Arrays.fill(panels, to, to + panel, 0f);
            copyRest(width, rest, depth, source, offset + whole * width * across, across, along, panels, to);
            to += panel;
        }
        if (scale != 1f) {
            scale(scale, panels, panelsOffset, to);
        }
    }

    /**
     * Copies rows as they lie: element (i, p) to {@code i * step + p}.
     *
     * @param rows number of rows
     * @param depth elements of each
     * @param scale factor of every element
     * @param source the rows, their elements side by side
     * @param from index of the first element
     * @param across distance between two rows
     * @param panel receives the rows
     * @param to index of the first
     * @param step distance between two rows there
     */
    static void copyRows(
            int rows, int depth, float scale, float[] source, int from, int across, float[] panel, int to, int step) {
        for (int i = 0; i < rows; i++) {
            int row = to + i * step;
            System.arraycopy(source, from + i * across, panel, row, depth);
            if (scale != 1f) {
                scale(scale, panel, row, row + depth);
            }
        }
    }

    /**
     * The rows of a panel lie side by side in the source. A few steps of one panel, then the same steps of the next: rows are
     * read to their end, and each panel is written in runs. Panels whose lengths are a multiple of 4 KB, filled together step
     * by step, would push each other out of L1.
     */
    private static void copyWhole(
            int width, int whole, int depth, float[] source, int from, int along, float[] panels, int to) {
        // A vector wider than the panel runs over into what the next step writes; the last step has none after it. Nor may
        // vectors read beyond the source.
        int spare = Math.max(0, LANES - width);
        int steps = spare == 0 ? depth : depth - 1;
        while (steps > 0 && from + (steps - 1) * along + whole * width + spare > source.length) {
            steps--;
        }
        for (int p = 0; p < steps; p += RUN) {
            int run = Math.min(RUN, steps - p);
            for (int i = 0; i < whole; i++) {
                copyRun(
                        width, run, source, from + p * along + i * width, along, panels, to + (i * depth + p) * width);
            }
        }
        for (int p = steps; p < depth; p++) {
            for (int i = 0; i < whole; i++) {
                System.arraycopy(
                        source, from + p * along + i * width, panels, to + (i * depth + p) * width, width);
            }
        }
    }

    /** Some steps of one panel. */
    private static void copyRun(int width, int run, float[] source, int from, int along, float[] panels, int to) {
        int at = from;
        int target = to;
        if (width == 2 * LANES) {
            for (int p = 0; p < run; p++, at += along, target += 2 * LANES) {
                FloatVector v0 = FloatVector.fromArray(SPECIES, source, at);
                FloatVector v1 = FloatVector.fromArray(SPECIES, source, at + LANES);
                v0.intoArray(panels, target);
                v1.intoArray(panels, target + LANES);
            }
        } else if (width <= LANES) {
            for (int p = 0; p < run; p++, at += along, target += width) {
                FloatVector.fromArray(SPECIES, source, at).intoArray(panels, target);
            }
        } else {
            for (int p = 0; p < run; p++, at += along, target += width) {
                for (int i = 0; i < width - LANES; i += LANES) {
                    FloatVector.fromArray(SPECIES, source, at + i).intoArray(panels, target + i);
                }
                int last = width - LANES;
                FloatVector.fromArray(SPECIES, source, at + last).intoArray(panels, target + last);
            }
        }
    }

    /** The rows of a whole panel are apart: blocks in registers where these hold 16 or 8 floats, else four rows. */
    private static void transpose(
            int width, int depth, float[] source, int from, int across, int along, float[] panels, int to) {
        int i = 0;
        int p = 0;
        if (along == 1 && HAS_BLOCKS) {
            // A block reads as many rows as there are lanes: those beyond the panel must exist. What they write belongs to the
            // first rows of later steps, which come last.
            int blockRows = Blocking.roundUp(width, LANES);
            boolean inside = from + (blockRows - 1L) * across + depth <= source.length;
            if (inside && depth >= LANES) {
                for (; p < depth; p += LANES) {
                    // The last block overlaps the one ahead.
                    int q = Math.min(p, depth - LANES);
                    for (int r = blockRows - LANES; r >= 0; r -= LANES) {
                        transposeBlock(source, from + r * across + q, across, panels, to + q * width + r, width);
                    }
                }
            }
        }
        for (; i + 4 <= width; i += 4) {
            transposeFour(width, p, depth, source, from + i * across, across, along, panels, to + i);
        }
        for (; i < width; i++) {
            for (int q = p; q < depth; q++) {
                panels[to + q * width + i] = source[from + i * across + q * along];
            }
        }
    }

    private static void transposeBlock(
            float[] source, int from, int across, float[] panels, int to, int width) {
        if (LANES == Transpose16.SIZE) {
            Transpose16.transpose(source, from, across, panels, to, width);
        } else {
            Transpose8.transpose(source, from, across, panels, to, width);
        }
    }

    private static void transposeFour(
            int width, int first, int depth, float[] source, int row0, int across, int along, float[] panels, int to) {
        int row1 = row0 + across;
        int row2 = row1 + across;
        int row3 = row2 + across;
        for (int p = first; p < depth; p++) {
            int s = p * along;
            int t = to + p * width;
            panels[t] = source[row0 + s];
            panels[t + 1] = source[row1 + s];
            panels[t + 2] = source[row2 + s];
            panels[t + 3] = source[row3 + s];
        }
    }

    /** The last panel of B, where columns are missing. */
    private static void copyColumns(
            int rest, int depth, float[] source, int from, int along, float[] panels, int to) {
        VectorMask<Float> first = VectorMask.fromLong(SPECIES, firstBits(rest));
        VectorMask<Float> second = VectorMask.fromLong(SPECIES, firstBits(Math.max(0, rest - LANES)));
        int at = from;
        int target = to;
        for (int p = 0; p < depth; p++) {
            FloatVector.fromArray(SPECIES, source, at, first).intoArray(panels, target);
            if (rest > LANES) {
                FloatVector.fromArray(SPECIES, source, at + LANES, second).intoArray(panels, target + LANES);
            } else {
                FloatVector.zero(SPECIES).intoArray(panels, target + LANES);
            }
            at += along;
            target += 2 * LANES;
        }
    }

    /** The last panel, where rows are missing. */
    private static void copyRest(
            int width, int rest, int depth, float[] source, int from, int across, int along, float[] panels, int to) {
        int i = 0;
        for (; along == 1 && HAS_BLOCKS && i + LANES <= rest; i += LANES) {
            int p = 0;
            for (; p < depth && depth >= LANES; p += LANES) {
                int q = Math.min(p, depth - LANES);
                transposeBlock(source, from + i * across + q, across, panels, to + q * width + i, width);
            }
            for (int r = i; r < i + LANES; r += 4) {
                transposeFour(width, p, depth, source, from + r * across, across, along, panels, to + r);
            }
        }
        for (; i + 4 <= rest; i += 4) {
            transposeFour(width, 0, depth, source, from + i * across, across, along, panels, to + i);
        }
        for (; i < rest; i++) {
            for (int p = 0; p < depth; p++) {
                panels[to + p * width + i] = source[from + i * across + p * along];
            }
        }
    }

    private static void scale(float factor, float[] panels, int from, int to) {
        for (int i = from; i < to; i++) {
            panels[i] *= factor;
        }
    }
}
