package dev.lanewise.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's C++ library, ATen, through JavaCPP. Its tensors lie outside the Java heap; operands are copied to them once, and
 * each call writes into an output that is there already. A transposed operand is a view, as in PyTorch itself.
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
        if (workload instanceof Workload.MatMul matMul) {
            return new Product(matMul);
        }
        throw PeerException.unsupported(NAME, workload);
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

    /** A computation over tensors of its own. */
    private abstract static class TensorCall implements Call {
        private final List<Tensor> tensors = new ArrayList<>();
        private final List<FloatPointer> memory = new ArrayList<>();
        private final float[] output;

        TensorCall(Workload workload) {
            output = workload.output();
        }

        /** A tensor with a copy of the data, contiguous in this shape. */
        final Tensor tensor(float[] data, long... shape) {
            FloatPointer copy = new FloatPointer(data);
            memory.add(copy);
            return keep(torch.from_blob(copy, shape));
        }

        final Tensor keep(Tensor tensor) {
            tensors.add(tensor);
            return tensor;
        }

        abstract Tensor result();

        @Override
        public final void fetch() {
            try (FloatPointer data = new FloatPointer(result().data_ptr())) {
                data.get(output);
            }
        }

        @Override
        public final void close() {
            tensors.forEach(Tensor::close);
            memory.forEach(FloatPointer::close);
        }
    }

    private static final class Product extends TensorCall {
        private final boolean batched;
        private final Tensor a;
        private final Tensor b;
        private final Tensor c;

        Product(Workload.MatMul w) {
            super(w);
            batched = w.batch() > 1;
            a = operand(w.a(), w.batch(), w.transposeA(), w.m(), w.k());
            b = operand(w.b(), w.batch(), w.transposeB(), w.k(), w.n());
            c = operand(w.c(), w.batch(), false, w.m(), w.n());
        }

        private Tensor operand(float[] data, int batch, boolean transposed, int rows, int cols) {
            int storedRows = transposed ? cols : rows;
            int storedCols = transposed ? rows : cols;
            Tensor stored = batched
                    ? tensor(data, batch, storedRows, storedCols)
                    : tensor(data, storedRows, storedCols);
            return transposed ? keep(stored.transpose(-2, -1)) : stored;
        }

        @Override
        public void run() {
            if (batched) {
                torch.bmm_out(c, a, b);
            } else {
                torch.mm_out(c, a, b);
            }
        }

        @Override
        Tensor result() {
            return c;
        }
    }
}
