import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the register tiles of attention: up to 12 rows by two vectors, one local variable an accumulator, for the reasons
 * given in {@code TileGenerator}. Run by the build as {@code java AttentionTileGenerator.java <source folder>}.
 *
 * <p>All operands are panels of two vectors a row; the first one is read by {@code columns} or by {@code rows}. All
 * distances are constants, so that each access is a fixed displacement and the bounds are checked once, ahead of the loop: at
 * a depth of 64, half of what parameters take. All heights exist, so that a count of rows is split evenly and no row is
 * computed for nothing.
 *
 * <p>The last two steps of the depth go by accumulators. A store that meets its sum on the way from the multiply-add is free;
 * one that comes later reads it from the registers, over a way that Zen 4 shares with the third operand of a multiply-add, and
 * costs one and a half of them. Stores come one in two cycles, and two steps of an accumulator take as long. A tile of
 * 12 x 2 vectors takes 35 cycles less than with its stores side by side.
 */
final class AttentionTileGenerator {
    /** 24 accumulators, two vectors of the second operand and some broadcasts: 14 rows do not gain, and divide less evenly. */
    private static final int TALLEST = 12;

    private static final String WARNING = "// Written by AttentionTileGenerator when the project is built.\n";

    private static final String PARAMETERS = "int kc, float[] w, int aOffset, int bOffset, int cOffset";

    private static final String ARGUMENTS = PARAMETERS.replaceAll("(int|float\\[]) ", "");

    private AttentionTileGenerator() {}

    private enum Form {
        COLUMNS("columns", "STRIDE"),
        COLUMNS_ADD("columnsAdd", "STRIDE"),
        ROWS_ADD("rowsAdd", "1");

        final String method;

        /** Distance between two steps of the depth of the first operand. */
        final String step;

        Form(String method, String step) {
            this.method = method;
            this.step = step;
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: AttentionTileGenerator <source folder to write to>");
        }
        Path folder = Files.createDirectories(Path.of(args[0], "dev", "lanewise", "vector"));
        for (int height = 1; height <= TALLEST; height++) {
            write(folder.resolve("AttentionTile" + height + ".java"), tile(height));
        }
        write(folder.resolve("AttentionTiles.java"), dispatcher());
    }

    /** Leaves a file alone that holds the same already, so that nothing is compiled again. */
    private static void write(Path file, String text) throws IOException {
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.writeString(file, text);
        }
    }

    private static String tile(int height) {
        StringBuilder out = new StringBuilder();
        out.append("package dev.lanewise.vector;\n\n");
        out.append("import static dev.lanewise.vector.AttentionTiles.STRIDE;\n");
        out.append("import static dev.lanewise.vector.Lanes.LANES;\nimport static dev.lanewise.vector.Lanes.SPECIES;\n\n");
        out.append("import jdk.incubator.vector.FloatVector;\n\n").append(WARNING);
        out.append("/** Register tiles of ").append(height).append(" rows; {@link AttentionTiles} says what each of them does. */\n");
        out.append("final class AttentionTile").append(height).append(" {\n    private AttentionTile").append(height).append("() {}\n");
        for (Form form : Form.values()) {
            out.append('\n');
            method(out, form, height);
        }
        return out.append("}\n").toString();
    }

    private static void method(StringBuilder out, Form form, int height) {
        line(out, 1, "static void " + form.method + "(" + PARAMETERS + ") {");
        for (int i = 0; i < height; i++) {
            for (int v = 0; v < 2; v++) {
                line(out, 2, "FloatVector acc" + i + "_" + v + " = FloatVector.zero(SPECIES);");
            }
        }
        line(out, 2, "int ap = aOffset;");
        line(out, 2, "int bp = bOffset;");
        line(out, 2, "for (int p = 0; p < kc - 2; p++) {");
        for (int v = 0; v < 2; v++) {
            line(out, 3, "FloatVector b" + v + " = FloatVector.fromArray(SPECIES, w, bp" + (v == 0 ? "" : " + LANES") + ");");
        }
        for (int i = 0; i < height; i++) {
            line(out, 3, "FloatVector a" + i + " = FloatVector.broadcast(SPECIES, w[ap" + row(form, i) + "]);");
            for (int v = 0; v < 2; v++) {
                String acc = "acc" + i + "_" + v;
                line(out, 3, acc + " = a" + i + ".fma(b" + v + ", " + acc + ");");
            }
        }
        line(out, 3, "ap += " + form.step + ";");
        line(out, 3, "bp += STRIDE;");
        line(out, 2, "}");
        lastTwoSteps(out, form, height);
        line(out, 1, "}");
    }

    /** Where row i of the first operand is. */
    private static String row(Form form, int i) {
        return i == 0 ? "" : " + " + i + (form == Form.ROWS_ADD ? " * STRIDE" : "");
    }

    /** One accumulator after the other, each stored as soon as it is complete. */
    private static void lastTwoSteps(StringBuilder out, Form form, int height) {
        for (int p = 0; p < 2; p++) {
            for (int v = 0; v < 2; v++) {
                line(out, 2, "FloatVector b" + v + "_" + p + " = FloatVector.fromArray(SPECIES, w, bp" + (v == 0 ? "" : " + LANES") + (p == 0 ? "" : " + STRIDE") + ");");
            }
        }
        for (int i = 0; i < height; i++) {
            for (int p = 0; p < 2; p++) {
                line(out, 2, "FloatVector a" + i + "_" + p + " = FloatVector.broadcast(SPECIES, w[ap" + row(form, i) + (p == 0 ? "" : " + " + form.step) + "]);");
            }
            for (int v = 0; v < 2; v++) {
                String at = "w, cOffset + " + i + " * STRIDE" + (v == 0 ? "" : " + LANES");
                String sum = form == Form.COLUMNS ? "" : ".add(FloatVector.fromArray(SPECIES, " + at + "))";
                line(out, 2, "a" + i + "_1.fma(b" + v + "_1, a" + i + "_0.fma(b" + v + "_0, acc" + i + "_" + v + "))" + sum + ".intoArray(" + at + ");");
            }
        }
    }

    private static String dispatcher() {
        StringBuilder out = new StringBuilder();
        out.append("package dev.lanewise.vector;\n\nimport static dev.lanewise.vector.Lanes.LANES;\n");
        out.append("import static dev.lanewise.vector.Lanes.SPECIES;\n\nimport jdk.incubator.vector.FloatVector;\n\n").append(WARNING);
        out.append("""
                /**
                 * The register tiles of attention, for i below the height and j below 2 * LANES. All operands lie in one array: as
                 * three, each would be checked for itself, and a store to one might have changed the others.
                 *
                 * <ul>
                 * <li>{@code columns}: {@code C[i, j] = sum over p < kc of A[i, p] * B[p, j]} with A[i, p] at
                 * {@code aOffset + p * STRIDE + i}, B[p, j] at {@code bOffset + p * STRIDE + j}, and C[i, j] at
                 * {@code cOffset + i * STRIDE + j}.
                 * <li>{@code columnsAdd}: the same, added to C.
                 * <li>{@code rowsAdd}: that, with A[i, p] at {@code aOffset + i * STRIDE + p}.
                 * </ul>
                 */
                final class AttentionTiles {
                    /** Rows of the tallest tile. */
                    static final int TALLEST = %d;

                    /** Distance between two rows of whatever a tile reads or writes: the columns of a panel. */
                    static final int STRIDE = 2 * LANES;

                    private AttentionTiles() {}
                """.formatted(TALLEST));
        for (Form form : Form.values()) {
            out.append('\n');
            line(out, 1, "static void " + form.method + "(int height, " + PARAMETERS + ") {");
            line(out, 2, "if (kc < 2) {");
            line(out, 3, "single(height, " + (form == Form.ROWS_ADD ? "STRIDE" : "1") + ", " + (form != Form.COLUMNS) + ", w, aOffset, bOffset, cOffset);");
            line(out, 3, "return;");
            line(out, 2, "}");
            line(out, 2, "switch (height) {");
            for (int height = 1; height <= TALLEST; height++) {
                line(out, 3, "case " + height + " -> AttentionTile" + height + "." + form.method + "(" + ARGUMENTS + ");");
            }
            line(out, 3, "default -> throw new IllegalArgumentException(\"height \" + height);");
            line(out, 2, "}");
            line(out, 1, "}");
        }
        out.append("""

                    /** A depth of 1, for which the tiles are too short; row i of A is at {@code aOffset + i * aRow}. */
                    private static void single(
                            int height, int aRow, boolean add, float[] w, int aOffset, int bOffset, int cOffset) {
                        FloatVector b0 = FloatVector.fromArray(SPECIES, w, bOffset);
                        FloatVector b1 = FloatVector.fromArray(SPECIES, w, bOffset + LANES);
                        int row = cOffset;
                        for (int i = 0; i < height; i++) {
                            float a = w[aOffset + i * aRow];
                            FloatVector c0 = b0.mul(a);
                            FloatVector c1 = b1.mul(a);
                            if (add) {
                                c0 = c0.add(FloatVector.fromArray(SPECIES, w, row));
                                c1 = c1.add(FloatVector.fromArray(SPECIES, w, row + LANES));
                            }
                            c0.intoArray(w, row);
                            c1.intoArray(w, row + LANES);
                            row += STRIDE;
                        }
                    }
                """);
        return out.append("}\n").toString();
    }

    private static void line(StringBuilder out, int indent, String text) {
        out.append("    ".repeat(indent)).append(text).append('\n');
    }
}
