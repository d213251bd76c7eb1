package dev.lanewise.machinecode;

import java.util.List;
import java.util.stream.Stream;

/**
 * A register-tile kernel whose machine code is looked at. One list, so that a new kernel is one line.
 *
 * @param type name of its class in {@code dev.lanewise.vector}
 * @param method its name
 * @param rows rows of the tile
 * @param vectors vectors in a row of the tile
 * @param vectorMoves instructions of the loop that may move a vector to or from the stack: none with 32 vector registers.
 *     With 16 (AVX2 without AVX-512) the compiler hoists three broadcasts of A, and one accumulator goes through the stack in
 *     each step
 * @param scalarReloads instructions of the loop that may read an integer or an address from the stack: where a kernel needs
 *     more of them than there are general registers, which the multiply-adds hide
 */
record CheckedKernel(String type, String method, int rows, int vectors, int vectorMoves, int scalarReloads) {
    private static final String PACKAGE = "dev.lanewise.vector.";

    /** What runs at a vector width on a machine with so many vector registers. */
    static List<CheckedKernel> at(int vectorBits, int vectorRegisters) {
        int tallest = vectorRegisters < 32 ? 4 : vectorBits == 512 ? 14 : 12;
        int tallestRows = Math.min(tallest, 11);
        int tallestColumns = Math.min(tallest, 13);
        int tallestAttention = Math.min(tallest, 12);
        return Stream.of(
                tile(tallest, "packed", 0),
                tile(tallest, "packedAdd", 0),
                tile(tallest - 1, "packedAdd", 0),
                tile(tallestColumns, "columns", 3),
                tile(tallestColumns, "columnsAdd", 3),
                tile(tallestColumns, "columnsKeep", 6),
                tile(tallestRows, "rows", 12),
                tile(tallestRows, "rowsAdd", 12),
                tile(tallestRows, "rowsDirect", 12),
                tile(tallestRows, "rowsDirectOverlapping", 14),
                tile(tallestRows, "rowsKeep", 16),
                tile(tallest, "copied", 3),
                tile(tallest, "copiedAdd", 3),
                narrow(tallest, "packedNarrow", 3),
                narrow(tallestColumns, "columnsNarrow", 3),
                narrow(tallest, "copiedNarrow", 3),
                narrow(tallestRows, "rowsNarrow", 12),
                narrow(tallestRows, "rowsDirectNarrow", 12),
                attention(tallestAttention, "columns"),
                attention(tallestAttention, "columnsAdd"),
                attention(tallestAttention, "rowsAdd"),
                attention(tallestAttention - 1, "columns"),
                attention(tallestAttention - 1, "columnsAdd"),
                attention(tallestAttention - 1, "rowsAdd")).toList();
    }

    /** Tiles that read rows of A have an address for each of them, more than there are general registers. */
    private static CheckedKernel tile(int rows, String method, int scalarReloads) {
        return new CheckedKernel(PACKAGE + "Tile" + rows, method, rows, 2, 0, scalarReloads);
    }

    /** Tiles of one vector, for edges. */
    private static CheckedKernel narrow(int rows, String method, int scalarReloads) {
        return new CheckedKernel(PACKAGE + "Tile" + rows, method, rows, 1, 0, scalarReloads);
    }

    private static CheckedKernel attention(int rows, String method) {
        return new CheckedKernel(PACKAGE + "AttentionTile" + rows, method, rows, 2, 0, 3);
    }

    /** As the JVM's options and its output name it. */
    String signature() {
        return type + "::" + method;
    }

    /** Multiply-adds of one step of the depth. */
    int fmasPerStep() {
        return rows * vectors;
    }

    @Override
    public String toString() {
        return signature().substring(PACKAGE.length());
    }
}
