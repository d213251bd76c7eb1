package dev.lanewise.examples.imdb.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked header of a safetensors file. Once it has been read, every span lies inside the file, the spans neither
 * overlap nor leave gaps, they cover the values' part exactly, and each is as long as its shape and type ask for.
 *
 * @param dataStart the file position of the first value
 * @param entries one per tensor, in the order of their values
 * @param metadata free text by key
 */
record SafetensorsHeader(long dataStart, List<Entry> entries, Map<String, String> metadata) {

    /** The format's own limit; a longer header is an attack or not a header. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * One tensor's place.
     *
     * @param name the tensor's name
     * @param shape the extent of each dimension
     * @param elements product of the extents
     * @param begin first byte, counted from the start of the values
     * @param end byte after the last
     */
    record Entry(String name, List<Integer> shape, int elements, long begin, long end) {}

    /**
     * Reads and checks a file's header.
     *
     * @throws ModelFormatException if anything is not as the format demands
     */
    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Safetensors.LENGTH_BYTES) {
            throw broken(file, "has " + size + " bytes, too few for a safetensors file");
        }
        ByteBuffer lengthBytes = ByteBuffer.allocate(Safetensors.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Safetensors.readFully(file, channel, lengthBytes, 0);
        long length = lengthBytes.getLong(0);
        if (length < 2 || length > MAX_HEADER_BYTES) {
            throw broken(
                    file,
                    "states a header of " + Long.toUnsignedString(length) + " bytes, allowed are 2 to "
                            + MAX_HEADER_BYTES);
        }
        if (length > size - Safetensors.LENGTH_BYTES) {
            throw broken(file, "states a header of " + length + " bytes but has only " + size + " bytes in all");
        }
        ByteBuffer header = ByteBuffer.allocate((int) length);
        Safetensors.readFully(file, channel, header, Safetensors.LENGTH_BYTES);
        long dataStart = Safetensors.LENGTH_BYTES + length;
        return parse(file, header.flip(), dataStart, size - dataStart);
    }

    private static SafetensorsHeader parse(Path file, ByteBuffer header, long dataStart, long dataBytes) {
        if (header.get(0) != '{') {
            throw broken(file, "has a header that does not start with '{'");
        }
        JsonNode root;
        try {
            root = JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(header).toString());
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(message(file, "has a header that is not UTF-8"), e);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(message(file, "has a broken header: " + e.getOriginalMessage()), e);
        }
        if (!root.isObject()) {
            throw broken(file, "has a header that is not a JSON object");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(Safetensors.METADATA)) {
                readMetadata(file, field.getValue(), metadata);
            } else {
                entries.add(entry(file, field.getKey(), field.getValue(), dataBytes));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        checkCoverage(file, entries, dataBytes);
        return new SafetensorsHeader(dataStart, List.copyOf(entries), metadata);
    }

    private static void readMetadata(Path file, JsonNode node, Map<String, String> metadata) {
        if (!node.isObject()) {
            throw broken(file, "has metadata that is not a JSON object");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw broken(file, "has metadata '" + printable(field.getKey()) + "' that is not text");
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataBytes) {
        String tensor = "tensor '" + printable(name) + "'";
        JsonNode type = node.get("dtype");
        JsonNode shapeNode = node.get("shape");
        JsonNode offsets = node.get("data_offsets");
        if (!node.isObject() || node.size() != 3 || type == null || shapeNode == null || offsets == null) {
            throw broken(file, tensor + " must have exactly dtype, shape and data_offsets");
        }
        if (!type.isTextual() || !type.textValue().equals("F32")) {
            throw broken(file, tensor + " has type " + printable(type.toString()) + ", only \"F32\" is read");
        }
        if (!shapeNode.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw broken(file, tensor + " has a shape or data_offsets that is not a list of the right length");
        }
        List<Integer> shape = new ArrayList<>();
        long bytes = Float.BYTES;
        for (JsonNode extent : shapeNode) {
            if (!extent.isInt() || extent.intValue() < 0) {
                throw broken(file, tensor + " has an extent " + printable(extent.toString()) + ", not a size");
            }
            shape.add(extent.intValue());
            try {
                bytes = Math.multiplyExact(bytes, extent.longValue());
            } catch (ArithmeticException e) {
                throw new ModelFormatException(message(file, tensor + " has a shape whose size overflows"), e);
            }
        }
        long begin = offset(file, tensor, offsets.get(0), dataBytes);
        long end = offset(file, tensor, offsets.get(1), dataBytes);
        if (end - begin != bytes) {
            throw broken(
                    file,
                    tensor + " of shape " + shape + " needs " + bytes + " bytes, but its span has " + (end - begin));
        }
        if (bytes / Float.BYTES > Integer.MAX_VALUE - 8) {
            throw broken(file, tensor + " of shape " + shape + " is larger than an array can be");
        }
        return new Entry(name, List.copyOf(shape), (int) (bytes / Float.BYTES), begin, end);
    }

    private static long offset(Path file, String tensor, JsonNode node, long dataBytes) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0
                || node.longValue() > dataBytes) {
            throw broken(
                    file,
                    tensor + " has offset " + printable(node.toString()) + ", outside the " + dataBytes
                            + " bytes of values");
        }
        return node.longValue();
    }

    private static void checkCoverage(Path file, List<Entry> entries, long dataBytes) {
        long covered = 0;
        for (Entry entry : entries) {
            if (entry.begin() != covered) {
                String fault = entry.begin() < covered ? "overlaps the tensor before it" : "leaves a gap before it";
                throw broken(file, "tensor '" + printable(entry.name()) + "' " + fault);
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw broken(file, "has " + dataBytes + " bytes of values, but its tensors cover " + covered);
        }
    }

    /** Keeps a message to one readable line whatever bytes the file holds. */
    private static String printable(String text) {
        String line = text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }

    private static String message(Path file, String fault) {
        return file + ": " + fault.replaceAll("[^\\x20-\\x7e]+", " ") + "; copy the file again or train anew";
    }

    private static ModelFormatException broken(Path file, String fault) {
        return new ModelFormatException(message(file, fault));
    }
}
