package dev.lanewise.benchmarks.peers;

/** A library of which only the matrix product takes part. */
abstract class ProductPeer implements Peer {
    private final String name;

    ProductPeer(String name) {
        this.name = name;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Call prepare(Workload workload, int threads) throws PeerException {
        load(threads);
        if (workload instanceof Workload.MatMul matMul) {
            return product(matMul);
        }
        throw PeerException.unsupported(name, workload);
    }

    /** Gets ready for a product; the library is loaded. */
    abstract Call product(Workload.MatMul w) throws PeerException;
}
