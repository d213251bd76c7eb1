package dev.lanewise.benchmarks.peers;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the ONNX model of a product: a few messages of protocol buffers, for which no library is needed. A message is a row
 * of fields, each a key, {@code number << 3 | type}, and a value: a variable-length integer (type 0), or a length and bytes
 * (type 2). Field numbers are those of {@code onnx.proto}.
 */
final class OnnxModel {
    private static final int IR_VERSION = 8;
    private static final int OPERATORS_VERSION = 13;
    private static final int FLOAT_TENSOR = 1;
    private static final int INTEGER = 2;
    private static final int INTEGERS = 7;

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
                    node("Gemm", "C", "A", "B").message(5, attribute("transA", w.transposeA()))
                            .message(5, attribute("transB", w.transposeB())));
        } else {
            String a = transposed(graph, "A", w.transposeA());
            String b = transposed(graph, "B", w.transposeB());
            graph.message(1, node("MatMul", "C", a, b));
        }
        graph.text(2, "product")
                .message(11, tensor("A", OnnxRuntimePeer.shape(w.batch(), w.transposeA(), w.m(), w.k())))
                .message(11, tensor("B", OnnxRuntimePeer.shape(w.batch(), w.transposeB(), w.k(), w.n())))
                .message(12, tensor("C", OnnxRuntimePeer.shape(w.batch(), false, w.m(), w.n())));
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

    private static Message attribute(String name, boolean value) {
        return new Message().text(1, name).integer(3, value ? 1 : 0).integer(20, INTEGER);
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
            while (rest > 0x7f) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
