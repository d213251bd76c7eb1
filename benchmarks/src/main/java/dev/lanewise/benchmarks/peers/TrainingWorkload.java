package dev.lanewise.benchmarks.peers;

import java.util.List;
import java.util.stream.Stream;

/** A forward pass, and the gradients of its inputs from a given gradient of its output. They are written, not added to. */
public sealed interface TrainingWorkload extends Workload {
    /**
     * {@link Workload.Attention} and its gradients.
     *
     * @param forward the forward pass
     * @param dOut gradient of out, laid out like it
     * @param dQ overwritten
     * @param dK overwritten
     * @param dV overwritten
     */
    record Attention(Workload.Attention forward, float[] dOut, float[] dQ, float[] dK, float[] dV)
            implements
                TrainingWorkload {
        /** Two products forward and five backward, the scores' being computed once more. */
        @Override
        public double work() {
            return 14.0 * forward.pairs() * forward.headDim();
        }

        @Override
        public List<float[]> outputs() {
            return List.of(forward.out(), dQ, dK, dV);
        }
    }

    /**
     * {@link Workload.Softmax} and its gradient.
     *
     * @param forward the forward pass
     * @param dY gradient of y
     * @param dX overwritten
     */
    record Softmax(Workload.Softmax forward, float[] dY, float[] dX) implements TrainingWorkload {
        @Override
        public double work() {
            return forward.work();
        }

        @Override
        public List<float[]> outputs() {
            return List.of(forward.y(), dX);
        }
    }

    /**
     * {@link Workload.LayerNorm} and its gradients.
     *
     * @param forward the forward pass
     * @param dY gradient of y
     * @param dX overwritten
     * @param dGamma [cols], overwritten
     * @param dBeta [cols], overwritten
     */
    record LayerNorm(Workload.LayerNorm forward, float[] dY, float[] dX, float[] dGamma, float[] dBeta)
            implements
                TrainingWorkload {
        @Override
        public double work() {
            return forward.work();
        }

        @Override
        public List<float[]> outputs() {
            return List.of(forward.y(), dX, dGamma, dBeta);
        }
    }

    /**
     * {@link Workload.Gelu} and its gradient.
     *
     * @param forward the forward pass
     * @param dY gradient of y
     * @param dX overwritten
     */
    record Gelu(Workload.Gelu forward, float[] dY, float[] dX) implements TrainingWorkload {
        @Override
        public double work() {
            return forward.work();
        }

        @Override
        public List<float[]> outputs() {
            return List.of(forward.y(), dX);
        }
    }

    /**
     * A training step of {@link EncoderWorkload}: forward, gradients of x and of all weights, and a step of AdamW, with the
     * betas of its paper, a weight decay of 0.01 on matrices, and {@link #LEARNING_RATE}.
     *
     * @param forward the forward pass, and the weights before the first step, which stay as they are
     * @param dY gradient of y
     * @param dX overwritten
     * @param gradients those of the weights; overwritten
     */
    record Encoder(EncoderWorkload forward, float[] dY, float[] dX, List<float[]> gradients)
            implements
                TrainingWorkload {
        /** Small, so that thousands of steps stay in the range of a model that learns. */
        public static final float LEARNING_RATE = 1e-5f;

        @Override
        public double work() {
            return forward.trainingWork();
        }

        @Override
        public List<float[]> outputs() {
            return Stream.concat(Stream.of(forward.y(), dX), gradients.stream()).toList();
        }
    }
}
