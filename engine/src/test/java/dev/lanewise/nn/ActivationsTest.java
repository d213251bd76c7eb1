package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Activations that outlive a pass: they serve one model after another as they would have served each from the start, and know
 * what they hold.
 */
class ActivationsTest {
    private static final int BATCH = 3;
    private static final int SEQ_LEN = 10;

    private final Engine engine = Engine.serial();

    private record Result(float[] output, float[] dX, float[] gradients) {}

    private record Model(Encoder encoder, Parameters parameters, int dim) {
        static Model of(Encoder.Config config) {
            Parameters.Builder builder = Parameters.builder(3);
            Encoder encoder = new Encoder(builder, "encoder", config);
            return new Model(encoder, builder.build(), config.modelDim());
        }

        Result step(Engine engine, Encoder.Activations kept) {
            int size = BATCH * SEQ_LEN * dim;
            float[] dX = new float[size];
            parameters.zeroGradients();
            encoder.forward(engine, BATCH, SEQ_LEN, null, Gradients.random(5, size), kept, 7);
            encoder.backward(engine, kept, Gradients.random(6, size), dX);
            return new Result(
                    Arrays.copyOf(kept.output(), size), dX, parameters.gradients().clone());
        }
    }

    private static Encoder.Config config(int dim, int hidden, int blocks) {
        return new Encoder.Config(dim, 2, hidden, blocks, Activation.GELU, 0.1f, false);
    }

    static Stream<List<Encoder.Config>> models() {
        return Stream.of(
                List.of(config(32, 64, 1), config(32, 128, 1)),
                List.of(config(32, 64, 1), config(64, 64, 1)),
                List.of(config(32, 96, 1), config(48, 64, 2)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void modelsOfOtherShapesInTurnGetTheBitsOfFreshActivations(List<Encoder.Config> configs) {
        var shared = new Encoder.Activations();
        for (int round = 0; round < 2; round++) {
            for (Encoder.Config config : configs) {
                Model model = Model.of(config);
                Result expected = model.step(engine, new Encoder.Activations());
                Result actual = model.step(engine, shared);
                assertArrayEquals(expected.output(), actual.output(), config + ": output");
                assertArrayEquals(expected.dX(), actual.dX(), config + ": dX");
                assertArrayEquals(expected.gradients(), actual.gradients(), config + ": gradients");
            }
        }
    }

    /** Layers over two sequences of three tokens, whose gradients are filled as if a pass had been. */
    private final class Layers {
        private static final int SIZE = 6 * 4;

        final Parameters.Builder builder = Parameters.builder(3);
        final LayerNorm norm = new LayerNorm(builder, "norm", 4);
        final RmsNorm rms = new RmsNorm(builder, "rms", 4);
        final FeedForward feedForward = new FeedForward(builder, "ff", 4, 8, Activation.GELU);
        final MultiHeadAttention attention = new MultiHeadAttention(builder, "mha", 4, 2, false);
        final Encoder encoder = new Encoder(builder, "encoder", config(4, 8, 1));
        final Encoder deeper = new Encoder(builder, "deeper", config(4, 8, 2));
        final MaxPooling max = new MaxPooling(4);
        final AttentionPooling pooling = new AttentionPooling(builder, "pooling", 4);
        final ClassifierHead head = new ClassifierHead(builder, "head", 4, 3, 0.1f);
        final Embedding words = new Embedding(builder, "words", 9, 4, 0, Initializer.normal(1));
        final Parameters parameters = builder.build();

        final LayerNorm.Activations keptNorm = new LayerNorm.Activations();
        final RmsNorm.Activations keptRms = new RmsNorm.Activations();
        final FeedForward.Activations keptFeedForward = new FeedForward.Activations();
        final MultiHeadAttention.Activations keptAttention = new MultiHeadAttention.Activations();
        final Encoder.Activations keptEncoder = new Encoder.Activations();
        final EncoderBlock.Activations keptBlock = new EncoderBlock.Activations();
        final MaxPooling.Activations keptMax = new MaxPooling.Activations();
        final AttentionPooling.Activations keptPooling = new AttentionPooling.Activations();
        final ClassifierHead.Activations keptHead = new ClassifierHead.Activations();
        final Embedding.Activations keptWords = new Embedding.Activations();

        final float[] x = Gradients.random(5, 4 * SIZE);
        final float[] dY = Gradients.random(6, 4 * SIZE);
        final float[] dX = new float[4 * SIZE];
        final float[] scratch = new float[4 * SIZE];
        final float[] more = new float[4 * SIZE];

        Layers() {
            Arrays.fill(parameters.gradients(), 0.5f);
        }

        void forward() {
            float[] y = new float[SIZE];
            norm.forward(engine, 6, x, y, keptNorm);
            rms.forward(engine, 6, x, y, keptRms);
            feedForward.forward(engine, 6, x, y, keptFeedForward);
            attention.forward(engine, 2, 3, null, x, y, keptAttention);
            encoder.forward(engine, 2, 3, null, x, keptEncoder, 0);
            encoder.blocks().get(0).forward(engine, 2, 3, null, x, keptBlock, 0);
            max.forward(engine, 2, 3, null, x, y, keptMax);
            pooling.forward(engine, 2, 3, null, x, y, keptPooling);
            head.forward(engine, 6, x, y, keptHead, 0);
            words.forward(engine, 2, new int[] {1, 8}, y, Write.OVERWRITE, keptWords);
        }

        void backwardOfNorm(int rows) {
            norm.backward(engine, rows, x, dY, dX, keptNorm);
        }

        void backwardOfRms(int rows) {
            rms.backward(engine, rows, x, dY, dX, keptRms);
        }

        void backwardOfFeedForward(int rows) {
            feedForward.backward(engine, rows, x, dY, dX, Write.OVERWRITE, keptFeedForward, scratch);
        }

        void backwardOfAttention() {
            attention.backward(engine, x, dY, dX, Write.OVERWRITE, keptAttention, scratch, more);
        }

        void backwardOfEncoder() {
            encoder.backward(engine, keptEncoder, dY, dX);
        }

        void backwardOfBlock() {
            encoder.blocks().get(0).backward(engine, keptBlock, dX, new EncoderBlock.Scratch());
        }

        void backwardOfMax(int batch, int seqLen) {
            max.backward(engine, batch, seqLen, dY, dX, Write.OVERWRITE, keptMax);
        }

        void backwardOfPooling(int batch, int seqLen) {
            pooling.backward(engine, batch, seqLen, x, dY, dX, Write.OVERWRITE, keptPooling);
        }

        /** That a backward pass is refused in these words, and has written nothing. */
        void refuses(Class<? extends Exception> type, Executable backward, String... phrases) {
            Exception e = assertThrows(type, backward);
            for (String phrase : phrases) {
                assertTrue(e.getMessage().contains(phrase), "'" + phrase + "' is not in: " + e.getMessage());
            }
            for (float gradient : parameters.gradients()) {
                assertEquals(0.5f, gradient);
            }
            assertArrayEquals(new float[dX.length], dX);
            assertEquals(0, words.table().touchedCount());
        }
    }

    @Test
    void aBackwardPassWithoutAForwardPassIsRefused() {
        Layers layers = new Layers();
        Executable[] passes = {
            () -> layers.backwardOfNorm(6),
            () -> layers.backwardOfRms(6),
            () -> layers.backwardOfFeedForward(6),
            layers::backwardOfAttention,
            layers::backwardOfEncoder,
            layers::backwardOfBlock,
            () -> layers.backwardOfMax(2, 3),
            () -> layers.backwardOfPooling(2, 3),
            () -> layers.head.backward(engine, layers.keptHead, layers.dY, layers.dX),
            () -> layers.words.backward(engine, layers.keptWords, layers.dY)
        };
        for (Executable pass : passes) {
            layers.refuses(IllegalStateException.class, pass, "no forward pass yet");
        }
        layers.forward();
        for (Executable pass : passes) {
            assertDoesNotThrow(pass);
        }
    }

    @Test
    void aBackwardPassOverOtherSizesIsRefusedWithBoth() {
        Layers layers = new Layers();
        layers.forward();
        for (int rows : new int[] {5, 7}) {
            for (Executable pass : new Executable[] {
                () -> layers.backwardOfNorm(rows),
                () -> layers.backwardOfRms(rows),
                () -> layers.backwardOfFeedForward(rows)
            }) {
                layers.refuses(IllegalArgumentException.class, pass, "over 6 rows", rows + "; give it the same rows");
            }
        }
        for (int[] sizes : new int[][] {{1, 3}, {3, 3}, {3, 2}, {2, 2}}) {
            int batch = sizes[0];
            int seqLen = sizes[1];
            for (Executable pass : new Executable[] {
                () -> layers.backwardOfMax(batch, seqLen), () -> layers.backwardOfPooling(batch, seqLen)
            }) {
                layers.refuses(
                        IllegalArgumentException.class, pass, "2 sequences of 3 tokens", batch + " of " + seqLen);
            }
        }
    }

    @Test
    void anEncoderRefusesAPassThroughOtherBlocks() {
        Layers layers = new Layers();
        layers.forward();
        layers.refuses(
                IllegalArgumentException.class,
                () -> layers.deeper.backward(engine, layers.keptEncoder, layers.dY, layers.dX), "1 blocks", "has 2");
        layers.encoder.blocks().get(0).forward(engine, 1, 2, null, layers.x, layers.keptEncoder.block(0), 0);
        layers.refuses(IllegalArgumentException.class, layers::backwardOfEncoder, "over 2 rows", "over 6");
    }

    @Test
    void afterARefusedForwardPassThereIsNoneToGoBackOver() {
        Layers layers = new Layers();
        layers.forward();
        assertThrows(
                IllegalArgumentException.class,
                () -> layers.words.forward(
                        engine, 2, new int[] {3, 9}, layers.scratch, Write.OVERWRITE, layers.keptWords));
        layers.refuses(
                IllegalStateException.class,
                () -> layers.words.backward(engine, layers.keptWords, layers.dY), "no forward pass yet");
        assertThrows(
                IllegalArgumentException.class,
                () -> layers.encoder.forward(engine, 2, 3, new int[] {3, 4}, layers.x, layers.keptEncoder, 0));
        layers.refuses(IllegalStateException.class, layers::backwardOfEncoder, "no forward pass yet");
    }
}
