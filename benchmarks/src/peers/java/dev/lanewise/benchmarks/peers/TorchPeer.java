package dev.lanewise.benchmarks.peers;

import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's C++ library, ATen, through JavaCPP. Its tensors lie outside the Java heap; operands are copied to them once, and
 * each call writes into an output that is there already. A transposed operand is a view, as in PyTorch itself. Attention
 * has no such form in PyTorch and makes its output in each call.
 */
public final class TorchPeer implements Peer {
    private static final String NAME = "TORCH";

    /** For the service loader. */
    public TorchPeer() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Call prepare(Workload workload, int threads) throws PeerException {
        load(threads);
        return TorchCall.of(workload);
    }

    @Override
    public String load(int threads) throws PeerException {
        NativeEnvironment.apply(threads);
        try {
            torch.set_num_threads(threads);
            return "PyTorch " + Versions.of(torch.class);
        } catch (LinkageError e) {
            throw new PeerException(NAME, String.valueOf(e.getMessage()));
        }
    }
}
