package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import java.util.Random;

/** One attention over interleaved heads: its operands, what came out, and the comparison with the oracle. */
final class AttentionCase {
    final AttentionShape shape;
    final AttentionMask mask;
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
        this.mask = mask;
        q = Block.normal(random, batch * queries, heads * dim);
        k = Block.normal(random, batch * keys, heads * dim);
        v = Block.normal(random, batch * keys, heads * dim);
        out = Block.unset(random, batch * queries, heads * dim);
        // dOut has the layout of out.
        dOut = out.copy();
        for (int r = 0; r < dOut.rows; r++) {
            for (int c = 0; c < dOut.cols; c++) {
                dOut.set(r, c, (float) random.nextGaussian());
            }
        }
        logSumExp = Block.unsetDense(random, 1, batch * heads * queries);
        dQ = new AttentionCaseCopy(q).unset();
        dK = new AttentionCaseCopy(k).unset();
        dV = new AttentionCaseCopy(v).unset();
        shape = AttentionShape.interleaved(batch, heads, queries, keys, dim, q.ld, k.ld, v.ld, out.ld);
    }

    /** The layout of an input, full of NaN, for its gradient. */
    private record AttentionCaseCopy(Block like) {
        Block unset() {
            Block copy = like.copy();
            for (int r = 0; r < copy.rows; r++) {
                for (int c = 0; c < copy.cols; c++) {
                    copy.set(r, c, Float.NaN);
                }
            }
            return copy;
        }
    }

    /** Runs forward and backward into fresh outputs. */
    void run(Engine engine) {
        out = new AttentionCaseCopy(out).unset();
        logSumExp = new AttentionCaseCopy(logSumExp).unset();
        dQ = new AttentionCaseCopy(dQ).unset();
        dK = new AttentionCaseCopy(dK).unset();
        dV = new AttentionCaseCopy(dV).unset();
        engine.attention().forward(
                shape, mask, q.data, q.offset, k.data, k.offset, v.data, v.offset, out.data, out.offset, logSumExp.data,
                logSumExp.offset);
        assertInputsUnchanged();
        out.assertGuarded("out");
        logSumExp.assertGuarded("logSumExp");
        Block outBefore = out.copy();
        Block logSumExpBefore = logSumExp.copy();
        engine.attention().backward(
                shape, mask, q.data, q.offset, k.data, k.offset, v.data, v.offset, out.data, out.offset, logSumExp.data,
                logSumExp.offset, dOut.data, dOut.offset, dQ.data, dQ.offset, dK.data, dK.offset, dV.data, dV.offset);
        assertInputsUnchanged();
        Close.assertSameBits(outBefore.data, out.data, "out before and after the backward pass");
        Close.assertSameBits(logSumExpBefore.data, logSumExp.data, "logSumExp before and after the backward pass");
        dQ.assertGuarded("dQ");
        dK.assertGuarded("dK");
        dV.assertGuarded("dV");
    }

    private void assertInputsUnchanged() {
        q.assertUnchanged("q");
        k.assertUnchanged("k");
        v.assertUnchanged("v");
        dOut.assertUnchanged("dOut");
    }

    private double[][] head(Block block, int rows, int b, int h) {
        double[][] head = new double[rows][shape.headDim()];
        for (int r = 0; r < rows; r++) {
            for (int d = 0; d < shape.headDim(); d++) {
                head[r][d] = block.get(b * rows + r, h * shape.headDim() + d);
            }
        }
        return head;
    }

    AttentionOracle oracle(int b, int h) {
        int validKeys = mask.validKeys(b, shape.keys());
        int shift = shape.keys() - shape.queries();
        return new AttentionOracle(
                (float) (1 / Math.sqrt(shape.headDim())),
                (i, j) -> j < validKeys && (!mask.isCausal() || j <= i + shift),
                head(q, shape.queries(), b, h), head(k, shape.keys(), b, h), head(v, shape.keys(), b, h),
                shape.headDim());
    }

    /** Compares all that the last run wrote. */
    void check() {
        for (int b = 0; b < shape.batch(); b++) {
            for (int h = 0; h < shape.heads(); h++) {
                AttentionOracle oracle = oracle(b, h);
                double[] lse = new double[shape.queries()];
                for (int i = 0; i < lse.length; i++) {
                    lse[i] = logSumExp.get(0, (b * shape.heads() + h) * shape.queries() + i);
                }
                oracle.check(toString(), head(out, shape.queries(), b, h), lse);
                AttentionOracle.Gradients g = oracle.new Gradients(head(dOut, shape.queries(), b, h));
                g.checkQueries(toString(), head(dQ, shape.queries(), b, h));
                g.checkKeys(toString(), head(dK, shape.keys(), b, h), head(dV, shape.keys(), b, h));
            }
        }
    }

    /** The largest error of out, for comparisons of one implementation with another. */
    double worstError() {
        double worst = 0;
        for (int b = 0; b < shape.batch(); b++) {
            for (int h = 0; h < shape.heads(); h++) {
                AttentionOracle oracle = oracle(b, h);
                double[][] found = head(out, shape.queries(), b, h);
                for (int i = 0; i < shape.queries(); i++) {
                    for (int d = 0; d < shape.headDim(); d++) {
                        worst = Math.max(worst, Math.abs(found[i][d] - oracle.out[i][d]));
                    }
                }
            }
        }
        return worst;
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
        return shape + (mask.isCausal() ? " causal" : "")
                + (mask.lengths() == null ? "" : " lengths " + java.util.Arrays.toString(mask.lengths()));
    }
}
