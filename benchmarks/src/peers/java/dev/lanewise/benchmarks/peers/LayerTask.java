package dev.lanewise.benchmarks.peers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A part of a transformer as it is written on the command line: its name, a colon, and its sizes with an x between. */
record LayerTask(String text, Kind kind, int[] sizes) implements Task {
    private static final long MOST_ELEMENTS = 1 << 28;

    /** What can be compared besides products. */
    enum Kind {
        /** Batch, heads, tokens, headDim. */
        ATTENTION(4, new int[] {1, 2, 49, 64}),
        /** Rows, columns. */
        SOFTMAX(2, new int[] {8, 77}),
        /** Rows, columns. */
        LAYERNORM(2, new int[] {8, 77}),
        /** Elements. */
        GELU(1, new int[] {333});

        private final int dimensions;
        private final int[] small;

        Kind(int dimensions, int[] small) {
            this.dimensions = dimensions;
            this.small = small;
        }

        private String prefix() {
            return name().toLowerCase(Locale.ROOT) + ":";
        }
    }

    /** Whether this names one of the kinds. */
    static boolean isOne(String text) {
        return Stream.of(Kind.values()).anyMatch(kind -> text.startsWith(kind.prefix()));
    }

    /** Reads the sizes. */
    static LayerTask parse(String text) {
        Kind kind = Stream.of(Kind.values()).filter(k -> text.startsWith(k.prefix())).findFirst().orElseThrow();
        String sizes = text.substring(kind.prefix().length());
        if (!sizes.matches("[1-9]\\d{0,8}(x[1-9]\\d{0,8}){" + (kind.dimensions - 1) + "}")) {
            String example = Stream.of(
                    "1x8x512x64 (batch, heads, tokens, headDim)", "1024x512 (rows, columns)",
                    "1024x512 (rows, columns)",
                    "65536 (elements)").toList().get(kind.ordinal());
            throw new IllegalArgumentException("'" + text + "' is not a size: write " + kind.prefix() + example);
        }
        int[] parsed = Stream.of(sizes.split("x")).mapToInt(Integer::parseInt).toArray();
        double elements = Arrays.stream(parsed).asDoubleStream().reduce(1, (a, b) -> a * b);
        if (elements > MOST_ELEMENTS) {
            throw new IllegalArgumentException("'" + text + "': an operand has at most 2^28 elements");
        }
        return new LayerTask(text, kind, parsed);
    }

    @Override
    public Workload workload() {
        return workload(sizes);
    }

    @Override
    public List<Workload> small() {
        return List.of(workload(kind.small));
    }

    @Override
    public boolean countsOperations() {
        return kind == Kind.ATTENTION;
    }

    private Workload workload(int[] of) {
        int n = Arrays.stream(of).reduce(1, (a, b) -> a * b);
        float[] x = Task.uniform(1, n);
        float[] y = new float[n];
        return switch (kind) {
            case ATTENTION ->
                new Workload.Attention(of[0], of[1], of[2], of[3], x, Task.uniform(2, n), Task.uniform(3, n), y);
            case SOFTMAX -> new Workload.Softmax(of[0], of[1], x, y);
            case LAYERNORM ->
                new Workload.LayerNorm(of[0], of[1], x, Task.uniform(2, of[1]), Task.uniform(3, of[1]), y);
            case GELU -> new Workload.Gelu(x, y);
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerTask task && task.kind == kind && Arrays.equals(task.sizes, sizes);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + Arrays.hashCode(sizes);
    }

    @Override
    public String toString() {
        return kind.prefix() + Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    }
}
