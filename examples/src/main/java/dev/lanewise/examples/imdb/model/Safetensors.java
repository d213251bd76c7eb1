package dev.lanewise.examples.imdb.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lanewise.examples.imdb.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes float32 tensors in the safetensors format: eight bytes with the header's length, little endian; a JSON
 * header that gives each tensor's type, shape and byte span; then the values, row-major and little endian, without gaps.
 *
 * <p>The reader trusts nothing: see {@link SafetensorsHeader} for what it checks before it allocates memory for values.
 *
 * @see <a href="https://github.com/huggingface/safetensors">The format's definition</a>
 */
public final class Safetensors {

    static final String METADATA = "__metadata__";
    static final int LENGTH_BYTES = Long.BYTES;

    /** The values start at a multiple of this, so that they can be mapped and read in place. */
    private static final int ALIGNMENT = 8;

    private static final int CHUNK_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Safetensors() {}

    /**
     * The content of a file.
     *
     * @param tensors tensors by name, in the order of their values in the file
     * @param metadata free text by key
     */
    public record Content(Map<String, Tensor> tensors, Map<String, String> metadata) {}

    /**
     * Writes a file, whole or not at all.
     *
     * @param file the file to create or replace
     * @param tensors tensors by name; written in the map's order
     * @param metadata free text by key
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if a tensor bears the reserved name {@code __metadata__}
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        byte[] header = header(tensors, metadata);
        AtomicFiles.write(file, out -> {
            ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            out.write(length.putLong(header.length).array());
            out.write(header);
            for (Tensor tensor : tensors.values()) {
                writeValues(out, tensor.values());
            }
        });
    }

    /**
     * Reads a file whole.
     *
     * @param file the file
     * @return its tensors and metadata
     * @throws ModelFormatException if the file breaks a rule of the format or holds another type than F32
     * @throws IOException if the file cannot be read
     */
    public static Content read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = SafetensorsHeader.read(file, channel);
            Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(header.entries().size());
            for (SafetensorsHeader.Entry entry : header.entries()) {
                float[] values = new float[entry.elements()];
                readValues(file, channel, header.dataStart() + entry.begin(), values);
                tensors.put(entry.name(), new Tensor(entry.shape(), values));
            }
            return new Content(tensors, header.metadata());
        }
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata)
            throws JsonProcessingException {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = root.putObject(METADATA);
            // Sorted: the order of Map.of differs from one JVM to the next, and equal models are to be equal files.
            new TreeMap<>(metadata).forEach(node::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            if (entry.getKey().equals(METADATA)) {
                throw new IllegalArgumentException("the tensor name " + METADATA + " is reserved by the format");
            }
            Tensor tensor = entry.getValue();
            ObjectNode node = root.putObject(entry.getKey()).put("dtype", "F32");
            ArrayNode shape = node.putArray("shape");
            tensor.shape().forEach(shape::add);
            long end = offset + (long) tensor.values().length * Float.BYTES;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = JSON.writeValueAsBytes(root);
        byte[] padded = new byte[(json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(json, 0, padded, 0, json.length);
        return padded;
    }

    private static void writeValues(OutputStream out, float[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int perChunk = CHUNK_BYTES / Float.BYTES;
        for (int start = 0; start < values.length; start += perChunk) {
            int count = Math.min(perChunk, values.length - start);
            chunk.clear().asFloatBuffer().put(values, start, count);
            out.write(chunk.array(), 0, count * Float.BYTES);
        }
    }

    private static void readValues(Path file, FileChannel channel, long position, float[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int perChunk = CHUNK_BYTES / Float.BYTES;
        for (int start = 0; start < values.length; start += perChunk) {
            int count = Math.min(perChunk, values.length - start);
            chunk.clear().limit(count * Float.BYTES);
            readFully(file, channel, chunk, position + (long) start * Float.BYTES);
            chunk.flip().asFloatBuffer().get(values, start, count);
        }
    }

    /** Fills the buffer from the given position; a file that ends sooner was cut after its header was checked. */
    static void readFully(Path file, FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new ModelFormatException(
                        file + ": ends at byte " + at + ", before its last value; copy it again");
            }
            at += read;
        }
    }
}
