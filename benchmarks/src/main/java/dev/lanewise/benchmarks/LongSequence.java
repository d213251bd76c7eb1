package dev.lanewise.benchmarks;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import dev.lanewise.Engine;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Attention over a sequence whose scores would not fit into memory: forward and backward, checked against sums in double
 * precision at some queries and keys.
 *
 * <pre>
 * java -Xmx256m --add-modules jdk.incubator.vector -cp benchmarks/target/benchmarks.jar dev.lanewise.benchmarks.LongSequence
 * </pre>
 *
 * <p>The scores of 32,768 tokens are 4 GB in one head; operands and gradients are 67 MB. A shorter run first says how long the
 * whole will take, and it is left out if that is more than {@code --most-seconds}.
 */
@Command(
        name = "LongSequence", mixinStandardHelpOptions = true,
        description = "Runs attention over a long sequence in a small heap, and checks the result.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ran, and the result is right", "1:the result is wrong", "2:wrong arguments",
            "3:left out, since it would take too long", "4:the heap is too small for the sequence"})
public final class LongSequence implements Callable<Integer> {
    /** The run was left out. */
    static final int LEFT_OUT = 3;

    private static final int HEAD_DIM = 64;
    private static final int SHORT_TOKENS = 1024;
    private static final int WARM_CALLS = 100;

    /** Chunks of keys that the engine's backward pass cuts a long sequence into. */
    private static final int MOST_CHUNKS = 8;

    /** Of the largest value expected: sums of 32,768 float products differ by about a tenth of it. */
    private static final double TOLERANCE = 1e-4;

    @Option(names = "--tokens", defaultValue = "32768", description = "length of the sequence (${DEFAULT-VALUE})")
    private int tokens;

    @Option(names = "--threads", defaultValue = "0",
            description = "threads, 0 for all processors that the heap has room for (${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--most-seconds", defaultValue = "120",
            description = "leaves the run out if it would take longer (${DEFAULT-VALUE})")
    private double mostSeconds;

    private final PrintStream out;

    private LongSequence(PrintStream out) {
        this.out = out;
    }

    /**
     * The program.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new LongSequence(System.out)).execute(args));
    }

    @Override
    public Integer call() {
        if (tokens < SHORT_TOKENS || threads < 0 || (long) tokens * HEAD_DIM > Integer.MAX_VALUE) {
            System.err.println(
                    "--tokens must be in " + SHORT_TOKENS + ".." + Integer.MAX_VALUE / HEAD_DIM
                            + ", --threads 0 or more");
            return 2;
        }
        int size = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        Optional<String> refusal = refusal(size);
        while (threads == 0 && size > 1 && refusal.isPresent()) {
            refusal = refusal(--size);
        }
        if (refusal.isPresent()) {
            System.err.println(refusal.get());
            return HeapCheck.TOO_SMALL;
        }
        try (Engine engine = Engine.builder().threads(size).build()) {
            Sequence few = new Sequence(SHORT_TOKENS);
            double seconds = 0;
            double spent = 0;
            for (int i = 0; i < WARM_CALLS && spent <= mostSeconds / 4; i++) {
                seconds = few.run(engine);
                spent += seconds;
            }
            double expected = seconds * tokens * tokens / ((double) SHORT_TOKENS * SHORT_TOKENS);
            if (expected > mostSeconds) {
                out.printf(
                        Locale.ROOT, "left out: %d tokens would take about %.0f s, more than --most-seconds %.0f%n",
                        tokens, expected, mostSeconds);
                return LEFT_OUT;
            }
            Sequence all = new Sequence(tokens);
            seconds = all.run(engine);
            double error = all.error();
            Runtime runtime = Runtime.getRuntime();
            out.printf(
                    Locale.ROOT,
                    "%d tokens, head of %d, forward and backward: %.2f s, %.1f GFLOP/s on %d threads, heap of %d MB,"
                            + " largest error %.1e of the largest value%n",
                    tokens, HEAD_DIM, seconds, 14e-9 * tokens * tokens * HEAD_DIM / seconds, size,
                    runtime.maxMemory() >> 20, error);
            return error <= TOLERANCE ? 0 : 1;
        }
    }

    private Optional<String> refusal(int size) {
        return HeapCheck.refusal(
                "a sequence of " + tokens + " tokens on " + size + (size == 1 ? " thread" : " threads"),
                Sequence.bytes(tokens, size));
    }

    /** Operands and results of one head. */
    private static final class Sequence {
        private final int tokens;
        private final AttentionShape shape;
        private final float[] q;
        private final float[] k;
        private final float[] v;
        private final float[] dOut;
        private final float[] out;
        private final float[] logSumExp;
        private final float[] dQ;
        private final float[] dK;
        private final float[] dV;

        Sequence(int tokens) {
            this.tokens = tokens;
            shape = AttentionShape.headsFirst(1, 1, tokens, tokens, HEAD_DIM);
            int size = tokens * HEAD_DIM;
            q = Data.uniform(1, size);
            k = Data.uniform(2, size);
            v = Data.uniform(3, size);
            dOut = Data.uniform(4, size);
            out = new float[size];
            logSumExp = new float[tokens];
            dQ = new float[size];
            dK = new float[size];
            dV = new float[size];
        }

        /**
         * What is held at a time: eight arrays of operands, results and gradients; for each thread that works on a chunk of
         * keys five of the queries, as its kernels read and write them; and on several threads the gradients of the queries
         * by chunk but the first. Beside them logSumExp and three numbers a query for each thread.
         */
        static double bytes(int tokens, int threads) {
            int workers = Math.min(threads, MOST_CHUNKS);
            int arrays = 8 + 5 * workers + (threads > 1 ? MOST_CHUNKS - 1 : 0);
            return Float.BYTES * ((double) arrays * HEAD_DIM + 1 + 3 * workers) * tokens;
        }

        /** Returns the seconds that both passes took. */
        double run(Engine engine) {
            long start = System.nanoTime();
            engine.attention().forward(shape, AttentionMask.none(), q, 0, k, 0, v, 0, out, 0, logSumExp, 0);
            engine.attention().backward(
                    shape, AttentionMask.none(), q, 0, k, 0, v, 0, out, 0, logSumExp, 0, dOut, 0, dQ, 0, dK, 0, dV, 0);
            return 1e-9 * (System.nanoTime() - start);
        }

        /** The largest difference from sums in double precision, relative to the largest value of the same kind. */
        double error() {
            Difference outs = new Difference();
            Difference queries = new Difference();
            Difference keys = new Difference();
            Difference values = new Difference();
            for (int at : new int[] {0, tokens / 3, tokens - 1}) {
                query(at, outs, queries);
                key(at, keys, values);
            }
            return Math.max(
                    Math.max(outs.relative(), queries.relative()), Math.max(keys.relative(), values.relative()));
        }

        /** Output and gradient of a query: {@code dQ[i] = scale * sum over j of P[i, j] * (dP[i, j] - D[i]) * K[j]}. */
        private void query(int i, Difference outs, Difference gradients) {
            double[] weights = new double[tokens];
            double sum = 0;
            for (int j = 0; j < tokens; j++) {
                weights[j] = Math.exp(score(i, j));
                sum += weights[j];
            }
            double[] o = new double[HEAD_DIM];
            for (int j = 0; j < tokens; j++) {
                weights[j] /= sum;
                for (int d = 0; d < HEAD_DIM; d++) {
                    o[d] += weights[j] * v[j * HEAD_DIM + d];
                }
            }
            double delta = 0;
            for (int d = 0; d < HEAD_DIM; d++) {
                delta += o[d] * dOut[i * HEAD_DIM + d];
            }
            double[] gradient = new double[HEAD_DIM];
            for (int j = 0; j < tokens; j++) {
                double dS = weights[j] * (dot(dOut, i, v, j) - delta) / Math.sqrt(HEAD_DIM);
                for (int d = 0; d < HEAD_DIM; d++) {
                    gradient[d] += dS * k[j * HEAD_DIM + d];
                }
            }
            outs.add(o, out, i);
            gradients.add(gradient, dQ, i);
        }

        /** Gradients of a key and its value, over all queries, whose logSumExp and out are those of the forward pass. */
        private void key(int j, Difference keys, Difference values) {
            double[] key = new double[HEAD_DIM];
            double[] value = new double[HEAD_DIM];
            for (int i = 0; i < tokens; i++) {
                double weight = Math.exp(score(i, j) - logSumExp[i]);
                double dS = weight * (dot(dOut, i, v, j) - dot(dOut, i, out, i)) / Math.sqrt(HEAD_DIM);
                for (int d = 0; d < HEAD_DIM; d++) {
                    key[d] += dS * q[i * HEAD_DIM + d];
                    value[d] += weight * dOut[i * HEAD_DIM + d];
                }
            }
            keys.add(key, dK, j);
            values.add(value, dV, j);
        }

        private double score(int i, int j) {
            return dot(q, i, k, j) / Math.sqrt(HEAD_DIM);
        }

        private static double dot(float[] a, int i, float[] b, int j) {
            double sum = 0;
            for (int d = 0; d < HEAD_DIM; d++) {
                sum += (double) a[i * HEAD_DIM + d] * b[j * HEAD_DIM + d];
            }
            return sum;
        }
    }

    /** How far rows are from what they should be. */
    private static final class Difference {
        private double largest;
        private double difference;

        void add(double[] expected, float[] actual, int row) {
            for (int d = 0; d < HEAD_DIM; d++) {
                largest = Math.max(largest, Math.abs(expected[d]));
                double apart = Math.abs(expected[d] - actual[row * HEAD_DIM + d]);
                difference = Double.isNaN(apart) ? Double.POSITIVE_INFINITY : Math.max(difference, apart);
            }
        }

        double relative() {
            return difference / largest;
        }
    }
}
