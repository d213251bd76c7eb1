package dev.lanewise.benchmarks.peers;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import dev.lanewise.Transpose;
import java.util.Arrays;

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
            case EncoderWorkload w -> LanewiseEncoder.inference(engine, w);
            case TrainingWorkload w -> training(w);
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
                .forward(shape, mask(w), w.q(), 0, w.k(), 0, w.v(), 0, w.out(), 0, logSumExp, 0);
    }

    private static AttentionMask mask(Workload.Attention w) {
        return w.causal() ? AttentionMask.causal() : AttentionMask.none();
    }

    private Call training(TrainingWorkload workload) {
        return switch (workload) {
            case TrainingWorkload.Attention w -> attentionTraining(w);
            case TrainingWorkload.Softmax(Workload.Softmax f, float[] dY, float[] dX) -> () -> {
                int cols = f.cols();
                engine.softmax().softmax(f.rows(), cols, f.x(), 0, cols, f.y(), 0, cols);
                engine.softmax().softmaxBackward(f.rows(), cols, f.y(), 0, cols, dY, 0, cols, dX, 0, cols);
            };
            case TrainingWorkload.LayerNorm w -> layerNormTraining(w);
            case TrainingWorkload.Encoder w -> new LanewiseEncoder(engine, w);
            case TrainingWorkload.Gelu(Workload.Gelu f, float[] dY, float[] dX) -> () -> {
                engine.activation().gelu(dX.length, f.x(), 0, f.y(), 0);
                engine.activation().geluBackward(dX.length, f.x(), 0, dY, 0, dX, 0);
            };
        };
    }

    private Call attentionTraining(TrainingWorkload.Attention training) {
        Workload.Attention w = training.forward();
        AttentionShape shape = AttentionShape.headsFirst(w.batch(), w.heads(), w.tokens(), w.tokens(), w.headDim());
        float[] logSumExp = new float[w.batch() * w.heads() * w.tokens()];
        return () -> {
            engine.attention().forward(shape, mask(w), w.q(), 0, w.k(), 0, w.v(), 0, w.out(), 0, logSumExp, 0);
            engine.attention().backward(
                    shape, mask(w), w.q(), 0, w.k(), 0, w.v(), 0, w.out(), 0, logSumExp, 0, training.dOut(), 0,
                    training.dQ(), 0, training.dK(), 0, training.dV(), 0);
        };
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

    private Call layerNormTraining(TrainingWorkload.LayerNorm training) {
        Workload.LayerNorm w = training.forward();
        int rows = w.rows();
        int cols = w.cols();
        float[] mean = new float[rows];
        float[] rstd = new float[rows];
        return () -> {
            engine.norm().layerNorm(
                    rows, cols, Workload.LayerNorm.EPSILON, w.x(), 0, cols, w.gamma(), 0, w.beta(), 0, w.y(), 0, cols,
                    mean, 0, rstd, 0);
            // Gradients of parameters are added to.
            Arrays.fill(training.dGamma(), 0f);
            Arrays.fill(training.dBeta(), 0f);
            engine.norm().layerNormGradients(
                    rows, cols, training.dY(), 0, cols, w.x(), 0, cols, w.gamma(), 0, mean, 0, rstd, 0, false,
                    training.dX(), 0, cols, training.dGamma(), 0, training.dBeta(), 0);
        };
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
