package dev.lanewise.benchmarks.peers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes the ONNX model of a stack of encoder layers. Weights are part of the model, so that the runtime may lay them out as
 * it likes; Attention takes rows of all heads, so that nothing is transposed.
 */
final class OnnxEncoder {
    private final EncoderWorkload workload;
    private final OnnxMessage graph = new OnnxMessage();
    private int names;

    private OnnxEncoder(EncoderWorkload workload) {
        this.workload = workload;
    }

    /** A model from A to C, both [batch x tokens x modelDim]. */
    static byte[] model(EncoderWorkload workload) {
        return new OnnxEncoder(workload).write();
    }

    private byte[] write() {
        for (EncoderWorkload.Weight weight : workload.weights()) {
            graph.message(5, initializer(weight));
        }
        String h = "A";
        for (int layer = 0; layer < workload.layers(); layer++) {
            String name = layer + ".";
            h = add(h, attention(norm(h, name + "norm1", next()), name + "attention."));
            String hidden = apply("Gelu", linear(norm(h, name + "norm2", next()), name + "feedForward.expand"));
            h = add(h, linear(hidden, name + "feedForward.contract"));
        }
        norm(h, "norm", OnnxModel.OUTPUT);
        long[] shape = {workload.batch(), workload.tokens(), workload.modelDim()};
        graph.message(11, OnnxModel.tensor("A", shape)).message(12, OnnxModel.tensor(OnnxModel.OUTPUT, shape));
        return OnnxModel.model(graph);
    }

    private static OnnxMessage initializer(EncoderWorkload.Weight weight) {
        OnnxMessage tensor = new OnnxMessage();
        if (weight.rows() > 1) {
            tensor.integer(1, weight.rows());
        }
        ByteBuffer values = ByteBuffer.allocate(weight.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.asFloatBuffer().put(weight.values());
        return tensor.integer(1, weight.cols()).integer(2, OnnxModel.FLOAT_TENSOR).text(8, weight.name())
                .bytes(9, values.array());
    }

    private String next() {
        return "t" + names++;
    }

    private String apply(String operator, String... inputs) {
        String output = next();
        graph.message(1, OnnxModel.node(operator, output, inputs));
        return output;
    }

    private String add(String a, String b) {
        return apply("Add", a, b);
    }

    private String linear(String x, String name) {
        return add(apply("MatMul", x, name + ".weight"), name + ".bias");
    }

    private String norm(String x, String name, String output) {
        graph.message(
                1, OnnxModel.layerNormNode(output, x, name + ".gamma", name + ".beta", Workload.LayerNorm.EPSILON));
        return output;
    }

    private String attention(String x, String name) {
        String q = next();
        String k = next();
        String v = next();
        graph.message(
                1,
                new OnnxMessage().text(1, linear(x, name + "qkv")).text(2, q).text(2, k).text(2, v).text(4, "Split")
                        .message(5, OnnxModel.integer("axis", -1)).message(5, OnnxModel.integer("num_outputs", 3)));
        String context = next();
        graph.message(
                1,
                OnnxModel.node("Attention", context, q, k, v)
                        .message(5, OnnxModel.integer("q_num_heads", workload.heads()))
                        .message(5, OnnxModel.integer("kv_num_heads", workload.heads())));
        return linear(context, name + "output");
    }
}
