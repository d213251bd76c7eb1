package dev.lanewise.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's pre-norm encoder layer, of the functions that {@code torch.nn.TransformerEncoderLayer(norm_first=True)} calls in
 * training: one product for queries, keys and values, {@code scaled_dot_product_attention} over views of it, {@code linear},
 * {@code layer_norm}, {@code gelu}. (The class of that name in C++ has no norm_first, and attention with materialised
 * scores.) Weights are stored [out x in], as PyTorch's own.
 */
final class TorchEncoder {
    private final EncoderWorkload workload;
    private final List<Tensor> weights = new ArrayList<>();
    private final long[] normShape;
    private final TensorOptional noMask;
    private final DoubleOptional defaultScale;

    private TorchEncoder(EncoderWorkload workload, TorchCall owner) {
        this.workload = workload;
        normShape = new long[] {workload.modelDim()};
        noMask = owner.keep(new TensorOptional());
        defaultScale = owner.keep(new DoubleOptional());
        for (EncoderWorkload.Weight weight : workload.weights()) {
            weights.add(
                    weight.rows() == 1
                            ? owner.tensor(weight.values(), weight.cols())
                            : owner.tensor(transposed(weight.values(), weight.rows(), weight.cols()), weight.cols(),
                                    weight.rows()));
        }
    }

    /** [cols x rows] of [rows x cols]. */
    private static float[] transposed(float[] values, int rows, int cols) {
        float[] result = new float[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                result[j * rows + i] = values[i * cols + j];
            }
        }
        return result;
    }

    private Tensor forward(Tensor x) {
        Tensor h = x;
        int at = 0;
        for (int layer = 0; layer < workload.layers(); layer++, at += EncoderWorkload.LAYER_WEIGHTS.size()) {
            h = h.add(attention(norm(h, at), at + 2));
            Tensor hidden = torch.gelu(linear(norm(h, at + 6), at + 8));
            h = h.add(linear(hidden, at + 10));
        }
        return norm(h, at);
    }

    private Tensor attention(Tensor x, int at) {
        long batch = workload.batch();
        long tokens = workload.tokens();
        TensorVector parts = linear(x, at).view(batch, tokens, 3, workload.heads(), workload.headDim())
                .permute(2, 0, 3, 1, 4)
                .unbind(0);
        Tensor context = torch.scaled_dot_product_attention(
                parts.get(0), parts.get(1), parts.get(2), noMask, 0, false, defaultScale, false);
        return linear(context.transpose(1, 2).reshape(batch, tokens, workload.modelDim()), at + 2);
    }

    private Tensor linear(Tensor x, int at) {
        return torch.linear(x, weights.get(at), new TensorOptional(weights.get(at + 1)));
    }

    private Tensor norm(Tensor x, int at) {
        return torch.layer_norm(
                x, normShape, new TensorOptional(weights.get(at)), new TensorOptional(weights.get(at + 1)),
                Workload.LayerNorm.EPSILON, false);
    }

    private static Tensor tokens(TorchCall owner, EncoderWorkload w, float[] data) {
        return owner.tensor(data, w.batch(), w.tokens(), w.modelDim());
    }

    /** The forward pass without a record for autograd. */
    static final class Inference extends TorchCall {
        private final TorchEncoder encoder;
        private final Tensor x;
        private Tensor y;

        Inference(EncoderWorkload w) {
            super(w);
            encoder = new TorchEncoder(w, this);
            x = tokens(this, w, w.x());
        }

        @Override
        public void run() {
            free();
            try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
                y = encoder.forward(x);
                y.retainReference();
            }
        }

        private void free() {
            if (y != null) {
                y.close();
            }
        }

        @Override
        Tensor result() {
            return y;
        }

        @Override
        public void close() {
            free();
            super.close();
        }
    }

    /** Forward, backward through autograd, a step of {@code torch.optim.AdamW}; gradients are set to none before. */
    static final class Training extends TorchCall {
        private final TrainingWorkload.Encoder workload;
        private final TorchEncoder encoder;
        private final Tensor x;
        private final Tensor dY;
        private final TensorVector variables;
        private AdamW optimizer;
        private Tensor y;

        Training(TrainingWorkload.Encoder workload) {
            super(workload);
            this.workload = workload;
            EncoderWorkload w = workload.forward();
            encoder = new TorchEncoder(w, this);
            x = tokens(this, w, w.x());
            dY = tokens(this, w, workload.dY());
            x.requires_grad_();
            encoder.weights.forEach(Tensor::requires_grad_);
            variables = keep(new TensorVector(encoder.weights.toArray(Tensor[]::new)));
            optimizer = optimizer();
        }

        private AdamW optimizer() {
            try (PointerScope _ = new PointerScope()) {
                AdamWOptions options = new AdamWOptions(TrainingWorkload.Encoder.LEARNING_RATE);
                AdamW made = new AdamW(variables, options);
                made.retainReference();
                return made;
            }
        }

        @Override
        public void restart() {
            optimizer.close();
            try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
                List<EncoderWorkload.Weight> initial = workload.forward().weights();
                for (int i = 0; i < initial.size(); i++) {
                    EncoderWorkload.Weight weight = initial.get(i);
                    float[] values = weight.rows() == 1
                            ? weight.values()
                            : transposed(weight.values(), weight.rows(), weight.cols());
                    encoder.weights.get(i).data_ptr_float().put(values);
                }
            }
            optimizer = optimizer();
        }

        @Override
        public void run() {
            free();
            try (PointerScope _ = new PointerScope()) {
                optimizer.zero_grad();
                x.mutable_grad().reset();
                y = encoder.forward(x);
                y.backward(dY, new BoolOptional(), false, new TensorArrayRefOptional());
                optimizer.step();
                y.retainReference();
            }
        }

        private void free() {
            if (y != null) {
                y.close();
            }
        }

        @Override
        public void fetch() {
            try (PointerScope _ = new PointerScope()) {
                copy(y, workload.forward().y());
                copy(x.grad().contiguous(), workload.dX());
                for (int i = 0; i < encoder.weights.size(); i++) {
                    Tensor gradient = encoder.weights.get(i).grad();
                    boolean matrix = workload.forward().weights().get(i).rows() > 1;
                    copy((matrix ? gradient.t() : gradient).contiguous(), workload.gradients().get(i));
                }
            }
        }

        @Override
        Tensor result() {
            return y;
        }

        @Override
        public void close() {
            free();
            optimizer.close();
            super.close();
        }
    }
}
