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
 */
final class AttentionTileGenerator {
    /** 24 accumulators, two vectors of the second operand and some broadcasts: 14 rows do not gain, and divide less evenly. */
    private static final int TALLEST = 12;

    private static final String WARNING = "// Written by AttentionTileGenerator when the project is built.\n";

    private AttentionTileGenerator() {}

    private enum Form {
        COLUMNS("columns", "int kc, float[] w, int aOffset, int bOffset, int cOffset"),
        COLUMNS_ADD("columnsAdd", COLUMNS.parameters),
        ROWS_ADD("rowsAdd", COLUMNS.parameters);

        final String method;
        final String parameters;

        Form(String method, String parameters) {
            this.method = method;
            this.parameters = parameters;
        }

        String arguments() {
            return parameters.replaceAll("(int|float\\[]) ", "");
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
        line(out, 1, "static void " + form.method + "(" + form.parameters + ") {");
        for (int i = 0; i < height; i++) {
            for (int v = 0; v < 2; v++) {
                line(out, 2, "FloatVector acc" + i + "_" + v + " = FloatVector.zero(SPECIES);");
            }
        }
        line(out, 2, "int ap = aOffset;");
        line(out, 2, "int bp = bOffset;");
        line(out, 2, "for (int p = 0; p < kc; p++) {");
        for (int v = 0; v < 2; v++) {
            line(out, 3, "FloatVector b" + v + " = FloatVector.fromArray(SPECIES, w, bp" + (v == 0 ? "" : " + LANES") + ");");
        }
        for (int i = 0; i < height; i++) {
            String at = i == 0 ? "ap" : "ap + " + i + (form == Form.ROWS_ADD ? " * STRIDE" : "");
            line(out, 3, "FloatVector a" + i + " = FloatVector.broadcast(SPECIES, w[" + at + "]);");
            for (int v = 0; v < 2; v++) {
                String acc = "acc" + i + "_" + v;
                line(out, 3, acc + " = a" + i + ".fma(b" + v + ", " + acc + ");");
            }
        }
        line(out, 3, "ap += " + switch (form) {
            case COLUMNS, COLUMNS_ADD -> "STRIDE";
            case ROWS_ADD -> "1";
        } + ";");
        line(out, 3, "bp += STRIDE;");
        line(out, 2, "}");
        store(out, form, height);
        line(out, 1, "}");
    }

    private static void store(StringBuilder out, Form form, int height) {
        boolean add = form == Form.COLUMNS_ADD || form == Form.ROWS_ADD;
        line(out, 2, "int row = cOffset;");
        for (int i = 0; i < height; i++) {
            if (i > 0) {
                line(out, 2, "row += STRIDE;");
            }
            for (int v = 0; v < 2; v++) {
                String at = "w, row" + (v == 0 ? "" : " + LANES");
                String sum = add ? ".add(FloatVector.fromArray(SPECIES, " + at + "))" : "";
                line(out, 2, "acc" + i + "_" + v + sum + ".intoArray(" + at + ");");
            }
        }
    }

    private static String dispatcher() {
        StringBuilder out = new StringBuilder();
        out.append("package dev.lanewise.vector;\n\n").append(WARNING);
        out.append("""
                /**
                 * The register tiles of attention, for i below the height and j below 2 * LANES.
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
                    static final int STRIDE = 2 * Lanes.LANES;

                    private AttentionTiles() {}
                """.formatted(TALLEST));
        for (Form form : Form.values()) {
            out.append('\n');
            line(out, 1, "static void " + form.method + "(int height, " + form.parameters + ") {");
            line(out, 2, "switch (height) {");
            for (int height = 1; height <= TALLEST; height++) {
                line(out, 3, "case " + height + " -> AttentionTile" + height + "." + form.method + "(" + form.arguments() + ");");
            }
            line(out, 3, "default -> throw new IllegalArgumentException(\"height \" + height);");
            line(out, 2, "}");
            line(out, 1, "}");
        }
        return out.append("}\n").toString();
    }

    private static void line(StringBuilder out, int indent, String text) {
        out.append("    ".repeat(indent)).append(text).append('\n');
    }
}
