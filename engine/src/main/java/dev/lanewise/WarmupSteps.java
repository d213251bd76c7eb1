package dev.lanewise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The calls of {@link Warmup}: every kernel family on operands that are small and still pass through all loops: full and
 * partial tiles, full and partial vectors, several blocks of packing. A case that no call has met is left out of the compiled
 * code, and the first call that meets it returns the kernel to the interpreter: so there are operands with and without a
 * partial vector at the end of a row, and they end where their arrays end.
 */
final class WarmupSteps {
    /** Rows and columns of the largest operand. */
    private static final int SIDE = 720;

    /** No multiple of a tile or of a vector, longer than a tile. */
    private static final int ODD = 131;

    /** One less than whole tiles of any width: the last tile's second vector is partial. */
    private static final int WIDE = 5 * 32 - 1;

    /** Columns: full vectors of any width, groups of them, and no rest; their half has none either. */
    private static final int COLS = 16 * 10;

    /** One more vector and a rest, in their half as well. */
    private static final int ODD_COLS = COLS + 16 + 3;

    /** Rows that are as many tiles of 13 as of 12. */
    private static final int BOTH_HEIGHTS = 300;

    private static final int SHALLOW = 23;

    /** Rows of a matrix that is large enough to be read from where cache lines start: 8 MB. */
    private static final int TALL = 1 << 13;

    private static final int TALL_COLS = 1 << 8;

    /** At most this many rows are in a register tile. */
    private static final int TALLEST_TILE = 14;

    private final Engine engine;
    private final float[] x = filled();
    private final float[] y = filled();
    private final float[] out = new float[SIDE * SIDE];

    /** Steps on a serial engine: what another thread allocates is not seen. */
    WarmupSteps(Engine engine) {
        this.engine = engine;
    }

    private static float[] filled() {
        float[] values = new float[2 * SIDE * 4 + ODD * WIDE];
        Arrays.fill(values, 0.25f);
        return values;
    }

    /** Matrix multiply: whole tiles and packing first, which are what a large product needs, then edges and vectors. */
    List<List<Runnable>> matMul() {
        List<Runnable> tiles = new ArrayList<>();
        products(tiles);
        List<Runnable> vectors = new ArrayList<>();
        vectors(vectors);
        return List.of(tiles, vectors);
    }

    /**
     * Everything: matrix multiply, then what a trained model calls, then what only training does. If the time is over before
     * the end, training goes without, which takes long enough to be compiled on the way.
     */
    List<List<Runnable>> all() {
        WarmupRows full = new WarmupRows(engine, COLS);
        WarmupRows rest = new WarmupRows(engine, ODD_COLS);
        List<Runnable> forward = new ArrayList<>();
        fewRows(forward);
        epilogues(forward);
        attention(forward);
        inTurns(full.forward(), rest.forward(), forward);
        List<Runnable> backward = new ArrayList<>();
        attentionBackward(backward);
        inTurns(full.backward(), rest.backward(), backward);
        List<List<Runnable>> stages = new ArrayList<>(matMul());
        stages.add(forward);
        stages.add(backward);
        return stages;
    }

    /** A step of each list as one: the compiler is to know both when it begins with one. */
    private static void inTurns(List<Runnable> some, List<Runnable> others, List<Runnable> steps) {
        for (int i = 0; i < some.size(); i++) {
            Runnable one = some.get(i);
            Runnable other = others.get(i);
            steps.add(() -> {
                one.run();
                other.run();
            });
        }
    }

    /** Many whole tiles of the least depth, and packing from every layout. */
    private void products(List<Runnable> steps) {
        for (float beta : new float[] {0f, 1f}) {
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, SIDE, SIDE, 2, beta));
            // Short tiles, which large results have where the depth is small, with steps between the first and the last two.
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, SIDE, SIDE, 5, beta));
            // Rows of A may be copied rather than packed, where they are rows; its columns never are.
            steps.add(() -> multiply(Transpose.YES, Transpose.NO, SIDE, SIDE, 2, beta));
            // Few columns: those of A are read where they lie, and B is packed ahead or in passing.
            for (int columns : new int[] {256, 352}) {
                steps.add(() -> multiply(Transpose.YES, Transpose.NO, BOTH_HEIGHTS, columns, 2, beta));
            }
            // B read where it lies, packed by the first row of tiles, with A packed and with its rows.
            for (int columns : new int[] {64, 96, 256, 352}) {
                steps.add(() -> multiply(Transpose.NO, Transpose.NO, SIDE, columns, 2, beta));
            }
        }
        for (Transpose a : Transpose.values()) {
            for (Transpose b : Transpose.values()) {
                // Not deep where these are the first tiles of a height: their loop is to be hot after they are.
                int depth = a == Transpose.YES ? SHALLOW : ODD;
                steps.add(() -> multiply(a, b, ODD, ODD, depth, 0f));
            }
        }
        steps.add(() -> multiply(Transpose.NO, Transpose.NO, ODD, WIDE, ODD, 0f));
        // The first panel is of the lower of two heights.
        for (float beta : new float[] {0f, 1f}) {
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, 20, WIDE, 24, beta));
        }
    }

    /** Products of few rows. Large ones have panels of two heights, which differ by one and are compiled by now. */
    private void fewRows(List<Runnable> steps) {
        for (int m = 2; m < TALLEST_TILE; m += 3) {
            int height = m;
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, height, ODD, 24, 0f));
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, height, ODD, 24, 1f));
        }
    }

    /** Products that are vectors or of depth 1. */
    private void vectors(List<Runnable> steps) {
        for (Transpose transpose : Transpose.values()) {
            steps.add(() -> multiply(transpose, Transpose.NO, ODD, 1, ODD, 0f));
            // Rows of whole vectors too, as heads of attention are: their sums have no rest.
            for (int columns : new int[] {ODD, ODD - 3}) {
                steps.add(() -> multiply(Transpose.NO, transpose, 1, columns, ODD, 0f));
            }
            steps.add(() -> multiply(transpose, Transpose.NO, ODD, ODD, 1, 0f));
        }
        float[] tall = new float[TALL * TALL_COLS];
        steps.add(
                () -> engine.matMul().multiply(
                        Transpose.NO, Transpose.NO, TALL, 1, TALL_COLS, 1f, tall, 0, TALL_COLS, x,
                        x.length - TALL_COLS, 1, 0f, out, 0, 1));
    }

    private void multiply(Transpose a, Transpose b, int m, int n, int k, float beta) {
        multiply(a, b, m, n, k, beta, null);
    }

    private void multiply(Transpose a, Transpose b, int m, int n, int k, float beta, MatMulEpilogue epilogue) {
        int lda = a == Transpose.NO ? k : m;
        int ldb = b == Transpose.NO ? n : k;
        engine.matMul().multiply(
                a, b, m, n, k, 1f, x, x.length - m * k, lda, y, y.length - k * n, ldb, beta, out, out.length - m * n, n,
                epilogue);
    }

    /** One pass for the most frequent one, and parts for the others. */
    private void epilogues(List<Runnable> steps) {
        int n = ODD_COLS;
        float[] z = new float[ODD * n];
        List<MatMulEpilogue> all = List.of(
                new MatMulEpilogue().bias(x, 0).gelu().keepPreActivation(z, 0, n),
                new MatMulEpilogue().bias(x, 0).silu().residual(z, 0, n));
        for (MatMulEpilogue epilogue : all) {
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, ODD, n, 24, 0f, epilogue));
        }
    }

    /** The queries and keys of a strip of lanes and a partial one. */
    private void attention(List<Runnable> steps) {
        for (Attention one : attentions(37, 37)) {
            steps.add(() -> engine.attention().forward(one.shape, one.options, one.tensors));
        }
        // Few queries read keys and values where they lie.
        Attention single = attentions(1, 37).getFirst();
        steps.add(() -> engine.attention().forward(single.shape, single.options, single.tensors));
    }

    /** A block of queries, which has the tallest tiles, and a quarter of one. */
    private void attentionBackward(List<Runnable> steps) {
        for (Attention one : attentions(160, 37)) {
            steps.add(() -> engine.attention().backward(one.shape, one.options, one.tensors));
        }
    }

    private record Attention(AttentionShape shape, AttentionOptions options, AttentionTensors tensors) {}

    /** Every option, on heads of whole vectors and with a rest in turns. */
    private List<Attention> attentions(int queries, int keys) {
        List<AttentionOptions> all = List.of(
                new AttentionOptions(), new AttentionOptions().mask(AttentionMask.causal()),
                new AttentionOptions().mask(AttentionMask.window(9, 5)),
                // No bound of the scores is known ahead, so the weights are relative to a maximum.
                new AttentionOptions().mask(AttentionMask.bias(new Matrix(x, 0, queries, keys, keys))),
                new AttentionOptions().dropout(0.1f, 1));
        List<Attention> attentions = new ArrayList<>();
        for (AttentionOptions options : all) {
            int headDim = attentions.size() % 2 == 0 ? 32 : 40;
            int size = 2 * queries * headDim;
            int keySize = keys * headDim;
            AttentionTensors tensors = new AttentionTensors().q(x, x.length - size).k(x, x.length - keySize)
                    .v(x, x.length - keySize).out(new float[size], 0).logSumExp(new float[2 * queries], 0)
                    .dOut(y, y.length - size).dQ(new float[size], 0).dK(new float[keySize], 0)
                    .dV(new float[keySize], 0);
            if (options.mask().hasBias()) {
                tensors.dBias(new float[queries * keys], 0);
            }
            // Two heads of queries share one of keys and values, whose gradient the second is added to.
            attentions.add(
                    new Attention(AttentionShape.headsFirst(1, 2, 1, queries, keys, headDim), options, tensors));
        }
        return attentions;
    }
}
