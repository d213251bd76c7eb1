import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes the micro-kernels of matrix multiply: one class {@code TileN} for each height of the register tile, and the class
 * {@code Tiles} that picks the height. The build runs it before it compiles.
 *
 * <p>The accumulators of a micro-kernel must be locals, one by one: a vector in an array or a collection is an object, and a
 * kernel of objects runs at a tenth of its speed. So a kernel for each height and each way of reading its operands has to be
 * written out, which is work for a program. What it writes is plain Java to read and to step through.
 *
 * <p>A kernel is named by four choices:
 * <ul>
 * <li>A is {@code packed}: the rows of a step of the depth lie side by side; or {@code rows}: the steps of a row do. Rows
 * take two steps at a time where there are many, so that the address of a row is made half as often. {@code copied} rows are
 * a constant distance apart, so that all of them have one address.
 * <li>{@code Keep} copies the panel of B that it reads to a place where later tiles find it packed. Not where rows are copied:
 * those products have many columns, and reading B in rows far apart costs more than packing it ahead.
 * <li>C is overwritten, or {@code Add}ed to. Both in one method would be too large for C1, and what C1 gives up on is
 * interpreted until C2 gets to it, if ever. Adding comes last: accumulators that start from C make C2 order the products so
 * that they spill. The last two steps go by accumulators, each of which is stored at once: a store that meets its sum on the
 * way from the multiply-add is free on Zen 4, one that comes later costs one and a half.
 * <li>Two vectors wide, side by side; or one, with {@code Narrow}; or {@code Overlapping} by some columns, which then come
 * out twice and the same. A product of fewer columns than a vector has lanes is {@code Masked}; wider masked tiles are too
 * large for C1. There should be few kinds of tiles in a product, and no rare ones: a kernel that has not been called often is
 * slower than a compiled one by a factor of hundreds.
 * </ul>
 */
final class TileGenerator {
    /** 28 accumulators, two vectors of B and two broadcasts of A: all 32 registers. */
    private static final int TALLEST = 14;

    /** Two steps at a time: with twelve rows, addresses beyond the general registers are loaded from the stack. */
    private static final int TALLEST_ROWS = 11;

    /** With fourteen rows a step apart, which are checked in each step, one accumulator goes through the stack. */
    private static final int TALLEST_COLUMNS = 13;

    /** From this height on, rows go two steps at a time. Below, 16 registers must do. */
    private static final int UNROLLED = 7;

    /** Deepest block whose rows are copied: deeper panels leave L1, and 14 streams of rows are more than the core fetches ahead. */
    private static final int COPIED_DEPTH = 512;

    /** Distance between two copied rows: a cache line more than the depth, so that rows do not share a set of L1. */
    private static final int COPIED_STEP = COPIED_DEPTH + 16;

    private static final String WARNING = "// Written by TileGenerator when the project is built.\n";

    private TileGenerator() {}

    /** How A lies. */
    private enum Left {
        PACKED, COLUMNS, COPIED, ROWS;

        final String prefix = name().toLowerCase(Locale.ROOT);
    }

    /** Columns of a tile. */
    private enum Width {
        FULL("", 2), OVERLAPPING("Overlapping", 2), NARROW("Narrow", 1);

        final String suffix;
        final int vectors;

        Width(String suffix, int vectors) {
            this.suffix = suffix;
            this.vectors = vectors;
        }
    }

    /** The four choices. */
    private record Form(Left a, Source b, Width width, boolean masked, boolean add) {
        String name() {
            return a.prefix + b.suffix + (masked ? "Masked" : "") + width.suffix + (add ? "Add" : "");
        }

        /** Parameters, or arguments when the types are left out. */
        String parameters(boolean types) {
            String text = "int kc, float[] a, int aOffset, " + (inPlace() ? "int aStep, " : "") + "float[] b, int bOffset, "
                    + (b == Source.PANEL ? "" : "int bStep, ") + (width == Width.OVERLAPPING ? "int second, " : "")
                    + (b == Source.KEEP ? "float[] panel, int panelOffset, " : "") + "float[] c, int cOffset, int ldc"
                    + (masked ? ", int columns" : "");
            return types ? text : text.replaceAll("(int|float\\[]) ", "");
        }

        /** Whether the distance between two rows, or two columns, of A is a parameter. */
        boolean inPlace() {
            return a == Left.COLUMNS || a == Left.ROWS;
        }

        /** Whether each row of A has an address of its own. */
        boolean rows() {
            return a == Left.ROWS;
        }

        /** Whether the rows of a step lie side by side. */
        boolean sideBySide() {
            return a == Left.PACKED || a == Left.COLUMNS;
        }

        int tallest() {
            return switch (a) {
                case PACKED, COPIED -> TALLEST;
                case COLUMNS -> TALLEST_COLUMNS;
                case ROWS -> TALLEST_ROWS;
            };
        }

        boolean exists(int height) {
            if (height > tallest() || width != Width.FULL && add) {
                return false;
            }
            return switch (width) {
                case FULL -> !masked && (rows() || b == Source.PANEL || a == Left.COLUMNS && b == Source.KEEP);
                case OVERLAPPING -> !masked && rows() && b == Source.DIRECT;
                case NARROW -> b == Source.PANEL ? !masked : rows() && b == Source.DIRECT;
            };
        }

        /**
         * Whether the last two steps go by accumulators. Not where the rows of a step lie side by side: the compiler then takes
         * all products with the first vector of B before those with the second, in the loop as well, and half of the
         * accumulators spill. Nor where B is packed in passing or C is added to, which makes the method too large for C1; nor in the tallest tiles, which have no
         * register to spare; nor in the narrow ones of small products, which are too short to gain.
         */
        boolean lastTwoApart(int height) {
            boolean small = b == Source.DIRECT && width == Width.NARROW;
            return !sideBySide() && b != Source.KEEP && !add && height < TALLEST && !small;
        }

        /** Whether tall tiles take two steps at a time. Small products have few steps, and checks to make for each of both. */
        boolean unrolled() {
            return rows() && (b != Source.DIRECT || width != Width.NARROW);
        }

        String mask() {
            return masked ? ", mask" : "";
        }

        /** Distance of a vector from the first one, to be added to an index. */
        String columns(int vector) {
            return vector == 0 ? "" : width == Width.OVERLAPPING ? " + second" : " + LANES";
        }

        static List<Form> all() {
            List<Form> forms = new ArrayList<>();
            for (Left a : Left.values()) {
                for (Source b : Source.values()) {
                    for (Width width : Width.values()) {
                        for (boolean masked : new boolean[] {false, true}) {
                            forms.add(new Form(a, b, width, masked, false));
                            forms.add(new Form(a, b, width, masked, true));
                        }
                    }
                }
            }
            return forms.stream().filter(form -> form.exists(1)).toList();
        }
    }

    /** Where a tile finds B. */
    private enum Source {
        PANEL(""), DIRECT("Direct"), KEEP("Keep");

        final String suffix;

        Source(String suffix) {
            this.suffix = suffix;
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: TileGenerator <source folder to write to>");
        }
        Path folder = Files.createDirectories(Path.of(args[0], "dev", "lanewise", "vector"));
        for (int height = 1; height <= TALLEST; height++) {
            write(folder.resolve("Tile" + height + ".java"), tile(height));
        }
        write(folder.resolve("Tiles.java"), dispatcher());
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
        out.append("import static dev.lanewise.vector.Lanes.LANES;\nimport static dev.lanewise.vector.Lanes.SPECIES;\n\n");
        out.append("import jdk.incubator.vector.FloatVector;\nimport jdk.incubator.vector.VectorMask;\n\n").append(WARNING);
        out.append("/** Register tiles of ").append(height).append(" rows; {@link Tiles} says what each of them does. */\n");
        out.append("final class Tile").append(height).append(" {\n    private Tile").append(height).append("() {}\n");
        for (Form form : Form.all()) {
            if (form.exists(height)) {
                out.append('\n');
                method(out, form, height);
            }
        }
        return out.append("}\n").toString();
    }

    private static void method(StringBuilder out, Form form, int height) {
        line(out, 1, "static void " + form.name() + "(" + form.parameters(true) + ") {");
        if (form.masked) {
            line(out, 2, "VectorMask<Float> mask = VectorMask.fromLong(SPECIES, Lanes.firstBits(columns));");
        }
        for (int i = 0; i < height; i++) {
            for (int v = 0; v < form.width.vectors; v++) {
                line(out, 2, "FloatVector acc" + i + "_" + v + " = FloatVector.zero(SPECIES);");
            }
        }
        if (!form.rows()) {
            line(out, 2, "int ap = aOffset;");
        } else {
            for (int i = 0; i < height; i++) {
                line(out, 2, "int row" + i + " = " + (i == 0 ? "aOffset" : "row" + (i - 1) + " + aStep") + ";");
            }
        }
        line(out, 2, "int bp = bOffset;");
        if (form.b == Source.KEEP) {
            line(out, 2, "int to = panelOffset;");
        }
        int steps = form.unrolled() && height >= UNROLLED ? 2 : 1;
        line(out, 2, "int p = 0;");
        int last = form.lastTwoApart(height) ? 2 : 0;
        line(out, 2, "for (; p <= kc - " + (steps + last) + "; p += " + steps + ") {");
        step(out, form, height, steps);
        line(out, 2, "}");
        if (steps > 1) {
            line(out, 2, "if (p < kc - " + last + ") {");
            step(out, form, height, 1);
            line(out, 3, "p++;");
            line(out, 2, "}");
        }
        store(out, form, height);
        line(out, 1, "}");
    }

    /** One or two steps of the depth. */
    private static void step(StringBuilder out, Form form, int height, int steps) {
        loadB(out, form, steps, 3);
        for (int i = 0; i < height; i++) {
            for (int s = 0; s < steps; s++) {
                broadcastA(out, form, i, s, 3);
                for (int v = 0; v < form.width.vectors; v++) {
                    String acc = "acc" + i + "_" + v;
                    line(out, 3, acc + " = va" + i + "_" + s + ".fma(vb" + s + "_" + v + ", " + acc + ");");
                }
            }
        }
        if (!form.rows()) {
            String next = switch (form.a) {
                case PACKED -> String.valueOf(height);
                case COLUMNS -> "aStep";
                default -> "1";
            };
            line(out, 3, "ap += " + next + ";");
        }
        line(out, 3, "bp += " + bStep(form, steps) + ";");
        if (form.b == Source.KEEP) {
            line(out, 3, "to += " + 2 * steps + " * LANES;");
        }
    }

    private static void loadB(StringBuilder out, Form form, int steps, int indent) {
        for (int s = 0; s < steps; s++) {
            for (int v = 0; v < form.width.vectors; v++) {
                String at = "bp" + (s == 0 ? "" : " + " + bStep(form, 1)) + form.columns(v);
                line(out, indent, "FloatVector vb" + s + "_" + v + " = FloatVector.fromArray(SPECIES, b, " + at
                        + form.mask() + ");");
                if (form.b == Source.KEEP) {
                    int lanes = 2 * s + v;
                    line(out, indent, "vb" + s + "_" + v + ".intoArray(panel, to"
                            + (lanes == 0 ? "" : " + " + lanes + " * LANES") + ");");
                }
            }
        }
    }

    private static void broadcastA(StringBuilder out, Form form, int i, int s, int indent) {
        String at = switch (form.a) {
            case PACKED, COLUMNS -> "ap" + (i == 0 ? "" : " + " + i);
            case COPIED -> "ap" + (i + s == 0 ? "" : " + " + (i * COPIED_STEP + s));
            case ROWS -> "row" + i + " + p" + (s == 0 ? "" : " + 1");
        };
        line(out, indent, "FloatVector va" + i + "_" + s + " = FloatVector.broadcast(SPECIES, a[" + at + "]);");
    }

    /** A step that the compiler knows lets it check the bounds once, ahead of the loop. */
    private static String bStep(Form form, int steps) {
        return form.b == Source.PANEL ? 2 * steps + " * LANES" : steps == 1 ? "bStep" : steps + " * bStep";
    }

    /** One accumulator after the other, each stored as soon as it is complete. */
    private static void store(StringBuilder out, Form form, int height) {
        if (form.lastTwoApart(height)) {
            loadB(out, form, 2, 2);
        }
        line(out, 2, "int row = cOffset;");
        for (int i = 0; i < height; i++) {
            if (i > 0) {
                line(out, 2, "row += ldc;");
            }
            if (form.lastTwoApart(height)) {
                broadcastA(out, form, i, 0, 2);
                broadcastA(out, form, i, 1, 2);
            }
            for (int v = 0; v < form.width.vectors; v++) {
                String at = "c, row" + form.columns(v) + form.mask();
                String sum = form.add ? ".add(FloatVector.fromArray(SPECIES, " + at + "))" : "";
                String acc = "acc" + i + "_" + v;
                String complete = !form.lastTwoApart(height) ? acc : "va" + i + "_1.fma(vb1_" + v + ", va" + i + "_0.fma(vb0_" + v + ", " + acc + "))";
                line(out, 2, complete + sum + ".intoArray(" + at + ");");
            }
        }
    }

    private static String dispatcher() {
        StringBuilder out = new StringBuilder();
        out.append("package dev.lanewise.vector;\n\n").append(WARNING);
        out.append("""
                /**
                 * The register tiles of matrix multiply: {@code C[i, j] = sum over p < kc of A[i, p] * B[p, j]}, or added to C,
                 * for i below the height and j below 2 * LANES, or below LANES where the tile is narrow. {@code Overlapping} tiles
                 * have the columns below LANES, and as many from the second on.
                 *
                 * <ul>
                 * <li>{@code packed} reads A[i, p] at {@code aOffset + p * height + i}, {@code columns} at
                 * {@code aOffset + p * aStep + i}, {@code rows} at {@code aOffset + i * aStep + p}, {@code copied} at
                 * {@code aOffset + i * COPIED_STEP + p}.
                 * <li>B[p, j] is in a panel, at {@code bOffset + p * 2 * LANES + j}; {@code Direct} and {@code Keep} read it where it lies, at {@code bOffset + p * bStep + j}.
                 * <li>{@code Keep} makes a panel of it, at {@code panelOffset}.
                 * <li>kc is 2 at least for {@code copied} and {@code rows}.
                 * </ul>
                 */
                final class Tiles {
                    /** Rows of the tallest tile. */
                    static final int TALLEST = %d;

                    /** Rows of the tallest tile that reads rows of A. */
                    static final int TALLEST_ROWS = %d;

                    /** Rows of the tallest tile that reads columns of A. */
                    static final int TALLEST_COLUMNS = %d;

                    /** Greatest depth of a copied panel. */
                    static final int COPIED_DEPTH = %d;

                    /** Distance between two copied rows of A. */
                    static final int COPIED_STEP = %d;

                    private Tiles() {}
                """.formatted(TALLEST, TALLEST_ROWS, TALLEST_COLUMNS, COPIED_DEPTH, COPIED_STEP));
        for (Form form : Form.all()) {
            if (!form.add) {
                dispatch(out, form);
            }
        }
        return out.append("}\n").toString();
    }

    /** One method that picks the height, and whether to add where there is a choice. */
    private static void dispatch(StringBuilder out, Form form) {
        Form adding = new Form(form.a, form.b, form.width, form.masked, true);
        boolean choice = adding.exists(1);
        out.append('\n');
        line(out, 1, "static void " + form.name() + "(int height, " + (choice ? "boolean add, " : "")
                + form.parameters(true) + ") {");
        if (choice) {
            line(out, 2, "if (add) {");
            heights(out, adding, 3);
            line(out, 3, "return;");
            line(out, 2, "}");
        }
        heights(out, form, 2);
        line(out, 1, "}");
    }

    private static void heights(StringBuilder out, Form form, int indent) {
        line(out, indent, "switch (height) {");
        for (int height = 1; height <= TALLEST && form.exists(height); height++) {
            line(out, indent + 1, "case " + height + " -> Tile" + height + "." + form.name() + "("
                    + form.parameters(false) + ");");
        }
        line(out, indent + 1, "default -> throw new IllegalArgumentException(\"height \" + height);");
        line(out, indent, "}");
    }

    private static void line(StringBuilder out, int indent, String text) {
        out.append("    ".repeat(indent)).append(text).append('\n');
    }
}
