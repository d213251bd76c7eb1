package dev.lanewise.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A computation over tensors of its own, which are copies of the operands of a workload. */
abstract class TorchCall implements Call {
    private final List<AutoCloseable> kept = new ArrayList<>();
    private final List<float[]> outputs;

    TorchCall(Workload workload) {
        outputs = workload.outputs();
    }

    static TorchCall of(Workload workload) {
        return switch (workload) {
            case Workload.MatMul w -> new Product(w);
            case Workload.Attention w -> new Attention(w);
            case Workload.Softmax w -> new Softmax(w);
            case Workload.LayerNorm w -> new LayerNorm(w);
            case Workload.Gelu w -> new Gelu(w);
            case EncoderWorkload w -> new TorchEncoder.Inference(w);
            case TrainingWorkload.Encoder w -> new TorchEncoder.Training(w);
            case TrainingWorkload w -> TorchTraining.of(w);
        };
    }

    /** A tensor with a copy of the data, contiguous in this shape. */
    final Tensor tensor(float[] data, long... shape) {
        return keep(torch.from_blob(keep(new FloatPointer(data)), shape));
    }

    /** Has it freed with this call. */
    final <T extends AutoCloseable> T keep(T resource) {
        kept.add(resource);
        return resource;
    }

    /** Where the last run left its result. */
    abstract Tensor result();

    @Override
    public void fetch() {
        copy(result(), outputs.getFirst());
    }

    /** Copies the values of a contiguous tensor. */
    static void copy(Tensor from, float[] to) {
        new FloatPointer(from.data_ptr()).get(to);
    }

    @Override
    public void close() {
        for (AutoCloseable each : kept.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class Product extends TorchCall {
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

    private static final class Attention extends TorchCall {
        private final Tensor q;
        private final Tensor k;
        private final Tensor v;
        private final boolean causal;
        private final TensorOptional noMask = keep(new TensorOptional());
        private final DoubleOptional defaultScale = keep(new DoubleOptional());
        private Tensor out;

        Attention(Workload.Attention w) {
            super(w);
            causal = w.causal();
            q = tensor(w.q(), w.batch(), w.heads(), w.tokens(), w.headDim());
            k = tensor(w.k(), w.batch(), w.heads(), w.tokens(), w.headDim());
            v = tensor(w.v(), w.batch(), w.heads(), w.tokens(), w.headDim());
        }

        @Override
        public void run() {
            if (out != null) {
                out.close();
            }
            out = torch.scaled_dot_product_attention(q, k, v, noMask, 0, causal, defaultScale, false);
        }

        /** Its layout is [batch x tokens x heads x headDim] inside; what is read has to be in the order of its shape. */
        @Override
        Tensor result() {
            return keep(out.contiguous());
        }

        @Override
        public void close() {
            if (out != null) {
                out.close();
            }
            super.close();
        }
    }

    private static final class Softmax extends TorchCall {
        private final Tensor x;
        private final Tensor y;

        Softmax(Workload.Softmax w) {
            super(w);
            x = tensor(w.x(), w.rows(), w.cols());
            y = tensor(w.y(), w.rows(), w.cols());
        }

        @Override
        public void run() {
            torch.softmax_out(y, x, -1);
        }

        @Override
        Tensor result() {
            return y;
        }
    }

    private static final class LayerNorm extends TorchCall {
        private final long[] shape;
        private final Tensor x;
        private final TensorOptional gamma;
        private final TensorOptional beta;
        private final Tensor y;
        private final Tensor mean;
        private final Tensor rstd;

        LayerNorm(Workload.LayerNorm w) {
            super(w);
            shape = new long[] {w.cols()};
            x = tensor(w.x(), w.rows(), w.cols());
            gamma = keep(new TensorOptional(tensor(w.gamma(), w.cols())));
            beta = keep(new TensorOptional(tensor(w.beta(), w.cols())));
            y = tensor(w.y(), w.rows(), w.cols());
            mean = tensor(new float[w.rows()], w.rows(), 1);
            rstd = tensor(new float[w.rows()], w.rows(), 1);
        }

        @Override
        public void run() {
            torch.native_layer_norm_out(y, mean, rstd, x, shape, gamma, beta, Workload.LayerNorm.EPSILON).close();
        }

        @Override
        Tensor result() {
            return y;
        }
    }

    private static final class Gelu extends TorchCall {
        private final Tensor x;
        private final Tensor y;

        Gelu(Workload.Gelu w) {
            super(w);
            x = tensor(w.x(), w.x().length);
            y = tensor(w.y(), w.y().length);
        }

        @Override
        public void run() {
            torch.gelu_out(y, x);
        }

        @Override
        Tensor result() {
            return y;
        }
    }
}
