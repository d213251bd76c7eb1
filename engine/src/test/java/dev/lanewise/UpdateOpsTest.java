package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of AdamW, for every implementation, against the formula in double. */
@ExtendWith(Seeds.class)
final class UpdateOpsTest {
    private static final float RATE = 3e-3f;
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.98f;
    private static final float EPSILON = 1e-8f;
    private static final float DECAY = 0.05f;

    /** Weights, gradients and means of n parameters. */
    private static final class State {
        final Block w;
        final Block g;
        final Block m;
        final Block v;

        State(Random random, int rows, int cols) {
            w = Block.dense(random, rows, cols, random::nextGaussian);
            g = Block.dense(random, rows, cols, random::nextGaussian);
            m = Block.dense(random, rows, cols, () -> 0.1 * random.nextGaussian());
            v = Block.dense(random, rows, cols, () -> 0.01 * random.nextDouble());
        }

        private State(State other) {
            w = other.w.copy();
            g = other.g.copy();
            m = other.m.copy();
            v = other.v.copy();
        }

        State copy() {
            return new State(this);
        }

        void step(Engine engine, int step) {
            engine.update().adamW(
                    w.rows * w.cols, RATE, BETA1, BETA2, EPSILON, DECAY, bias(BETA1, step), bias(BETA2, step), w.data,
                    w.offset, g.data, g.offset, m.data, m.offset, v.data, v.offset);
            w.assertGuarded("w");
            g.assertGuarded("g");
            m.assertGuarded("m");
            v.assertGuarded("v");
        }

        Block[] results() {
            return new Block[] {w, g, m, v};
        }

        void checkAgainst(State before, int step, int row, int col) {
            double g0 = before.g.get(row, col);
            double m1 = BETA1 * (double) before.m.get(row, col) + (1.0 - BETA1) * g0;
            double v1 = BETA2 * (double) before.v.get(row, col) + (1.0 - BETA2) * g0 * g0;
            double w0 = before.w.get(row, col);
            double update = RATE * (m1 / bias(BETA1, step)) / (Math.sqrt(v1 / bias(BETA2, step)) + EPSILON);
            double w1 = w0 - (double) RATE * DECAY * w0 - update;
            double mSize = BETA1 * Math.abs(before.m.get(row, col)) + (1.0 - BETA1) * Math.abs(g0);
            Close.assertWithin(m1, m.get(row, col), 4 * EPS * mSize, "m");
            Close.assertWithin(v1, v.get(row, col), 4 * EPS * v1, "v");
            double updateSize = update == 0 ? 0 : Math.abs(update) * mSize / Math.abs(m1);
            Close.assertWithin(w1, w.get(row, col), 4 * EPS * (Math.abs(w0) + 4 * updateSize), "w");
        }
    }

    private static float bias(float beta, int step) {
        return (float) (1 - Math.pow(beta, step));
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void oneStepIsTheFormula(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : Sizes.edges()) {
                for (int step : new int[] {1, 2, 1000}) {
                    State before = new State(random, 1, n);
                    State after = before.copy();
                    after.step(engine, step);
                    after.g.assertUnchanged("g");
                    for (int i = 0; i < n; i++) {
                        after.checkAgainst(before, step, 0, i);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void firstStepFromZeroMovesByTheRateWhateverTheGradient(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (float size : new float[] {1e-4f, 1f, 1e4f}) {
                State state = new State(random, 1, 21);
                for (int i = 0; i < 21; i++) {
                    state.w.set(0, i, 0f);
                    state.m.set(0, i, 0f);
                    state.v.set(0, i, 0f);
                    state.g.set(0, i, i % 2 == 0 ? size : -size);
                }
                state.step(engine, 1);
                for (int i = 0; i < 21; i++) {
                    assertEquals(i % 2 == 0 ? -RATE : RATE, state.w.get(0, i), 1e-3f * RATE);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void zeroGradientOnlyDecays(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            State state = new State(random, 1, 35);
            for (int i = 0; i < 35; i++) {
                state.g.set(0, i, 0f);
                state.m.set(0, i, 0f);
                state.v.set(0, i, 0f);
            }
            state.step(engine, 1);
            for (int i = 0; i < 35; i++) {
                double w0 = state.w.original(0, i);
                Close.assertWithin(w0 * (1 - RATE * DECAY), state.w.get(0, i), 2 * EPS * Math.abs(w0),
                        "decayed weight");
                assertEquals(0f, state.m.get(0, i));
                assertEquals(0f, state.v.get(0, i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanInOneGradientStaysInItsElement(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : new int[] {1, 16, 37}) {
                State state = new State(random, 1, n);
                int bad = random.nextInt(n);
                state.g.set(0, bad, Float.NaN);
                state.step(engine, 3);
                for (int i = 0; i < n; i++) {
                    assertEquals(i == bad, Float.isNaN(state.w.get(0, i)), "w at " + i);
                    assertEquals(i == bad, Float.isNaN(state.m.get(0, i)), "m at " + i);
                    assertEquals(i == bad, Float.isNaN(state.v.get(0, i)), "v at " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void lazyRowsGetTheBitsOfTheDenseStepAndTheOthersStay(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int dim : Sizes.edges()) {
                int tableRows = 9;
                // The four tables share one offset, so they are cut from arrays of one layout.
                int offset = 5;
                float[] w = randoms(random, offset + tableRows * dim + 3);
                float[] g = randoms(random, w.length);
                float[] m = randoms(random, w.length);
                float[] v = randoms(random, w.length);
                for (int i = 0; i < v.length; i++) {
                    v[i] = Math.abs(v[i]);
                }
                float[][] dense = {w.clone(), g.clone(), m.clone(), v.clone()};
                engine.update().adamW(
                        tableRows * dim, RATE, BETA1, BETA2, EPSILON, DECAY, 0.5f, 0.25f, dense[0], offset, dense[1],
                        offset, dense[2], offset, dense[3], offset);
                float[][] lazy = {w.clone(), g.clone(), m.clone(), v.clone()};
                int[] rows = {99, 7, 0, 3};
                engine.update().adamWRows(
                        3, dim, rows, 1, RATE, BETA1, BETA2, EPSILON, DECAY, 0.5f, 0.25f, lazy[0], lazy[1], lazy[2],
                        lazy[3],
                        tableRows, offset);
                float[][] before = {w, g, m, v};
                for (int a = 0; a < 4; a++) {
                    for (int i = 0; i < w.length; i++) {
                        int row = dim == 0 || i < offset ? -1 : (i - offset) / dim;
                        boolean touched = row == 7 || row == 0 || row == 3;
                        float expected = !touched ? before[a][i] : a == 1 ? 0f : dense[a][i];
                        assertEquals(expected, lazy[a][i], "array " + a + " at " + i + ", dim " + dim);
                    }
                }
            }
        }
    }

    private static float[] randoms(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        State before = new State(random, 500, 211);
        int[] rows = new int[250];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = 2 * ((i * 37) % 250) + 1;
        }
        Block[] first = null;
        Block[] firstLazy = null;
        for (Engine engine : Engines.threads(implementation)) {
            State state = before.copy();
            state.step(engine, 4);
            Block[] lazy = {before.w.copy(), before.w.copy(), before.w.copy(), before.w.copy()};
            for (int i = 0; i < lazy[3].data.length; i++) {
                lazy[3].data[i] = Math.abs(lazy[3].data[i]);
            }
            engine.update().adamWRows(
                    rows.length, 211, rows, 0, RATE, BETA1, BETA2, EPSILON, DECAY, 0.5f, 0.25f, lazy[0].data,
                    lazy[1].data,
                    lazy[2].data, lazy[3].data, 500, lazy[0].offset);
            if (first == null) {
                first = state.results();
                firstLazy = lazy;
            }
            for (int i = 0; i < 4; i++) {
                Close.assertSameBits(first[i].data, state.results()[i].data, "array " + i);
                Close.assertSameBits(firstLazy[i].data, lazy[i].data, "lazy array " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void scaledGradientGivesTheBitsOfGradientsThatWereScaledBefore(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : Sizes.edges()) {
                State before = new State(random, 1, n);
                State scaled = before.copy();
                for (int i = 0; i < n; i++) {
                    scaled.g.set(0, i, 0.3f * before.g.get(0, i));
                }
                scaled.step(engine, 7);
                State folded = before.copy();
                engine.update().adamW(
                        n, 0.3f, RATE, BETA1, BETA2, EPSILON, DECAY, bias(BETA1, 7), bias(BETA2, 7), folded.w.data,
                        folded.w.offset, folded.g.data, folded.g.offset, folded.m.data, folded.m.offset, folded.v.data,
                        folded.v.offset);
                folded.g.assertUnchanged("g");
                Close.assertSameBits(scaled.w.data, folded.w.data, "w");
                Close.assertSameBits(scaled.m.data, folded.m.data, "m");
                Close.assertSameBits(scaled.v.data, folded.v.data, "v");
                State rows = before.copy();
                float[][] lazy = {dense(rows.w), dense(rows.g), dense(rows.m), dense(rows.v)};
                engine.update().adamWRows(
                        1, n, new int[] {0}, 0, 0.3f, RATE, BETA1, BETA2, EPSILON, DECAY, bias(BETA1, 7),
                        bias(BETA2, 7), lazy[0], lazy[1], lazy[2], lazy[3], 1, 0);
                Close.assertSameBits(dense(scaled.w), lazy[0], "w of a row");
            }
        }
    }

    private static float[] dense(Block block) {
        return java.util.Arrays.copyOfRange(block.data, block.offset, block.offset + block.cols);
    }
}
