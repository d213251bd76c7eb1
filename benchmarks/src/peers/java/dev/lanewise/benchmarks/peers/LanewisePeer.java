package dev.lanewise.benchmarks.peers;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import dev.lanewise.Transpose;

/** The engine itself, seen as one of those that are compared. Not a service: in the benchmarks it is the ladder. */
final class LanewisePeer implements Peer, AutoCloseable {
    private Engine engine;

    @Override
    public String name() {
        return "LANEWISE";
    }

    @Override
    public String load(int threads) {
        if (engine == null) {
            engine = Engine.builder().implementation(Implementation.VECTOR).threads(threads).build();
            engine.warmUp();
        }
        return "Lanewise " + engine.info();
    }

    @Override
    public Call prepare(Workload workload, int threads) {
        load(threads);
        return switch (workload) {
            case Workload.MatMul w -> product(w);
            case Workload.Attention w -> attention(w);
            case Workload.Softmax(int rows, int cols, float[] x, float[] y) -> () -> engine.softmax()
                    .softmax(rows, cols, x, 0, cols, y, 0, cols);
            case Workload.LayerNorm w -> layerNorm(w);
            case Workload.Gelu(float[] x, float[] y) -> () -> engine.activation().gelu(x.length, x, 0, y, 0);
        };
    }

    private Call product(Workload.MatMul w) {
        Transpose a = w.transposeA() ? Transpose.YES : Transpose.NO;
        Transpose b = w.transposeB() ? Transpose.YES : Transpose.NO;
        return w.batch() == 1
                ? () -> engine.matMul().multiply(
                        a, b, w.m(), w.n(), w.k(), 1f, w.a(), 0, w.lda(), w.b(), 0, w.ldb(), 0f, w.c(), 0, w.n())
                : () -> engine.matMul().multiplyBatch(
                        w.batch(), a, b, w.m(), w.n(), w.k(), 1f, w.a(), 0, w.lda(), w.m() * w.k(), w.b(), 0, w.ldb(),
                        w.k() * w.n(), 0f, w.c(), 0, w.n(), w.m() * w.n());
    }

    private Call attention(Workload.Attention w) {
        AttentionShape shape = AttentionShape.headsFirst(w.batch(), w.heads(), w.tokens(), w.tokens(), w.headDim());
        float[] logSumExp = new float[w.batch() * w.heads() * w.tokens()];
        return () -> engine.attention()
                .forward(shape, AttentionMask.none(), w.q(), 0, w.k(), 0, w.v(), 0, w.out(), 0, logSumExp, 0);
    }

    private Call layerNorm(Workload.LayerNorm w) {
        float[] mean = new float[w.rows()];
        float[] rstd = new float[w.rows()];
        int cols = w.cols();
        return () -> engine.norm().layerNorm(
                w.rows(), cols, Workload.LayerNorm.EPSILON, w.x(), 0, cols, w.gamma(), 0, w.beta(), 0, w.y(), 0, cols,
                mean,
                0, rstd, 0);
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
