package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import java.util.Arrays;
import java.util.Random;

/**
 * One attention over interleaved heads: its operands, what came out, and the comparison with the oracle. The items of its
 * batch are of one size or ragged; the mask is what the fields say.
 */
final class AttentionCase {
    private final Random random;
    final AttentionShape shape;
    final AttentionOptions options = new AttentionOptions();
    final AttentionTensors tensors = new AttentionTensors();
    private final int heads;
    private final int keyValueHeads;
    private final int dim;

    /** First row of each item, and the end of the last. */
    final int[] queryStarts;

    final int[] keyStarts;
    AttentionMask mask;
    private int left = -1;
    private int right = -1;
    private Block bias;
    private int biasBatchStride;
    private int biasHeadStride;
    private boolean ofBias;
    Block dBias;
    final Block q;
    final Block k;
    final Block v;
    final Block dOut;
    Block out;
    Block logSumExp;
    Block dQ;
    Block dK;
    Block dV;

    AttentionCase(Random random, int batch, int heads, int queries, int keys, int dim, AttentionMask mask) {
        this(random, heads, heads, starts(batch, queries), starts(batch, keys), dim, false);
        mask(mask);
    }

    private AttentionCase(
            Random random, int heads, int keyValueHeads, int[] queryStarts, int[] keyStarts, int dim, boolean ragged) {
        this.random = random;
        this.heads = heads;
        this.keyValueHeads = keyValueHeads;
        this.queryStarts = queryStarts;
        this.keyStarts = keyStarts;
        this.dim = dim;
        int batch = queryStarts.length - 1;
        q = Block.normal(random, queryStarts[batch], heads * dim);
        k = Block.normal(random, keyStarts[batch], keyValueHeads * dim);
        v = Block.normal(random, keyStarts[batch], keyValueHeads * dim);
        out = Block.unset(random, queryStarts[batch], heads * dim);
        // dOut has the layout of out.
        dOut = out.copy();
        for (int r = 0; r < dOut.rows; r++) {
            for (int c = 0; c < dOut.cols; c++) {
                dOut.set(r, c, (float) random.nextGaussian());
            }
        }
        logSumExp = Block.unsetDense(random, 1, heads * queryStarts[batch]);
        dQ = unset(q);
        dK = unset(k);
        dV = unset(v);
        shape = ragged
                ? AttentionShape.ragged(
                        batch, heads, keyValueHeads, dim, queryStarts, keyStarts, q.ld, k.ld, v.ld, out.ld)
                : AttentionShape.interleaved(
                        batch, heads, keyValueHeads, queryStarts[Math.min(1, batch)], keyStarts[Math.min(1, batch)],
                        dim, q.ld, k.ld, v.ld, out.ld);
        mask(AttentionMask.none());
    }

    /** Query heads that share heads of keys. */
    static AttentionCase grouped(
            Random random, int batch, int heads, int keyValueHeads, int queries, int keys, int dim) {
        return new AttentionCase(
                random, heads, keyValueHeads, starts(batch, queries), starts(batch, keys), dim, false);
    }

    /** Items of different lengths. */
    static AttentionCase ragged(
            Random random, int heads, int keyValueHeads, int[] queryLengths, int[] keyLengths, int dim) {
        return new AttentionCase(random, heads, keyValueHeads, starts(queryLengths), starts(keyLengths), dim, true);
    }

    private static int[] starts(int batch, int rows) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, rows);
        return starts(lengths);
    }

    private static int[] starts(int[] lengths) {
        int[] starts = new int[lengths.length + 1];
        for (int b = 0; b < lengths.length; b++) {
            starts[b + 1] = starts[b] + lengths[b];
        }
        return starts;
    }

    /** Sets triangle and lengths; a window or a bias is set afterwards. */
    AttentionCase mask(AttentionMask newMask) {
        mask = newMask;
        options.mask(mask);
        return this;
    }

    AttentionCase window(int newLeft, int newRight) {
        left = newLeft;
        right = newRight;
        return mask(mask.withWindow(left, right));
    }

    /** A bias with one in eight masked, shared by all items or heads if told so. */
    AttentionCase bias(boolean sharedByItems, boolean sharedByHeads) {
        int batch = shape.batch();
        int queries = 0;
        int keys = 0;
        for (int b = 0; b < batch; b++) {
            queries = Math.max(queries, queries(b));
            keys = Math.max(keys, keys(b));
        }
        bias = Block.of(
                random, (sharedByItems ? 1 : batch) * (sharedByHeads ? 1 : heads) * queries, keys,
                () -> random.nextInt(8) == 0 ? Double.NEGATIVE_INFINITY : random.nextGaussian());
        biasHeadStride = sharedByHeads ? 0 : queries * bias.ld;
        biasBatchStride = sharedByItems ? 0 : (sharedByHeads ? 1 : heads) * queries * bias.ld;
        return mask(mask.withBias(bias.data, bias.offset, biasBatchStride, biasHeadStride, bias.ld));
    }

    /** Has the backward pass give the gradient of the bias, too. */
    AttentionCase biasGradient() {
        ofBias = true;
        return this;
    }

    AttentionCase dropout(float probability) {
        options.dropout(probability, random.nextLong());
        return this;
    }

    int queries(int b) {
        return queryStarts[b + 1] - queryStarts[b];
    }

    int keys(int b) {
        return keyStarts[b + 1] - keyStarts[b];
    }

    /** The layout of a block, full of NaN. */
    private static Block unset(Block like) {
        Block copy = like.copy();
        for (int r = 0; r < copy.rows; r++) {
            for (int c = 0; c < copy.cols; c++) {
                copy.set(r, c, Float.NaN);
            }
        }
        return copy;
    }

    /** Runs forward and backward into fresh outputs. */
    AttentionCase run(Engine engine) {
        out = unset(out);
        logSumExp = unset(logSumExp);
        dQ = unset(dQ);
        dK = unset(dK);
        dV = unset(dV);
        tensors.q(q.data, q.offset).k(k.data, k.offset).v(v.data, v.offset).out(out.data, out.offset)
                .logSumExp(logSumExp.data, logSumExp.offset).dOut(dOut.data, dOut.offset).dQ(dQ.data, dQ.offset)
                .dK(dK.data, dK.offset).dV(dV.data, dV.offset);
        if (ofBias) {
            dBias = unset(bias);
            tensors.dBias(dBias.data, dBias.offset);
        }
        engine.attention().forward(shape, options, tensors);
        assertInputsUnchanged();
        out.assertGuarded("out");
        logSumExp.assertGuarded("logSumExp");
        Block outBefore = out.copy();
        Block logSumExpBefore = logSumExp.copy();
        engine.attention().backward(shape, options, tensors);
        assertInputsUnchanged();
        Close.assertSameBits(outBefore.data, out.data, "out before and after the backward pass");
        Close.assertSameBits(logSumExpBefore.data, logSumExp.data, "logSumExp before and after the backward pass");
        dQ.assertGuarded("dQ");
        dK.assertGuarded("dK");
        dV.assertGuarded("dV");
        if (ofBias) {
            dBias.assertGuarded("dBias");
        }
        return this;
    }

    private void assertInputsUnchanged() {
        q.assertUnchanged("q");
        k.assertUnchanged("k");
        v.assertUnchanged("v");
        dOut.assertUnchanged("dOut");
        if (bias != null) {
            bias.assertUnchanged("bias");
        }
    }

    double[][] head(Block block, int[] starts, int b, int h) {
        double[][] head = new double[starts[b + 1] - starts[b]][dim];
        for (int r = 0; r < head.length; r++) {
            for (int d = 0; d < dim; d++) {
                head[r][d] = block.get(starts[b] + r, h * dim + d);
            }
        }
        return head;
    }

    double[] logSumExp(int b, int h) {
        double[] values = new double[queries(b)];
        for (int i = 0; i < values.length; i++) {
            int at = shape.ragged() ? h * queryStarts[shape.batch()] + queryStarts[b] + i
                    : (b * heads + h) * values.length + i;
            values[i] = logSumExp.get(0, at);
        }
        return values;
    }

    AttentionOracle oracle(int b, int h) {
        int group = heads / keyValueHeads;
        return new AttentionOracle(
                options.scale(dim), new HeadRules(b, h), head(q, queryStarts, b, h), head(k, keyStarts, b, h / group),
                head(v, keyStarts, b, h / group), dim);
    }

    /** The mask and the dropout as their documentation states them. */
    private final class HeadRules implements AttentionOracle.Rules {
        private final int b;
        private final int h;
        private final int shift;
        private final int validKeys;
        private final long firstWeight;

        HeadRules(int b, int h) {
            this.b = b;
            this.h = h;
            shift = keys(b) - queries(b);
            validKeys = mask.lengths() == null ? keys(b) : mask.lengths()[b];
            long weights = 0;
            for (int item = 0; item < b; item++) {
                weights += (long) heads * queries(item) * keys(item);
            }
            firstWeight = weights + (long) h * queries(b) * keys(b);
        }

        @Override
        public boolean seen(int i, int j) {
            int own = i + shift;
            return j < validKeys && !(mask.isCausal() && j > own) && !(left >= 0 && j < own - left)
                    && !(right >= 0 && j > own + right);
        }

        @Override
        public double bias(int i, int j) {
            return bias == null
                    ? 0
                    : bias.data[bias.offset + b * biasBatchStride + h * biasHeadStride + i * bias.ld + j];
        }

        @Override
        public double kept(int i, int j) {
            return HeadCase.kept(options.dropout(), options.dropoutSeed(), firstWeight + (long) i * keys(b) + j);
        }
    }

    /** Compares all that the last run wrote. */
    void check() {
        for (int b = 0; b < shape.batch(); b++) {
            AttentionOracle.Gradients[] gradients = new AttentionOracle.Gradients[keyValueHeads];
            for (int h = 0; h < heads; h++) {
                AttentionOracle oracle = oracle(b, h);
                String what = this + ", item " + b + ", head " + h;
                oracle.check(what, head(out, queryStarts, b, h), logSumExp(b, h));
                AttentionOracle.Gradients g = oracle.new Gradients(head(dOut, queryStarts, b, h));
                g.checkQueries(what, head(dQ, queryStarts, b, h));
                int keyHead = h / (heads / keyValueHeads);
                if (gradients[keyHead] == null) {
                    gradients[keyHead] = g;
                } else {
                    gradients[keyHead].addKeyGradients(g);
                }
            }
            for (int h = 0; h < keyValueHeads && heads > 0; h++) {
                gradients[h].checkKeys(
                        this + ", item " + b + ", head of keys " + h, head(dK, keyStarts, b, h),
                        head(dV, keyStarts, b, h));
            }
        }
    }

    /** Compares dBias with the sums over those that share it; what belongs to no item is left as it was. */
    void checkBiasGradient() {
        double[][] expected = new double[dBias.rows][dBias.cols];
        double[][] size = new double[dBias.rows][dBias.cols];
        boolean[][] written = new boolean[dBias.rows][dBias.cols];
        for (int b = 0; b < shape.batch(); b++) {
            for (int h = 0; h < heads; h++) {
                int first = (b * biasBatchStride + h * biasHeadStride) / bias.ld;
                AttentionOracle.Gradients g = oracle(b, h).new Gradients(head(dOut, queryStarts, b, h));
                for (int i = 0; i < queries(b); i++) {
                    for (int j = 0; j < keys(b); j++) {
                        expected[first + i][j] += g.dBias[i][j];
                        size[first + i][j] += g.dBiasSize[i][j];
                        written[first + i][j] = true;
                    }
                }
            }
        }
        double[][] found = HeadCase.rows(dBias);
        for (int r = 0; r < dBias.rows; r++) {
            for (int c = 0; c < dBias.cols; c++) {
                if (!written[r][c] && biasBatchStride > 0) {
                    assertTrue(Double.isNaN(found[r][c]), "row " + r + " at " + c + " belongs to no item");
                    found[r][c] = 0;
                }
            }
        }
        AttentionOracle.Gradients.check(this + " dBias", expected, size, found);
    }

    /** Sums of squared errors of out, dQ, dK and dV. */
    double[] squaredErrors() {
        double[] sums = new double[4];
        for (int b = 0; b < shape.batch(); b++) {
            AttentionOracle.Gradients[] gradients = new AttentionOracle.Gradients[keyValueHeads];
            for (int h = 0; h < heads; h++) {
                AttentionOracle oracle = oracle(b, h);
                AttentionOracle.Gradients g = oracle.new Gradients(head(dOut, queryStarts, b, h));
                sums[0] += squares(oracle.out, head(out, queryStarts, b, h));
                sums[1] += squares(g.dQ, head(dQ, queryStarts, b, h));
                int keyHead = h / (heads / keyValueHeads);
                if (gradients[keyHead] == null) {
                    gradients[keyHead] = g;
                } else {
                    gradients[keyHead].addKeyGradients(g);
                }
            }
            for (int h = 0; h < keyValueHeads; h++) {
                sums[2] += squares(gradients[h].dK, head(dK, keyStarts, b, h));
                sums[3] += squares(gradients[h].dV, head(dV, keyStarts, b, h));
            }
        }
        return sums;
    }

    private static double squares(double[][] expected, double[][] found) {
        double sum = 0;
        for (int r = 0; r < expected.length; r++) {
            for (int d = 0; d < expected[r].length; d++) {
                double error = found[r][d] - expected[r][d];
                sum += error * error;
            }
        }
        return sum;
    }

    Block[] results() {
        return new Block[] {out, logSumExp, dQ, dK, dV};
    }

    void assertSameBits(Block[] expected, String what) {
        Block[] actual = results();
        String[] names = {"out", "logSumExp", "dQ", "dK", "dV"};
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < names.length; i++) {
            Close.assertSameBits(expected[i].data, actual[i].data, this + " " + what + " " + names[i]);
        }
    }

    @Override
    public String toString() {
        return shape + " " + mask
                + (mask.lengths() == null ? "" : " lengths " + Arrays.toString(mask.lengths()))
                + (shape.ragged() ? " starts " + Arrays.toString(queryStarts) + " " + Arrays.toString(keyStarts) : "")
                + (options.dropout() == 0 ? "" : " dropout " + options.dropout());
    }
}
