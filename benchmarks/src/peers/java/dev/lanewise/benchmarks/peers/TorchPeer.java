package dev.lanewise.benchmarks.peers;

import java.util.List;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's C++ library, ATen, through JavaCPP. Its tensors lie outside the Java heap; operands are copied to them once, and
 * each call writes into an output that is there already. A transposed operand is a view, as in PyTorch itself. Attention
 * has no such form in PyTorch and makes its output in each call.
 */
public final class TorchPeer implements Peer {
    private static final String NAME = "TORCH";

    private static boolean bound;

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
            bind();
            return "PyTorch " + Versions.of(torch.class);
        } catch (LinkageError e) {
            throw new PeerException(NAME, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Multiplies once. The linker looks a function up when it is first called, and would find MKL's {@code sgemm_} instead of
     * the one beneath this build of PyTorch, if MKL were loaded by then.
     */
    private static synchronized void bind() {
        for (String product : bound ? List.<String>of() : List.of("32", "1x32x32", "32x32x1", "32:TT", "2*32:NT")) {
            try (Call call = TorchCall.of(Shape.parse(product).workload())) {
                call.run();
            }
        }
        bound = true;
    }
}
