package dev.lanewise.benchmarks.peers;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A message of protocol buffers: a row of fields, each a key, {@code number << 3 | type}, and a value: a variable-length integer
 * (type 0), a length and bytes (type 2), or four bytes (type 5).
 */
final class OnnxMessage {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    OnnxMessage integer(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    /** Four bytes, the lowest first (type 5). */
    OnnxMessage real(int field, float value) {
        varint((long) field << 3 | 5);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(bits >>> shift);
        }
        return this;
    }

    OnnxMessage text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    OnnxMessage message(int field, OnnxMessage value) {
        return bytes(field, value.bytes());
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    OnnxMessage bytes(int field, byte[] value) {
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
