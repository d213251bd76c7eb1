package dev.lanewise.benchmarks.peers;

/**
 * Writes ONNX models of one operator: a few messages of protocol buffers, for which no library is needed. Field numbers are
 * those of {@code onnx.proto}.
 */
final class OnnxModel {
    /** The first that has Attention among its operators is 23; LayerNormalization came with 17 and Gelu with 20. */
    private static final int OPERATORS_VERSION = 23;

    private static final int IR_VERSION = 11;
    static final int FLOAT_TENSOR = 1;
    private static final int REAL = 1;
    private static final int INTEGER = 2;
    private static final int INTEGERS = 7;

    static final String OUTPUT = "C";

    private OnnxModel() {}

    /**
     * {@code C = op(A) * op(B)}: a Gemm node, or for a batch a MatMul node. That has no transposes, but nodes before it do,
     * which the runtime fuses into the product.
     */
    static byte[] product(Workload.MatMul w) {
        OnnxMessage graph = new OnnxMessage();
        if (w.batch() == 1) {
            graph.message(
                    1,
                    node("Gemm", OUTPUT, "A", "B").message(5, integer("transA", w.transposeA() ? 1 : 0))
                            .message(5, integer("transB", w.transposeB() ? 1 : 0)));
        } else {
            String a = transposed(graph, "A", w.transposeA());
            String b = transposed(graph, "B", w.transposeB());
            graph.message(1, node("MatMul", OUTPUT, a, b));
        }
        graph.message(11, tensor("A", OnnxRuntimePeer.shape(w.batch(), w.transposeA(), w.m(), w.k())))
                .message(11, tensor("B", OnnxRuntimePeer.shape(w.batch(), w.transposeB(), w.k(), w.n())))
                .message(12, tensor(OUTPUT, OnnxRuntimePeer.shape(w.batch(), false, w.m(), w.n())));
        return model(graph);
    }

    /** Softmax over the last of two dimensions. */
    static byte[] softmax(long[] shape) {
        OnnxMessage node = node("Softmax", OUTPUT, "A").message(5, integer("axis", -1));
        return model(
                new OnnxMessage().message(1, node).message(11, tensor("A", shape)).message(12, tensor(OUTPUT, shape)));
    }

    /** Layer norm of A over its last dimension, with a factor B and a summand D. */
    static byte[] layerNorm(long[] shape, float epsilon) {
        long[] columns = {shape[1]};
        OnnxMessage node = layerNormNode(OUTPUT, "A", "B", "D", epsilon);
        return model(
                new OnnxMessage().message(1, node).message(11, tensor("A", shape)).message(11, tensor("B", columns))
                        .message(11, tensor("D", columns)).message(12, tensor(OUTPUT, shape)));
    }

    /** Layer norm over the last dimension. */
    static OnnxMessage layerNormNode(String output, String x, String factor, String summand, float epsilon) {
        return node("LayerNormalization", output, x, factor, summand).message(5, integer("axis", -1))
                .message(5, new OnnxMessage().text(1, "epsilon").real(2, epsilon).integer(20, REAL));
    }

    /** GELU by the error function. */
    static byte[] gelu(long[] shape) {
        return model(
                new OnnxMessage().message(1, node("Gelu", OUTPUT, "A")).message(11, tensor("A", shape))
                        .message(12, tensor(OUTPUT, shape)));
    }

    /** Attention of A, B and D, which are [batch x heads x tokens x headDim]. */
    static byte[] attention(long[] shape, boolean causal) {
        OnnxMessage node = node("Attention", OUTPUT, "A", "B", "D").message(5, integer("is_causal", causal ? 1 : 0));
        return model(
                new OnnxMessage().message(1, node).message(11, tensor("A", shape)).message(11, tensor("B", shape))
                        .message(11, tensor("D", shape)).message(12, tensor(OUTPUT, shape)));
    }

    static byte[] model(OnnxMessage graph) {
        graph.text(2, "benchmark");
        OnnxMessage operators = new OnnxMessage().text(1, "").integer(2, OPERATORS_VERSION);
        return new OnnxMessage().integer(1, IR_VERSION).message(7, graph).message(8, operators).bytes();
    }

    /** Adds a node that swaps the last two dimensions, if asked for; returns the name of what comes out. */
    private static String transposed(OnnxMessage graph, String operand, boolean transpose) {
        if (!transpose) {
            return operand;
        }
        String output = operand + "t";
        OnnxMessage order = new OnnxMessage().text(1, "perm").integer(8, 0).integer(8, 2).integer(8, 1).integer(20,
                INTEGERS);
        graph.message(1, node("Transpose", output, operand).message(5, order));
        return output;
    }

    static OnnxMessage node(String operator, String output, String... inputs) {
        OnnxMessage node = new OnnxMessage();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(4, operator);
    }

    static OnnxMessage integer(String name, long value) {
        return new OnnxMessage().text(1, name).integer(3, value).integer(20, INTEGER);
    }

    static OnnxMessage tensor(String name, long[] shape) {
        OnnxMessage dimensions = new OnnxMessage();
        for (long size : shape) {
            dimensions.message(1, new OnnxMessage().integer(1, size));
        }
        OnnxMessage type = new OnnxMessage().integer(1, FLOAT_TENSOR).message(2, dimensions);
        return new OnnxMessage().text(1, name).message(2, new OnnxMessage().message(1, type));
    }
}
