package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a caller's mistake in a backward pass says, and that neither an array nor a gradient has changed when it is said. */
final class LayerErrorsTest {
    private static final int BATCH = 2;
    private static final int SEQ_LEN = 3;
    private static final int ROWS = BATCH * SEQ_LEN;
    private static final int DIM = 4;
    private static final int HIDDEN = 8;
    private static final int SIZE = ROWS * DIM;

    private final Engine engine = Engine.serial();
    private final Parameters.Builder builder = Parameters.builder(3);
    private Parameters parameters;

    /** Arrays that every mistake is made with, large enough for all of it, and one that has an element too few. */
    private final float[] x = filled(ROWS * 3 * DIM);

    private final float[] dY = filled(ROWS * 3 * DIM);
    private final float[] dX = filled(ROWS * 3 * DIM);
    private final float[] scratch = filled(ROWS * 3 * DIM);
    private final float[] more = filled(ROWS * 3 * DIM);
    private final float[] few = filled(SIZE - 1);

    private static float[] filled(int n) {
        float[] values = new float[n];
        Arrays.fill(values, 0.5f);
        return values;
    }

    /** Makes the parameters of the layers under test, and fills their gradients as if a pass had been. */
    private void build() {
        parameters = builder.build();
        Arrays.fill(parameters.gradients(), 0.5f);
        for (ParameterTable table : parameters.tables()) {
            Arrays.fill(table.parameter().gradients(), 0.5f);
        }
    }

    private DynamicTest mistake(String name, Runnable call, String... words) {
        return mistake(IllegalArgumentException.class, name, call, words);
    }

    /** A mistake, and what the message must name. */
    private DynamicTest mistake(Class<? extends Exception> type, String name, Runnable call, String... words) {
        return DynamicTest.dynamicTest(name, () -> {
            Exception e = assertThrows(type, call::run);
            for (String word : words) {
                assertTrue(e.getMessage().contains(word), "'" + word + "' is not in: " + e.getMessage());
            }
            for (float[] values : new float[][] {x, dY, dX, scratch, more, few, parameters.gradients()}) {
                assertUnchanged(values);
            }
            for (ParameterTable table : parameters.tables()) {
                assertUnchanged(table.parameter().gradients());
                assertEquals(0, table.touchedCount());
            }
        });
    }

    private static void assertUnchanged(float[] values) {
        for (float value : values) {
            assertEquals(0.5f, value, "nothing may be written before all is checked");
        }
    }

    @TestFactory
    Stream<DynamicTest> linear() {
        Linear layer = new Linear(builder, "layer", DIM, HIDDEN);
        build();
        return Stream.of(
                mistake("x too short", () -> layer.backward(engine, ROWS, few, dY, dX, Write.ADD), "x", "[6 x 4]",
                        "23"),
                mistake("dY too short", () -> layer.backward(engine, ROWS, x, few, dX, Write.ADD), "dY", "[6 x 8]",
                        "23"),
                mistake("dX too short", () -> layer.backward(engine, ROWS, x, dY, few, Write.ADD), "dX", "[6 x 4]",
                        "23"),
                mistake("dX is dY", () -> layer.backward(engine, ROWS, x, dY, dY, Write.OVERWRITE), "dX and dY"));
    }

    @TestFactory
    Stream<DynamicTest> norms() {
        LayerNorm layer = new LayerNorm(builder, "layer", DIM);
        RmsNorm rms = new RmsNorm(builder, "rms", DIM);
        build();
        var kept = new LayerNorm.Activations();
        var keptRms = new RmsNorm.Activations();
        layer.forward(engine, ROWS, x, new float[SIZE], kept);
        rms.forward(engine, ROWS, x, new float[SIZE], keptRms);
        return Stream.of(
                mistake("layer: dX too short", () -> layer.backward(engine, ROWS, x, dY, few, kept), "dX", "23"),
                mistake("layer: dX is x", () -> layer.backward(engine, ROWS, x, dY, x, kept), "dX and x"),
                mistake("layer: dX is dY", () -> layer.backward(engine, ROWS, x, dY, dY, kept), "dX and dY"),
                mistake("rms: dX too short", () -> rms.backward(engine, ROWS, x, dY, few, keptRms), "dX", "23"),
                mistake("rms: dX is x", () -> rms.backward(engine, ROWS, x, dY, x, keptRms), "dX and x"),
                mistake("rms: dX is dY", () -> rms.backward(engine, ROWS, x, dY, dY, keptRms), "dX and dY"));
    }

    @TestFactory
    Stream<DynamicTest> feedForward() {
        FeedForward layer = new FeedForward(builder, "layer", DIM, HIDDEN, Activation.GELU);
        build();
        var kept = new FeedForward.Activations();
        layer.forward(engine, ROWS, x, new float[SIZE], kept);
        Write over = Write.OVERWRITE;
        return Stream.of(
                mistake("x too short", () -> layer.backward(engine, ROWS, few, dY, dX, over, kept, scratch), "x", "23"),
                mistake("dY too short", () -> layer.backward(engine, ROWS, x, few, dX, over, kept, scratch), "dY",
                        "23"),
                mistake("dX too short", () -> layer.backward(engine, ROWS, x, dY, few, over, kept, scratch), "dX",
                        "23"),
                mistake("dHidden too short", () -> layer.backward(engine, ROWS, x, dY, dX, over, kept, few), "dHidden"),
                mistake(
                        "dHidden is x", () -> layer.backward(engine, ROWS, x, dY, dX, over, kept, x), "dHidden and x",
                        "array of its own"),
                mistake("dHidden is dY", () -> layer.backward(engine, ROWS, x, dY, dX, over, kept, dY),
                        "dHidden and dY"),
                mistake("dHidden is dX", () -> layer.backward(engine, ROWS, x, dY, dX, over, kept, dX),
                        "dX and dHidden"));
    }

    @TestFactory
    Stream<DynamicTest> attention() {
        var layer = new MultiHeadAttention(builder, "layer", DIM, 2, false);
        build();
        var kept = new MultiHeadAttention.Activations();
        layer.forward(engine, BATCH, SEQ_LEN, null, x, new float[SIZE], kept);
        Write over = Write.OVERWRITE;
        return Stream.of(
                mistake("x too short", () -> layer.backward(engine, few, dY, dX, over, kept, scratch, more), "x", "23"),
                mistake("dY too short", () -> layer.backward(engine, x, few, dX, over, kept, scratch, more), "dY",
                        "23"),
                mistake("dX too short", () -> layer.backward(engine, x, dY, few, over, kept, scratch, more), "dX",
                        "23"),
                mistake(
                        "dContext too short", () -> layer.backward(engine, x, dY, dX, over, kept, few, more),
                        "dContext",
                        "23"),
                mistake(
                        "dQkv too short", () -> layer.backward(engine, x, dY, dX, over, kept, scratch, few), "dQkv",
                        "[6 x 12]", "23"),
                mistake("dContext is x", () -> layer.backward(engine, x, dY, dX, over, kept, x, more),
                        "dContext and x"),
                mistake("dContext is dY", () -> layer.backward(engine, x, dY, dX, over, kept, dY, more),
                        "dContext and dY"),
                mistake("dContext is dX", () -> layer.backward(engine, x, dY, dX, over, kept, dX, more),
                        "dContext and dX"),
                mistake(
                        "one scratch", () -> layer.backward(engine, x, dY, dX, over, kept, scratch, scratch),
                        "dContext and dQkv"),
                mistake("dQkv is x", () -> layer.backward(engine, x, dY, dX, over, kept, scratch, x), "dQkv and x"),
                mistake("dQkv is dY", () -> layer.backward(engine, x, dY, dX, over, kept, scratch, dY), "dQkv and dY"),
                mistake("dQkv is dX", () -> layer.backward(engine, x, dY, dX, over, kept, scratch, dX), "dX and dQkv"),
                mistake(
                        "dQkv is qkv", () -> layer.backward(engine, x, dY, dX, over, kept, scratch, kept.qkv()),
                        "dQkv and qkv"),
                mistake(
                        "dContext is qkv", () -> layer.backward(engine, x, dY, dX, over, kept, kept.qkv(), more),
                        "dContext and qkv"));
    }

    @TestFactory
    Stream<DynamicTest> encoder() {
        var config = new Encoder.Config(DIM, 2, HIDDEN, 2, Activation.GELU, 0f, false);
        Encoder encoder = new Encoder(builder, "encoder", config);
        build();
        EncoderBlock block = encoder.blocks().get(0);
        var kept = new Encoder.Activations();
        var keptBlock = new EncoderBlock.Activations();
        var memory = new EncoderBlock.Scratch();
        encoder.forward(engine, BATCH, SEQ_LEN, null, x, kept, 0);
        block.forward(engine, BATCH, SEQ_LEN, null, x, keptBlock, 0);
        return Stream.of(
                mistake("dY too short", () -> encoder.backward(engine, kept, few, dX), "dY", "[6 x 4]", "23"),
                mistake("dX too short", () -> encoder.backward(engine, kept, dY, few), "dX", "[6 x 4]", "23"),
                mistake("dX is dY", () -> encoder.backward(engine, kept, dY, dY), "dX and dY"),
                mistake("dX is x", () -> encoder.backward(engine, kept, dY, x), "dX and the input of a block"),
                mistake(
                        "dX is the input of the second block",
                        () -> encoder.backward(engine, kept, dY, kept.block(0).output()),
                        "dX and the input of a block"),
                mistake(
                        "dX is the output of the last block",
                        () -> encoder.backward(engine, kept, dY, kept.block(1).output()), "the input of the last norm"),
                mistake(
                        "dX is what attention kept",
                        () -> encoder.backward(engine, kept, dY, kept.block(0).attention().qkv()), "dX and qkv"),
                mistake("gradient too short", () -> block.backward(engine, keptBlock, few, memory), "gradient", "23"),
                mistake(
                        "gradient is x", () -> block.backward(engine, keptBlock, x, memory),
                        "gradient and the input of a block"));
    }

    @TestFactory
    Stream<DynamicTest> pooling() {
        MeanPooling mean = new MeanPooling(DIM);
        MaxPooling max = new MaxPooling(DIM);
        AttentionPooling layer = new AttentionPooling(builder, "pool", DIM);
        build();
        var keptMax = new MaxPooling.Activations();
        var kept = new AttentionPooling.Activations();
        int[] lengths = {2, 3};
        max.forward(engine, BATCH, SEQ_LEN, lengths, x, new float[BATCH * DIM], keptMax);
        // Weights for more tokens, so that they are as large as a gradient.
        layer.forward(engine, SIZE, 1, null, new float[SIZE * DIM], new float[SIZE * DIM], kept);
        layer.forward(engine, BATCH, SEQ_LEN, lengths, x, new float[BATCH * DIM], kept);
        Write over = Write.OVERWRITE;
        return Stream.of(
                mistake("mean: y is x", () -> mean.forward(engine, BATCH, SEQ_LEN, lengths, x, x), "y overlaps x"),
                mistake(
                        "mean: dX is dY", () -> mean.backward(engine, BATCH, SEQ_LEN, lengths, dY, dY),
                        "dX overlaps dY"),
                mistake(
                        "max: y is x", () -> max.forward(engine, BATCH, SEQ_LEN, lengths, x, x, keptMax), "y and x"),
                mistake(
                        "max: dX too short", () -> max.backward(engine, BATCH, SEQ_LEN, dY, few, over, keptMax), "dX",
                        "[6 x 4]", "23"),
                mistake(
                        "max: dX is dY", () -> max.backward(engine, BATCH, SEQ_LEN, dY, dY, over, keptMax),
                        "dX and dY"),
                mistake("y is x", () -> layer.forward(engine, BATCH, SEQ_LEN, lengths, x, x, kept), "y and x"),
                mistake(
                        "dX too short", () -> layer.backward(engine, BATCH, SEQ_LEN, x, dY, few, over, kept), "dX",
                        "[6 x 4]", "23"),
                mistake("dX is x", () -> layer.backward(engine, BATCH, SEQ_LEN, x, dY, x, over, kept), "dX and x"),
                mistake("dX is dY", () -> layer.backward(engine, BATCH, SEQ_LEN, x, dY, dY, over, kept), "dX and dY"),
                mistake(
                        "dX is the weights",
                        () -> layer.backward(engine, BATCH, SEQ_LEN, x, dY, kept.weights(), over, kept),
                        "dX and weights"));
    }

    @TestFactory
    Stream<DynamicTest> classifierHead() {
        ClassifierHead head = new ClassifierHead(builder, "head", DIM, HIDDEN, 0.4f);
        build();
        var kept = new ClassifierHead.Activations();
        head.forward(engine, ROWS, x, new float[ROWS * HIDDEN], kept, 0);
        return Stream.of(
                mistake("dLogits too short", () -> head.backward(engine, kept, few, dX), "dLogits", "[6 x 8]", "23"),
                mistake("dX too short", () -> head.backward(engine, kept, dY, few), "dX", "[6 x 4]", "23"),
                mistake("dX is dLogits", () -> head.backward(engine, kept, dY, dY), "dX and dLogits"),
                mistake(NullPointerException.class, "dX is null", () -> head.backward(engine, kept, dY, null), "dX"));
    }

    @TestFactory
    Stream<DynamicTest> embedding() {
        Embedding words = new Embedding(builder, "words", 9, DIM, 0, Initializer.normal(1));
        build();
        var kept = new Embedding.Activations();
        words.forward(engine, ROWS, new int[] {1, 2, 3, 4, 5, 8}, new float[SIZE], Write.OVERWRITE, kept);
        float[] table = words.table().parameter().gradients();
        return Stream.of(
                mistake("dY too short", () -> words.backward(engine, kept, few), "dY", "[6 x 4]", "23"),
                mistake("dY is the gradient of the table", () -> words.backward(engine, kept, table), "overlaps"));
    }
}
