package dev.lanewise;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.kernels.Dropout;
import dev.lanewise.testing.Block;
import java.util.Random;

/** One head for the kernels themselves: its operands, every row stride another, and the comparison with the oracle. */
final class HeadCase {
    private final Random random;
    final AttentionCall call = new AttentionCall();
    final Block q;
    final Block k;
    final Block v;
    final Block dOut;
    Block bias;
    Block out;
    Block logSumExp;
    Block dQ;
    Block dK;
    Block dV;

    HeadCase(Random random, int queries, int keys, int dim) {
        this.random = random;
        q = Block.normal(random, queries, dim);
        k = Block.normal(random, keys, dim);
        v = Block.normal(random, keys, dim);
        dOut = Block.normal(random, queries, dim);
        call.queries = queries;
        call.keys = keys;
        call.validKeys = keys;
        call.headDim = dim;
        call.scale = (float) (1 / Math.sqrt(dim));
        call.q = q.data;
        call.qOffset = q.offset;
        call.qRowStride = q.ld;
        call.k = k.data;
        call.kOffset = k.offset;
        call.kRowStride = k.ld;
        call.v = v.data;
        call.vOffset = v.offset;
        call.vRowStride = v.ld;
        call.dOut = dOut.data;
        call.dOutOffset = dOut.offset;
        call.dOutRowStride = dOut.ld;
        freshOutputs();
    }

    HeadCase validKeys(int validKeys) {
        call.validKeys = validKeys;
        return this;
    }

    HeadCase band(int low, int high) {
        call.low = low;
        call.high = high;
        return this;
    }

    /** Random values, one in eight of them negative infinity, and a row of nothing else. */
    HeadCase bias() {
        bias = Block.of(random, call.queries, call.keys,
                () -> random.nextInt(8) == 0 ? Double.NEGATIVE_INFINITY : random.nextGaussian());
        int row = random.nextInt(call.queries);
        for (int j = 0; j < call.keys; j++) {
            bias.set(row, j, Float.NEGATIVE_INFINITY);
        }
        call.bias = bias.data;
        call.biasOffset = bias.offset;
        call.biasRowStride = bias.ld;
        return this;
    }

    HeadCase dropout(float probability) {
        call.dropout = probability;
        call.dropoutSeed = random.nextLong();
        call.dropoutIndex = random.nextLong(1L << 40);
        return this;
    }

    /** Outputs that hold nothing yet, at other places than the last ones. */
    void freshOutputs() {
        out = Block.unset(random, call.queries, call.headDim);
        logSumExp = Block.unsetDense(random, 1, call.queries);
        call.out = out.data;
        call.outOffset = out.offset;
        call.outRowStride = out.ld;
        call.logSumExp = logSumExp.data;
        call.logSumExpOffset = logSumExp.offset;
        gradients(
                Block.unset(random, call.queries, call.headDim), Block.unset(random, call.keys, call.headDim),
                Block.unset(random, call.keys, call.headDim));
    }

    void gradients(Block newDQ, Block newDK, Block newDV) {
        dQ = newDQ;
        dK = newDK;
        dV = newDV;
        call.dQ = dQ.data;
        call.dQOffset = dQ.offset;
        call.dQRowStride = dQ.ld;
        call.dK = dK.data;
        call.dKOffset = dK.offset;
        call.dKRowStride = dK.ld;
        call.dV = dV.data;
        call.dVOffset = dV.offset;
        call.dVRowStride = dV.ld;
    }

    /** Forward and backward pass of the whole head. */
    HeadCase run(AttentionKernels kernels) {
        kernels.forward(call, 0, call.queries);
        kernels.backward(call, 0, call.keys);
        assertGuarded();
        return this;
    }

    void assertGuarded() {
        q.assertUnchanged("q");
        k.assertUnchanged("k");
        v.assertUnchanged("v");
        dOut.assertUnchanged("dOut");
        if (bias != null) {
            bias.assertUnchanged("bias");
        }
        out.assertGuarded("out");
        logSumExp.assertGuarded("logSumExp");
        dQ.assertGuarded("dQ");
        dK.assertGuarded("dK");
        dV.assertGuarded("dV");
    }

    AttentionOracle oracle() {
        return new AttentionOracle(
                call.scale,
                new AttentionOracle.Rules() {
                    @Override
                    public boolean seen(int i, int j) {
                        return j < call.validKeys && i + call.low <= j && j <= i + call.high;
                    }

                    @Override
                    public double bias(int i, int j) {
                        return bias == null ? 0 : bias.get(i, j);
                    }

                    @Override
                    public double kept(int i, int j) {
                        return HeadCase.kept(
                                call.dropout, call.dropoutSeed, call.dropoutIndex + (long) i * call.keys + j);
                    }
                },
                rows(q), rows(k), rows(v), call.headDim);
    }

    /** What dropout multiplies a weight by. */
    static double kept(float probability, long seed, long index) {
        boolean dropped = Dropout.bits(seed, index) >>> 8 < Dropout.threshold(probability);
        return dropped ? 0 : 1 / (1 - (double) probability);
    }

    /** Compares all that the last run wrote. */
    void check() {
        AttentionOracle oracle = oracle();
        oracle.check(toString(), rows(out), rows(logSumExp)[0]);
        AttentionOracle.Gradients gradients = oracle.new Gradients(rows(dOut));
        gradients.checkQueries(toString(), rows(dQ));
        gradients.checkKeys(toString(), rows(dK), rows(dV));
    }

    static double[][] rows(Block block) {
        double[][] rows = new double[block.rows][block.cols];
        for (int r = 0; r < block.rows; r++) {
            for (int c = 0; c < block.cols; c++) {
                rows[r][c] = block.get(r, c);
            }
        }
        return rows;
    }

    @Override
    public String toString() {
        return "[queries " + call.queries + ", keys " + call.keys + " of which " + call.validKeys + ", headDim "
                + call.headDim + "] band " + call.low + ".." + call.high + (bias == null ? "" : " bias")
                + (call.dropout == 0 ? "" : " dropout " + call.dropout);
    }
}
