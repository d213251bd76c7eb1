package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.runtime.Workers;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** What attention says to calls whose shapes, masks and options do not fit: one message with the numbers that clash. */
@Tag("once")
final class AttentionErrorsTest {
    private static final AttentionOps OPS = Engine.builder().implementation(Implementation.SCALAR)
            .workers(Workers.serial()).build().attention();

    private final float[] x = new float[1000];
    private final float[] y = new float[1000];
    private final AttentionTensors tensors = new AttentionTensors().q(x, 0).k(x, 300).v(x, 600).out(y, 0)
            .logSumExp(y, 900);

    private static DynamicTest mistake(String name, Executable call, String... parts) {
        return DynamicTest.dynamicTest(name, () -> {
            RuntimeException thrown = assertThrows(RuntimeException.class, call);
            for (String part : parts) {
                assertTrue(
                        thrown.getMessage().contains(part), "no '" + part + "' in: " + thrown.getMessage());
            }
        });
    }

    private DynamicTest call(String name, AttentionShape shape, AttentionMask mask, String... parts) {
        return mistake(name, () -> OPS.forward(shape, new AttentionOptions().mask(mask), tensors), parts);
    }

    private static AttentionShape ragged(int heads, int keyValueHeads, int[] queryStarts, int[] keyStarts) {
        return AttentionShape.ragged(2, heads, keyValueHeads, 4, queryStarts, keyStarts, 8, 8, 8, 8);
    }

    @TestFactory
    Stream<DynamicTest> shapes() {
        int[] starts = {0, 3, 5};
        AttentionMask none = AttentionMask.none();
        return Stream.of(
                mistake("heads not divided", () -> AttentionShape.headsFirst(1, 6, 4, 3, 3, 2), "4", "6", "divide"),
                mistake("no heads of keys", () -> ragged(2, 0, starts, starts), "0", "2", "divide"),
                mistake(
                        "rows of k too short",
                        () -> AttentionShape.interleaved(1, 4, 2, 3, 3, 5, 20, 9, 10, 20), "kRowStride is 9",
                        "keyValueHeads * headDim = 10"),
                mistake("too few starts", () -> ragged(2, 2, starts, new int[2]), "keyStarts has 2", "needs 3"),
                call("starts that fall", ragged(2, 2, starts, new int[] {0, 7, 5}), none, "keyStarts", "7 to 5"),
                call("starts after 0", ragged(2, 2, new int[] {1, 3, 5}, starts), none, "queryStarts[0] is 1"),
                call(
                        "ragged beyond the array", ragged(2, 2, starts, new int[] {0, 90, 100}), none, "k:",
                        "[1, 2, 100, 4]", "ends at index 1100", "1000"));
    }

    @TestFactory
    Stream<DynamicTest> masks() {
        AttentionShape shape = AttentionShape.headsFirst(2, 2, 3, 5, 4);
        AttentionShape ragged = ragged(2, 2, new int[] {0, 3, 5}, new int[] {0, 3, 5});
        float[] bias = new float[29];
        return Stream.of(
                mistake("window below -1", () -> AttentionMask.window(3, -2), "3 and -2"),
                call(
                        "bias too short", shape, AttentionMask.none().withBias(bias, 0, 0, 15, 5), "bias:",
                        "[2, 2, 3, 5]", "ends at index 30", "29"),
                call(
                        "bias of the second item too short", ragged, AttentionMask.none().withBias(bias, 0, 25, 0, 3),
                        "bias:", "from index 25", "ends at index 30", "29"),
                call(
                        "more keys than the item has", ragged, AttentionMask.keyLengths(new int[] {3, 3}),
                        "keyLengths[1] is 3", "0..2"),
                call(
                        "out over bias", shape, AttentionMask.none().withBias(y, 40, 0, 0, 5), "out overlaps bias"));
    }

    /** A matrix has a shape, which must be that of the scores, whatever would fit into its array. */
    @TestFactory
    Stream<DynamicTest> biasMatrices() {
        AttentionShape shape = AttentionShape.headsFirst(2, 2, 3, 4, 4);
        AttentionShape ragged = ragged(2, 2, new int[] {0, 3, 5}, new int[] {0, 2, 6});
        return Stream.of(
                matrix("of other sizes", shape, 6, 2, 2, "bias [6 x 2]", "[3 x 4]"),
                matrix("transposed", shape, 4, 3, 3, "bias [4 x 3]", "[3 x 4]"),
                matrix("of more rows", shape, 4, 4, 4, "bias [4 x 4]", "[3 x 4]"),
                matrix("of some columns of another", shape, 3, 3, 9, "bias [3 x 3]", "[3 x 4]"),
                matrix("of too few rows for an item", ragged, 2, 4, 9, "bias [2 x 4]", "longest", "[3 x 4]"),
                matrix("of too few columns for an item", ragged, 3, 3, 9, "bias [3 x 3]", "longest", "[3 x 4]"));
    }

    private DynamicTest matrix(String name, AttentionShape shape, int rows, int cols, int stride, String... parts) {
        AttentionMask mask = AttentionMask.bias(new Matrix(new float[100], 5, rows, cols, stride));
        // Whatever the mask is combined with, it remembers the shape.
        return call(name, shape, mask.withCausal().withWindow(2, 2).withKeyLengths(new int[2]), parts);
    }

    @Test
    void biasMatrixOfTheShapeOrLargerThanRaggedItemsIsTaken() {
        AttentionShape shape = AttentionShape.headsFirst(2, 2, 3, 4, 4);
        AttentionShape ragged = ragged(2, 2, new int[] {0, 3, 5}, new int[] {0, 2, 6});
        Matrix fits = new Matrix(new float[100], 5, 3, 4, 9);
        Matrix larger = new Matrix(new float[100], 5, 5, 6, 9);
        OPS.forward(shape, new AttentionOptions().mask(AttentionMask.bias(fits)), tensors);
        OPS.forward(ragged, new AttentionOptions().mask(AttentionMask.bias(fits)), tensors);
        OPS.forward(ragged, new AttentionOptions().mask(AttentionMask.bias(larger)), tensors);
    }

    @TestFactory
    Stream<DynamicTest> biasGradients() {
        AttentionShape shape = AttentionShape.headsFirst(2, 2, 3, 5, 4);
        float[] bias = new float[200];
        float[] dBias = new float[29];
        AttentionMask shared = AttentionMask.none().withBias(bias, 0, 0, 0, 5);
        AttentionMask ofHeads = AttentionMask.none().withBias(bias, 0, 0, 15, 5);
        AttentionMask sliding = AttentionMask.none().withBias(bias, 0, 0, 0, 1);
        return Stream.of(
                biasGradient("no bias", shape, AttentionMask.causal(), dBias, 0, "no bias", "causal"),
                biasGradient("too short", shape, ofHeads, dBias, 0, "dBias:", "[1, 2, 3, 5]", "at index 30", "29"),
                biasGradient("too far on", shape, shared, dBias, 15, "dBias:", "[1, 1, 3, 5]", "at index 30", "29"),
                biasGradient("rows that overlap", shape, sliding, dBias, 0, "dBias", "rows overlap"),
                biasGradient("over the bias", shape, shared, bias, 7, "dBias overlaps bias"));
    }

    private DynamicTest biasGradient(
            String name, AttentionShape shape, AttentionMask mask, float[] dBias, int offset, String... parts) {
        AttentionTensors all = new AttentionTensors();
        all.set(tensors);
        all.dOut(y, 300).dQ(new float[100], 0).dK(new float[100], 0).dV(new float[100], 0).dBias(dBias, offset);
        return mistake(name, () -> OPS.backward(shape, new AttentionOptions().mask(mask), all), parts);
    }

    @TestFactory
    Stream<DynamicTest> options() {
        AttentionShape shape = AttentionShape.headsFirst(1, 1, 3, 5, 4);
        AttentionOptions options = new AttentionOptions();
        return Stream.of(
                mistake("dropout above 1", () -> options.dropout(1.5f, 0), "0..1", "1.5"),
                mistake("dropout of NaN", () -> options.dropout(Float.NaN, 0), "0..1", "NaN"),
                mistake("no mask", () -> options.mask(null), "newMask"),
                mistake("no v", () -> OPS.forward(shape, options, new AttentionTensors().q(x, 0).k(x, 0).out(y, 0)),
                        "v"),
                mistake("no gradient", () -> OPS.backward(shape, options, tensors), "dOut"));
    }
}
