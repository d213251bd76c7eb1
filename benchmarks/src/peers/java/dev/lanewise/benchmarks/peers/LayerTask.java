package dev.lanewise.benchmarks.peers;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A part of a transformer as it is written on the command line: its name, {@code -training} for forward and backward, a
 * colon, its sizes with an x between, and for attention {@code :causal}.
 */
record LayerTask(String text, Kind kind, boolean training, boolean causal, List<Integer> sizes) implements Task {
    private static final String TRAINING = "-training";
    private static final String CAUSAL = ":causal";

    /** What can be compared besides products. */
    enum Kind {
        /** Batch, heads, tokens, headDim. */
        ATTENTION("1x8x512x64 (batch, heads, tokens, headDim)", 1, 1, 181, 64),
        /** Rows, columns. */
        SOFTMAX("1024x512 (rows, columns)", 8, 77),
        /** Rows, columns. */
        LAYERNORM("1024x512 (rows, columns)", 8, 77),
        /** Elements. */
        GELU("65536 (elements)", 333),
        /** Batch, tokens, modelDim, heads, feedForwardDim, layers. */
        ENCODER("32x256 (batch, tokens) or 32x256x128x4x512x2 (and modelDim, heads, feedForwardDim, layers)", 2, 21,
                128,
                4, 512, 1);

        private final String example;
        private final List<Integer> small;

        Kind(String example, Integer... small) {
            this.example = example;
            this.small = List.of(small);
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private boolean starts(String text) {
            return text.startsWith(word() + ":") || text.startsWith(word() + TRAINING + ":");
        }
    }

    /** Whether this names one of the kinds. */
    static boolean isOne(String text) {
        return Stream.of(Kind.values()).anyMatch(kind -> kind.starts(text));
    }

    /** Reads the sizes. */
    static LayerTask parse(String text) {
        Kind kind = Stream.of(Kind.values()).filter(k -> k.starts(text)).findFirst().orElseThrow();
        String name = text.substring(0, text.indexOf(':'));
        boolean causal = kind == Kind.ATTENTION && text.endsWith(CAUSAL);
        String sizes = text.substring(name.length() + 1, text.length() - (causal ? CAUSAL.length() : 0));
        boolean model = kind == Kind.ENCODER && sizes.matches("\\d+x\\d+");
        int count = model ? 2 : kind.small.size();
        if (!sizes.matches("[1-9]\\d{0,8}(x[1-9]\\d{0,8}){" + (count - 1) + "}")) {
            throw new IllegalArgumentException("'" + text + "' is not a size: write " + name + ":" + kind.example);
        }
        List<Integer> parsed = Stream.of(sizes.split("x")).map(Integer::valueOf).toList();
        if (kind == Kind.ENCODER) {
            parsed = Encoders.complete(parsed);
            if (parsed.get(2) % parsed.get(3) != 0) {
                throw new IllegalArgumentException(
                        "'" + text + "': " + parsed.get(3) + " heads don't divide a modelDim of " + parsed.get(2));
            }
        }
        if (elements(kind, parsed) > MOST_ELEMENTS) {
            throw new IllegalArgumentException("'" + text + "': an operand has at most 2^28 elements");
        }
        return new LayerTask(text, kind, name.endsWith(TRAINING), causal, parsed);
    }

    /** Of the largest operand; of an encoder the hidden layer, or queries, keys and values. */
    private static double elements(Kind kind, List<Integer> sizes) {
        if (kind == Kind.ENCODER) {
            return (double) sizes.get(0) * sizes.get(1) * Math.max(3.0 * sizes.get(2), sizes.get(4));
        }
        return sizes.stream().mapToDouble(size -> size).reduce(1, (a, b) -> a * b);
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
        return kind == Kind.ATTENTION || kind == Kind.ENCODER;
    }

    private Workload workload(List<Integer> of) {
        int n = kind == Kind.ENCODER ? 0 : of.stream().reduce(1, (a, b) -> a * b);
        int last = of.getLast();
        float[] x = Task.uniform(1, n);
        float[] gradient = Task.uniform(4, training ? n : 0);
        return switch (kind) {
            case ATTENTION -> {
                Workload.Attention forward = new Workload.Attention(
                        of.get(0), of.get(1), of.get(2), last, causal, x, Task.uniform(2, n), Task.uniform(3, n),
                        new float[n]);
                yield training
                        ? new TrainingWorkload.Attention(
                                forward, gradient, new float[n], new float[n], new float[n])
                        : forward;
            }
            case SOFTMAX -> {
                Workload.Softmax forward = new Workload.Softmax(of.get(0), last, x, new float[n]);
                yield training ? new TrainingWorkload.Softmax(forward, gradient, new float[n]) : forward;
            }
            case LAYERNORM -> {
                Workload.LayerNorm forward = new Workload.LayerNorm(
                        of.get(0), last, x, Task.uniform(2, last), Task.uniform(3, last), new float[n]);
                yield training
                        ? new TrainingWorkload.LayerNorm(
                                forward, gradient, new float[n], new float[last], new float[last])
                        : forward;
            }
            case GELU -> {
                Workload.Gelu forward = new Workload.Gelu(x, new float[n]);
                yield training ? new TrainingWorkload.Gelu(forward, gradient, new float[n]) : forward;
            }
            case ENCODER -> Encoders.workload(of, training);
        };
    }
}
