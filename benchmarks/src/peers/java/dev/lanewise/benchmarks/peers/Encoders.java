package dev.lanewise.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Makes stacks of layers with weights of a usual size, so that no activation saturates. */
final class Encoders {
    /** What is compared where a task names only batch and tokens: a small model that reads film reviews. */
    static final List<Integer> DEFAULTS = List.of(128, 4, 512, 2);

    private Encoders() {}

    /** A stack of the given sizes: batch, tokens, modelDim, heads, feedForwardDim, layers. */
    static Workload workload(List<Integer> sizes, boolean training) {
        int modelDim = sizes.get(2);
        int hidden = sizes.get(4);
        int size = sizes.get(0) * sizes.get(1) * modelDim;
        List<EncoderWorkload.Weight> weights = new ArrayList<>();
        for (int layer = 0; layer < sizes.get(5); layer++) {
            for (String name : EncoderWorkload.LAYER_WEIGHTS) {
                int cols = name.contains("qkv") ? 3 * modelDim : name.contains("expand") ? hidden : modelDim;
                int rows = !name.endsWith("weight") ? 1 : name.contains("contract") ? hidden : modelDim;
                weights.add(weight(layer + "." + name, rows, cols, weights.size()));
            }
        }
        weights.add(weight("norm.gamma", 1, modelDim, weights.size()));
        weights.add(weight("norm.beta", 1, modelDim, weights.size()));
        EncoderWorkload forward = new EncoderWorkload(
                sizes.get(0), sizes.get(1), modelDim, sizes.get(3), hidden, sizes.get(5), List.copyOf(weights),
                Task.uniform(1, size), new float[size]);
        return training
                ? new TrainingWorkload.Encoder(
                        forward, Task.uniform(2, size), new float[size],
                        weights.stream().map(w -> new float[w.values().length]).toList())
                : forward;
    }

    /** Uniform values: factors about 1, shifts about 0, matrices in +-1/sqrt(rows). */
    private static EncoderWorkload.Weight weight(String name, int rows, int cols, int seed) {
        float[] values = Task.uniform(100 + seed, rows * cols);
        float scale = rows > 1 ? (float) (1 / Math.sqrt(rows)) : 0.1f;
        float shift = name.endsWith("gamma") ? 1f : 0f;
        for (int i = 0; i < values.length; i++) {
            values[i] = shift + scale * values[i];
        }
        return new EncoderWorkload.Weight(name, rows, cols, values);
    }

    /** The sizes that are compared, with the default model where only batch and tokens are given. */
    static List<Integer> complete(List<Integer> sizes) {
        return sizes.size() == 2 ? Stream.concat(sizes.stream(), DEFAULTS.stream()).toList() : sizes;
    }
}
