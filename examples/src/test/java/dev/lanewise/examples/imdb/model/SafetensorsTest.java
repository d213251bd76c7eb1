package dev.lanewise.examples.imdb.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBackBitForBit() throws IOException {
        Map<String, Tensor> tensors = tensors();
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(file, tensors, Map.of("key", "välue"));

        Safetensors.Content read = Safetensors.read(file);

        assertEquals(Map.of("key", "välue"), read.metadata());
        assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
        tensors.forEach((name, tensor) -> {
            assertEquals(tensor.shape(), read.tensors().get(name).shape());
            assertArrayEquals(bits(tensor), bits(read.tensors().get(name)));
        });
    }

    @Test
    void orderOfMetadataMakesNoDifference() throws IOException {
        Map<String, String> one = new LinkedHashMap<>();
        Map<String, String> other = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            one.put("key" + i, "value");
            other.put("key" + (4 - i), "value");
        }
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        Safetensors.write(first, Map.of("a", Tensor.vector(1, 2)), one);
        Safetensors.write(second, Map.of("a", Tensor.vector(1, 2)), other);
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void tensorLargerThanTheBufferIsReadBack() throws IOException {
        float[] values = new float[600_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Path file = folder.resolve("large.safetensors");
        Safetensors.write(file, Map.of("large", Tensor.vector(values)), Map.of());
        assertArrayEquals(values, Safetensors.read(file).tensors().get("large").values());
    }

    @Test
    void valuesStartAtAMultipleOfEightInLittleEndian() throws IOException {
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(file, Map.of("x", Tensor.vector(1.5f)), Map.of());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long start = 8 + bytes.getLong(0);
        assertEquals(0, start % 8);
        assertEquals(1.5f, bytes.getFloat((int) start));
        assertEquals(start + 4, bytes.capacity());
    }

    @Test
    void fileCutAtAnyByteIsRefused() throws IOException {
        byte[] whole = file(tensors());
        for (int length = 0; length < whole.length; length++) {
            Path cut = folder.resolve("cut");
            Files.write(cut, Arrays.copyOf(whole, length));
            int at = length;
            assertThrows(ModelFormatException.class, () -> Safetensors.read(cut), () -> "cut at " + at);
        }
    }

    @Test
    void bytesAfterTheEndAreRefused() throws IOException {
        byte[] whole = file(tensors());
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "cover");
    }

    @Test
    void flippedBitsLeadToValuesOrToTheDocumentedException() throws IOException {
        byte[] whole = file(tensors());
        int refused = 0;
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            refused += isRefused(flipped) ? 1 : 0;
        }
        assertTrue(refused > whole.length, "only " + refused + " flips were noticed");
    }

    @Test
    void randomDamageLeadsToValuesOrToTheDocumentedException() throws IOException {
        byte[] whole = file(tensors());
        long seed = Long.getLong("test.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int round = 0; round < 2000; round++) {
                byte[] damaged = whole.clone();
                for (int i = random.nextInt(1, 8); i > 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                isRefused(Arrays.copyOf(damaged, random.nextInt(damaged.length + 1)));
            }
        } catch (RuntimeException e) {
            throw new AssertionError("replay with -Dtest.seed=" + seed, e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[] | does not start with '{'",
        "{]} | broken header",
        "{} {} | broken header",
        "{} | cover 0",
        "{`x`:1} | exactly dtype",
        "{`x`:{`dtype`:`F32`,`shape`:[2]}} | exactly dtype",
        "{`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,8],`more`:1}} | exactly dtype",
        "{`x`:{`dtype`:`F16`,`shape`:[4],`data_offsets`:[0,8]}} | only \"F32\"",
        "{`x`:{`dtype`:`F32`,`shape`:2,`data_offsets`:[0,8]}} | not a list",
        "{`x`:{`dtype`:`F32`,`shape`:[-2],`data_offsets`:[0,8]}} | extent -2",
        "{`x`:{`dtype`:`F32`,`shape`:[2.0],`data_offsets`:[0,8]}} | extent 2.0",
        "{`x`:{`dtype`:`F32`,`shape`:[2147483647,2147483647,2147483647],`data_offsets`:[0,8]}} | overflows",
        "{`x`:{`dtype`:`F32`,`shape`:[3],`data_offsets`:[0,8]}} | needs 12 bytes",
        "{`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,99]}} | outside the 8 bytes",
        "{`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[8,0]}} | its span has -8",
        "{`x`:{`dtype`:`F32`,`shape`:[1],`data_offsets`:[4,8]}} | gap",
        "{`x`:{`dtype`:`F32`,`shape`:[1],`data_offsets`:[0,4]}} | cover 4",
        "{`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,8]},`y`:{`dtype`:`F32`,`shape`:[1],`data_offsets`:[4,8]}} | overlaps",
        "{`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,8]},`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,8]}} | Duplicate",
        "{`__metadata__`:[],`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,8]}} | metadata",
        "{`__metadata__`:{`a`:1},`x`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,8]}} | not text",
    })
    void brokenHeaderIsRefusedWithItsFault(String header, String fault) throws IOException {
        byte[] json = header.replace('`', '"').getBytes(StandardCharsets.UTF_8);
        assertRefused(withHeader(json, json.length), fault);
    }

    @Test
    void headerLengthBeyondTheLimitOrTheFileIsRefusedBeforeItIsRead() throws IOException {
        assertRefused(withHeader(new byte[] {'{', '}'}, 100_000_001L), "100000001");
        assertRefused(withHeader(new byte[] {'{', '}'}, -1L), "18446744073709551615");
        assertRefused(withHeader(new byte[] {'{', '}'}, 64), "only 18 bytes");
    }

    @Test
    void headerThatIsNotUtf8IsRefused() throws IOException {
        assertRefused(withHeader(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, 7), "UTF-8");
    }

    @Test
    void failedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(file, Map.of("x", Tensor.vector(1)), Map.of());
        byte[] before = Files.readAllBytes(file);
        Map<String, Tensor> broken = new LinkedHashMap<>(Map.of("x", Tensor.vector(2)));
        broken.put("__metadata__", Tensor.vector(3));
        assertThrows(IllegalArgumentException.class, () -> Safetensors.write(file, broken, Map.of()));
        assertArrayEquals(before, Files.readAllBytes(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    private void assertRefused(byte[] bytes, String fault) throws IOException {
        Path file = folder.resolve("broken.safetensors");
        Files.write(file, bytes);
        String message = assertThrows(ModelFormatException.class, () -> Safetensors.read(file))
                .getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        assertTrue(message.contains(fault), message);
        assertFalse(message.contains("\n"), message);
    }

    private boolean isRefused(byte[] bytes) throws IOException {
        Path file = folder.resolve("damaged.safetensors");
        Files.write(file, bytes);
        try {
            Safetensors.read(file);
            return false;
        } catch (ModelFormatException e) {
            return true;
        }
    }

    private byte[] file(Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve("whole.safetensors");
        Safetensors.write(file, tensors, Map.of("format", "test"));
        return Files.readAllBytes(file);
    }

    private static byte[] withHeader(byte[] header, long statedLength) {
        return ByteBuffer.allocate(8 + header.length + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(statedLength)
                .put(header)
                .array();
    }

    private static Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("z.weight", Tensor.matrix(2, 3, new float[] {1, -2, Float.MIN_VALUE, -0f, Float.NaN, 6}));
        tensors.put("empty", Tensor.matrix(0, 5, new float[0]));
        tensors.put("scalar", new Tensor(new ArrayList<>(), new float[] {7}));
        tensors.put("a.bias", Tensor.vector(8, 9));
        return tensors;
    }

    private static int[] bits(Tensor tensor) {
        int[] bits = new int[tensor.values().length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(tensor.values()[i]);
        }
        return bits;
    }
}
