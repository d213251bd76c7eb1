package dev.lanewise.benchmarks.peers;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes ONNX models of one operator: a few messages of protocol buffers, for which no library is needed. A message is a row
 * of fields, each a key, {@code number << 3 | type}, and a value: a variable-length integer (type 0), or a length and bytes
 * (type 2). Field numbers are those of {@code onnx.proto}.
 */
final class OnnxModel {
    /** The first that has Attention among its operators is 23; LayerNormalization came with 17 and Gelu with 20. */
    private static final int OPERATORS_VERSION = 23;

    private static final int IR_VERSION = 11;
    private static final int FLOAT_TENSOR = 1;
    private static final int REAL = 1;
    private static final int INTEGER = 2;
    private static final int INTEGERS = 7;

    private static final String OUTPUT = "C";

    private OnnxModel() {}

    /**
     * {@code C = op(A) * op(B)}: a Gemm node, or for a batch a MatMul node. That has no transposes, but nodes before it do,
     * which the runtime fuses into the product.
     */
    static byte[] product(Workload.MatMul w) {
        Message graph = new Message();
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
        Message node = node("Softmax", OUTPUT, "A").message(5, integer("axis", -1));
        return model(new Message().message(1, node).message(11, tensor("A", shape)).message(12, tensor(OUTPUT, shape)));
    }

    /** Layer norm of A over its last dimension, with a factor B and a summand D. */
    static byte[] layerNorm(long[] shape, float epsilon) {
        long[] columns = {shape[1]};
        Message node = node("LayerNormalization", OUTPUT, "A", "B", "D").message(5, integer("axis", -1))
                .message(5, new Message().text(1, "epsilon").real(2, epsilon).integer(20, REAL));
        return model(
                new Message().message(1, node).message(11, tensor("A", shape)).message(11, tensor("B", columns))
                        .message(11, tensor("D", columns)).message(12, tensor(OUTPUT, shape)));
    }

    /** GELU by the error function. */
    static byte[] gelu(long[] shape) {
        return model(
                new Message().message(1, node("Gelu", OUTPUT, "A")).message(11, tensor("A", shape))
                        .message(12, tensor(OUTPUT, shape)));
    }

    /** Attention of A, B and D, which are [batch x heads x tokens x headDim]. */
    static byte[] attention(long[] shape, boolean causal) {
        Message node = node("Attention", OUTPUT, "A", "B", "D").message(5, integer("is_causal", causal ? 1 : 0));
        return model(
                new Message().message(1, node).message(11, tensor("A", shape)).message(11, tensor("B", shape))
                        .message(11, tensor("D", shape)).message(12, tensor(OUTPUT, shape)));
    }

    private static byte[] model(Message graph) {
        graph.text(2, "benchmark");
        Message operators = new Message().text(1, "").integer(2, OPERATORS_VERSION);
        return new Message().integer(1, IR_VERSION).message(7, graph).message(8, operators).bytes();
    }

    /** Adds a node that swaps the last two dimensions, if asked for; returns the name of what comes out. */
    private static String transposed(Message graph, String operand, boolean transpose) {
        if (!transpose) {
            return operand;
        }
        String output = operand + "t";
        Message order = new Message().text(1, "perm").integer(8, 0).integer(8, 2).integer(8, 1).integer(20, INTEGERS);
        graph.message(1, node("Transpose", output, operand).message(5, order));
        return output;
    }

    private static Message node(String operator, String output, String... inputs) {
        Message node = new Message();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(4, operator);
    }

    private static Message integer(String name, long value) {
        return new Message().text(1, name).integer(3, value).integer(20, INTEGER);
    }

    private static Message tensor(String name, long[] shape) {
        Message dimensions = new Message();
        for (long size : shape) {
            dimensions.message(1, new Message().integer(1, size));
        }
        Message type = new Message().integer(1, FLOAT_TENSOR).message(2, dimensions);
        return new Message().text(1, name).message(2, new Message().message(1, type));
    }

    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message integer(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        /** Four bytes, the lowest first (type 5). */
        Message real(int field, float value) {
            varint((long) field << 3 | 5);
            int bits = Float.floatToRawIntBits(value);
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                out.write(bits >>> shift);
            }
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes());
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private Message bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        /** Seven bits a byte, the lowest first; the eighth says that more follow. */
        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
