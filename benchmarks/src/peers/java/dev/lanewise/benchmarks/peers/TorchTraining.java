package dev.lanewise.benchmarks.peers;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A forward pass that autograd records, and the gradients that it finds. They are new tensors in each call, as in PyTorch's
 * own programs, and are not added to anything; like the output they are freed as the call ends.
 */
abstract class TorchTraining extends TorchCall {
    private final TrainingWorkload workload;

    TorchTraining(TrainingWorkload workload) {
        super(workload);
        this.workload = workload;
    }

    static TorchTraining of(TrainingWorkload workload) {
        return switch (workload) {
            case TrainingWorkload.Attention w -> new Attention(w);
            case TrainingWorkload.Softmax w -> new Softmax(w);
            case TrainingWorkload.LayerNorm w -> new LayerNorm(w);
            case TrainingWorkload.Gelu w -> new Gelu(w);
            case TrainingWorkload.Encoder _ -> throw new IllegalArgumentException("a training step is another call");
        };
    }

    /** A tensor whose gradient is wanted. */
    final Tensor variable(float[] data, long... shape) {
        Tensor tensor = tensor(data, shape);
        tensor.requires_grad_();
        return tensor;
    }

    /** The forward pass; what it makes is freed by the caller. */
    abstract Tensor forward();

    /** Gradient of the output. */
    abstract Tensor outputGradient();

    /** Whose gradients are wanted, in the order of the workload's outputs. */
    abstract TensorVector variables();

    @Override
    public final void run() {
        try (PointerScope _ = new PointerScope()) {
            backward(forward());
        }
    }

    private TensorVector backward(Tensor out) {
        return torch.grad(new TensorVector(out), variables(), new TensorVector(outputGradient()), null, false, false);
    }

    /** Computes once more, since a run keeps nothing. */
    @Override
    public final void fetch() {
        try (PointerScope _ = new PointerScope()) {
            Tensor out = forward();
            List<float[]> outputs = workload.outputs();
            copy(out.contiguous(), outputs.getFirst());
            TensorVector gradients = backward(out);
            for (int i = 1; i < outputs.size(); i++) {
                copy(gradients.get(i - 1).contiguous(), outputs.get(i));
            }
        }
    }

    @Override
    final Tensor result() {
        throw new UnsupportedOperationException("a training call has several results");
    }

    private static final class Attention extends TorchTraining {
        private final boolean causal;
        private final Tensor q;
        private final Tensor k;
        private final Tensor v;
        private final Tensor dOut;
        private final TensorVector variables;
        private final TensorOptional noMask = keep(new TensorOptional());
        private final DoubleOptional defaultScale = keep(new DoubleOptional());

        Attention(TrainingWorkload.Attention training) {
            super(training);
            Workload.Attention w = training.forward();
            causal = w.causal();
            q = variable(w.q(), w.batch(), w.heads(), w.tokens(), w.headDim());
            k = variable(w.k(), w.batch(), w.heads(), w.tokens(), w.headDim());
            v = variable(w.v(), w.batch(), w.heads(), w.tokens(), w.headDim());
            dOut = tensor(training.dOut(), w.batch(), w.heads(), w.tokens(), w.headDim());
            variables = keep(new TensorVector(q, k, v));
        }

        @Override
        Tensor forward() {
            return torch.scaled_dot_product_attention(q, k, v, noMask, 0, causal, defaultScale, false);
        }

        @Override
        Tensor outputGradient() {
            return dOut;
        }

        @Override
        TensorVector variables() {
            return variables;
        }
    }

    private static final class Softmax extends TorchTraining {
        private final Tensor x;
        private final Tensor dY;
        private final TensorVector variables;

        Softmax(TrainingWorkload.Softmax training) {
            super(training);
            Workload.Softmax w = training.forward();
            x = variable(w.x(), w.rows(), w.cols());
            dY = tensor(training.dY(), w.rows(), w.cols());
            variables = keep(new TensorVector(x));
        }

        @Override
        Tensor forward() {
            return torch.softmax(x, -1);
        }

        @Override
        Tensor outputGradient() {
            return dY;
        }

        @Override
        TensorVector variables() {
            return variables;
        }
    }

    private static final class LayerNorm extends TorchTraining {
        private final long[] shape;
        private final Tensor x;
        private final TensorOptional gamma;
        private final TensorOptional beta;
        private final Tensor dY;
        private final TensorVector variables;

        LayerNorm(TrainingWorkload.LayerNorm training) {
            super(training);
            Workload.LayerNorm w = training.forward();
            shape = new long[] {w.cols()};
            x = variable(w.x(), w.rows(), w.cols());
            Tensor factor = variable(w.gamma(), w.cols());
            Tensor shift = variable(w.beta(), w.cols());
            gamma = keep(new TensorOptional(factor));
            beta = keep(new TensorOptional(shift));
            dY = tensor(training.dY(), w.rows(), w.cols());
            variables = keep(new TensorVector(x, factor, shift));
        }

        @Override
        Tensor forward() {
            return torch.layer_norm(x, shape, gamma, beta, Workload.LayerNorm.EPSILON, false);
        }

        @Override
        Tensor outputGradient() {
            return dY;
        }

        @Override
        TensorVector variables() {
            return variables;
        }
    }

    private static final class Gelu extends TorchTraining {
        private final Tensor x;
        private final Tensor dY;
        private final TensorVector variables;

        Gelu(TrainingWorkload.Gelu training) {
            super(training);
            x = variable(training.forward().x(), training.dX().length);
            dY = tensor(training.dY(), training.dX().length);
            variables = keep(new TensorVector(x));
        }

        @Override
        Tensor forward() {
            return torch.gelu(x);
        }

        @Override
        Tensor outputGradient() {
            return dY;
        }

        @Override
        TensorVector variables() {
            return variables;
        }
    }
}
