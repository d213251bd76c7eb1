package dev.lanewise.vector;

import static dev.lanewise.vector.Blocking.ceilDiv;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.RegisterTile.MR;
import static dev.lanewise.vector.RegisterTile.MR_IN_PLACE;
import static dev.lanewise.vector.RegisterTile.NR;

/**
 * The five loops around the register tile, for one rectangle of C, on one thread.
 *
 * <pre>
 * for ic in steps of mc over the rows of C             5th loop: bounds the memory for packed A
 *   for pc in steps of kc over the depth               4th loop
 *     for jc in steps of nc over the columns of C      3rd loop: a packed block of B [kc x nc] in L2
 *       for ir in steps of mr over the rows            2nd loop: a packed panel of A [mr x kc] in L1
 *         for jr in steps of nr over the columns       1st loop: panels of B stream from L2, C along its rows
 *           C[ir.., jr..] += panel of A * panel of B     the register tile
 * </pre>
 *
 * <p>Packing costs a few multiply-adds an element, so what is read too seldom is read where it lies. Few columns: tiles read
 * the rows of A, or its columns where it is transposed, and the first row of tiles packs B in passing, for the others.
 *
 * <p>Each element of C is summed by the same operations in the same order wherever the cuts between rectangles, panels and
 * columns lie, and whichever way operands are read: a cut in the depth depends on k alone. Hence the same bits for any number
 * of threads.
 */
final class BlockedProduct {
    /** Up to so many columns of C, tiles read the rows of A where they lie: a tenth slower, and packing costs more. */
    private static final int FEW_COLUMNS = 288;

    /** Up to this depth B is packed in passing where columns of A are read: beyond, the pages of its rows are too many at a time. */
    private static final int KEEP_DEPTH = 512;

    /** Below this depth, and from so many columns on, the taller tiles of copied rows gain more than copying costs. */
    private static final int SHALLOW = 64;

    private static final int SHALLOW_COLUMNS = 128;

    /** Up to this depth a tile goes to C so often that, where C comes from memory, short tiles of copied rows are better. */
    private static final int SHORT_DEPTH = 128;

    /** Up to so many columns, B fits L1 or nearly, and is read where it lies by all tiles. */
    private static final int TINY = 64;

    private final Blocking blocking;
    private final AlignedPanels blockB = new AlignedPanels();
    private final Buffer blockA = new Buffer();
    private final float[] edge = new float[MR * NR];
    private final LastColumns lastColumns = new LastColumns();

    /** The product at hand, and where its operands start. */
    private Product x;

    private int aOffset;
    private int bOffset;
    private int cOffset;

    /** The block at hand: rows from ic, columns from jc, depth from pc. */
    private int ic;

    private int rows;
    private int jc;
    private int columns;
    private int pc;
    private int depth;

    /** Columns of C that are computed as rows of its transpose, the one they start with, and how far they are. */
    private int last;

    private int end;
    private int lastRow;

    /** Whether A is not in L2. */
    private boolean cold;

    /** How its tiles read their operands. */
    private LeftOperand left;

    private boolean add;
    private float[] panelsB;
    private int firstPanelB;

    /** What {@code fetch} returns. */
    private int fetched;

    BlockedProduct(Blocking blocking) {
        this.blocking = blocking;
    }

    /** Computes the elements of C in {@code row .. endRow - 1, column .. endColumn - 1} of the i-th product of the batch. */
    void multiply(Product product, int i, int row, int endRow, int column, int endColumn) {
        x = product;
        aOffset = x.aOffset + i * x.aBatch;
        bOffset = x.bOffset + i * x.bBatch;
        cOffset = x.cOffset + i * x.cBatch;
        if (x.beta != 0f && x.beta != 1f) {
            VectorMatMul.scale(
                    endRow - row, endColumn - column, x.beta, x.c, cOffset + row * x.ldc + column, x.ldc);
        }
        cold = x.isCold(blocking.far());
        last = endColumn == x.n ? LastColumns.count(x, endRow - row, endColumn - column, cold) : 0;
        end = endColumn - last;
        int kc = blocking.depth(x.k);
        int nc = blocking.columns(end - column, kc);
        int mc = blocking.rows(endRow - row);
        // Packed panels of A are used again by the next block of columns; where there is none, one after the other.
        boolean keepA = nc < end - column;
        for (ic = row; ic < endRow; ic += mc) {
            rows = Math.min(mc, endRow - ic);
            for (pc = 0; pc < x.k; pc += kc) {
                depth = Math.min(kc, x.k - pc);
                add = pc > 0 || x.beta != 0f;
                lastRow = 0;
                if (column == end) {
                    lastColumns(rows);
                    finish(ic, rows, end, last);
                }
                for (jc = column; jc < end; jc += nc) {
                    columns = Math.min(nc, end - jc);
                    block(keepA, jc == column);
                }
            }
        }
        x = null;
        panelsB = null;
    }

    /** The second loop. */
    private void block(boolean keepA, boolean packA) {
        left = leftOperand();
        int panels = ceilDiv(rows, tallest());
        // Heights that differ by one at most: no panel is left with a few rows, which would cost as much as a full one.
        int least = rows / panels;
        int taller = rows % panels;
        boolean keepPays = left == LeftOperand.ROWS
                || left == LeftOperand.COLUMNS && columns <= FEW_COLUMNS && depth <= KEEP_DEPTH;
        boolean toTiles = x.packedB == null && x.bCol == 1 && keepPays;
        boolean direct = toTiles && left == LeftOperand.ROWS && (panels == 1 || columns <= TINY);
        boolean packedAhead = !direct
                && !(toTiles && TileTraining.keepIsReady(left, taller > 0 ? least + 1 : least, add));
        preparePanelsB(packedAhead);
        if (!direct && (long) rows * columns * depth >= TileTraining.WORTH_IT) {
            TileTraining.await(left, least, taller > 0 ? least + 1 : least, !add, add || depth < x.k);
        }
        boolean ahead = left == LeftOperand.PACKED && x.aRow == 1;
        if (ahead && packA) {
            packTransposed(least, taller);
        }
        for (int panel = 0; panel < panels; panel++) {
            int first = panel * least + Math.min(panel, taller);
            int height = panel < taller ? least + 1 : least;
            int row = ic + first;
            boolean ends = jc + columns == end;
            if (ends) {
                lastColumns(first + height);
            }
            float[] a = x.a;
            int at = aOffset + row * x.aRow + pc * x.aCol;
            if (!left.isInPlace()) {
                int to = keepA || ahead ? first * (left == LeftOperand.COPIED ? Tiles.COPIED_STEP : depth) : 0;
                if (packA && !ahead) {
                    packPanel(height, at, to, keepA ? rows : MR);
                }
                a = blockA.data;
                at = to;
            } else if (columns <= TINY && left == LeftOperand.ROWS) {
                // One or two tiles read these rows, side by side; fetched one after the other, they come sooner.
                fetched = Packing.fetch(height, depth, x.a, at, x.aRow);
            }
            if (direct) {
                directTiles(height, a, at, row);
            } else if (panel == 0 && !packedAhead) {
                packingTiles(height, a, at, row);
            } else {
                tiles(height, a, at, row);
            }
            finish(row, height, jc, ends ? columns + last : columns);
        }
    }

    /** The last columns, of as many rows of the block at least: ahead of the tiles, which find these rows of A in a cache. */
    private void lastColumns(int endRow) {
        while (last > 0 && lastRow < endRow) {
            int a = aOffset + ic * x.aRow + pc * x.aCol;
            int c = cOffset + ic * x.ldc + end;
            if (x.packedB == null) {
                int b = bOffset + pc * x.bRow + end * x.bCol;
                int step = x.bCol == 1 ? x.bRow : x.bCol;
                lastColumns.multiply(x, lastRow, rows, last, depth, a, cold, x.b, b, step, add, c);
            } else {
                int b = x.packedB.panel(pc, depth, end);
                lastColumns.multiply(x, lastRow, rows, last, depth, a, cold, x.packedB.panels(), b, NR, add, c);
            }
            lastRow += NR;
        }
    }

    /** Some rows of a block are complete if its depth is the last. */
    private void finish(int row, int height, int column, int width) {
        if (pc + depth == x.k && x.epilogue != null) {
            TileEpilogue.apply(x.epilogue, height, width, x.c, cOffset + row * x.ldc + column, x.ldc, row, column);
        }
    }

    private LeftOperand leftOperand() {
        if (x.aRow == 1 && x.alpha == 1f && columns <= blocking.columnsInPlace() && blocking.keeps(depth, x.aCol)) {
            return LeftOperand.COLUMNS;
        }
        // The other tiles take the last two steps by themselves.
        if (x.aCol != 1 || depth < 2) {
            return LeftOperand.PACKED;
        }
        boolean copy = blocking.copiesRows() && depth <= Tiles.COPIED_DEPTH;
        boolean copyPays = copy && columns >= SHALLOW_COLUMNS && (depth < SHALLOW || isShort(blocking.farthest()));
        if (x.alpha == 1f && columns <= FEW_COLUMNS && depth <= blocking.inPlaceDepth() && !copyPays) {
            return LeftOperand.ROWS;
        }
        return copy ? LeftOperand.COPIED : LeftOperand.PACKED;
    }

    private int tallest() {
        return switch (left) {
            case PACKED -> MR;
            case COLUMNS -> Math.min(MR, Tiles.TALLEST_COLUMNS);
            case COPIED -> isShort(blocking.far()) ? Math.min(MR, blocking.shortRows()) : MR;
            case ROWS -> MR_IN_PLACE;
        };
    }

    /** Whether tiles are to be short, if that pays from so many elements of C on. */
    private boolean isShort(int elements) {
        return depth <= SHORT_DEPTH && columns >= SHALLOW_COLUMNS && x.isFar(elements);
    }

    /** Packs or copies the panel of A that starts with the element at {@code from}; there is to be room for so many rows. */
    private void packPanel(int height, int from, int to, int room) {
        if (left == LeftOperand.COPIED) {
            blockA.grow(room * Tiles.COPIED_STEP);
            Packing.copyRows(height, depth, x.alpha, x.a, from, x.aRow, blockA.data, to, Tiles.COPIED_STEP);
        } else {
            blockA.grow(Packing.size(MR, room, depth));
            Packing.pack(height, height, depth, x.alpha, x.a, from, x.aRow, x.aCol, blockA.data, to);
        }
    }

    /** Finds the panels of B, or packs them: all of them, or just the last where its columns don't fill a tile. */
    private void preparePanelsB(boolean all) {
        if (x.packedB != null) {
            panelsB = x.packedB.panels();
            firstPanelB = x.packedB.panel(pc, depth, jc);
            return;
        }
        panelsB = blockB.withRoomFor(Packing.size(NR, columns, depth));
        firstPanelB = AlignedPanels.FIRST;
        int j = all ? 0 : columns - columns % NR;
        Packing.pack(
                NR, columns - j, depth, 1f, x.b, bOffset + pc * x.bRow + (jc + j) * x.bCol, x.bCol, x.bRow, panelsB,
                firstPanelB + j * depth);
    }

    /** Columns of A lie in memory: panels side by side are packed together, since lines and pages hold parts of several. */
    private void packTransposed(int least, int taller) {
        blockA.grow(Packing.size(MR, rows, depth));
        int at = aOffset + ic * x.aRow + pc * x.aCol;
        int first = taller * (least + 1);
        Packing.pack(least + 1, first, depth, x.alpha, x.a, at, x.aRow, x.aCol, blockA.data, 0);
        Packing.pack(
                least, rows - first, depth, x.alpha, x.a, at + first * x.aRow, x.aRow, x.aCol, blockA.data,
                first * depth);
    }

    /** The first loop: a row of tiles. */
    private void tiles(int height, float[] a, int at, int row) {
        int to = cOffset + row * x.ldc + jc;
        int j = 0;
        for (; j + NR <= columns; j += NR) {
            int b = firstPanelB + j * depth;
            switch (left) {
                case PACKED -> Tiles.packed(height, add, depth, a, at, panelsB, b, x.c, to + j, x.ldc);
                case COLUMNS -> Tiles.columns(height, add, depth, a, at, x.aCol, panelsB, b, x.c, to + j, x.ldc);
                case COPIED -> Tiles.copied(height, add, depth, a, at, panelsB, b, x.c, to + j, x.ldc);
                case ROWS -> Tiles.rows(height, add, depth, a, at, x.aRow, panelsB, b, x.c, to + j, x.ldc);
            }
        }
        edge(height, a, at, j, to + j);
    }

    /** The same, with B where it lies; packs it for the rows of tiles that follow. */
    private void packingTiles(int height, float[] a, int at, int row) {
        int from = bOffset + pc * x.bRow + jc;
        int to = cOffset + row * x.ldc + jc;
        int j = 0;
        for (; j + NR <= columns; j += NR) {
            int panel = firstPanelB + j * depth;
            if (left == LeftOperand.ROWS) {
                Tiles.rowsKeep(
                        height, add, depth, a, at, x.aRow, x.b, from + j, x.bRow, panelsB, panel, x.c, to + j, x.ldc);
            } else {
                Tiles.columnsKeep(
                        height, add, depth, a, at, x.aCol, x.b, from + j, x.bRow, panelsB, panel, x.c, to + j, x.ldc);
            }
        }
        edge(height, a, at, j, to + j);
    }

    /** The same, with A and B where they lie. */
    private void directTiles(int height, float[] a, int at, int row) {
        int from = bOffset + pc * x.bRow + jc;
        int to = cOffset + row * x.ldc + jc;
        int j = 0;
        for (; j + NR <= columns; j += NR) {
            Tiles.rowsDirect(height, add, depth, a, at, x.aRow, x.b, from + j, x.bRow, x.c, to + j, x.ldc);
        }
        edge(height, a, at, j, to + j);
    }

    /** The last columns, where they don't fill a tile: computed elsewhere, from a panel that is filled up with zeros. */
    private void edge(int height, float[] a, int at, int j, int to) {
        int width = columns - j;
        if (width == 0) {
            return;
        }
        boolean narrow = width <= LANES && TileTraining.isReady(TileWidth.NARROW, left, height);
        int aStep = left == LeftOperand.COLUMNS ? x.aCol : x.aRow;
        (narrow ? TileWidth.NARROW : TileWidth.FULL)
                .multiply(left, height, depth, a, at, aStep, panelsB, firstPanelB + j * depth, edge, 0, NR);
        EdgeTile.move(height, width, edge, add, x.c, to, x.ldc);
    }
}
