package dev.lanewise.benchmarks.peers;

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
        }
        return "Lanewise " + engine.info();
    }

    @Override
    public Call prepare(Workload workload, int threads) throws PeerException {
        load(threads);
        if (workload instanceof Workload.MatMul w) {
            Transpose a = w.transposeA() ? Transpose.YES : Transpose.NO;
            Transpose b = w.transposeB() ? Transpose.YES : Transpose.NO;
            return w.batch() == 1
                    ? () -> engine.matMul().multiply(
                            a, b, w.m(), w.n(), w.k(), 1f, w.a(), 0, w.lda(), w.b(), 0, w.ldb(), 0f, w.c(), 0, w.n())
                    : () -> engine.matMul().multiplyBatch(
                            w.batch(), a, b, w.m(), w.n(), w.k(), 1f, w.a(), 0, w.lda(), w.m() * w.k(), w.b(), 0,
                            w.ldb(),
                            w.k() * w.n(), 0f, w.c(), 0, w.n(), w.m() * w.n());
        }
        throw PeerException.unsupported(name(), workload);
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
