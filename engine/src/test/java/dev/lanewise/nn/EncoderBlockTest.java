package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderBlockTest {
    private static final Oracle.Batch SHAPE = new Oracle.Batch(3, 5, new int[] {5, 2, 1});
    private static final int DIM = 6;
    private static final int SIZE = SHAPE.tokens() * DIM;

    private final Engine engine = Engine.serial();

    private static double[] mask(Parameters.Builder builder, String name, float p, long step) {
        float[] ones = new float[SIZE];
        Arrays.fill(ones, 1f);
        new Dropout(builder, name, p).apply(Engine.serial(), SIZE, step, ones, ones);
        return Gradients.doubles(ones);
    }

    @ParameterizedTest
    @CsvSource({
        "RELU, 0, false, LAYER", "GELU, 0, true, LAYER", "GELU, 0.4, false, LAYER", "RELU, 0.4, true, LAYER",
        "GELU, 0, false, RMS", "RELU, 0.4, false, RMS"
    })
    void forwardAndGradientsAreThoseOfTheOracle(
            Activation activation, float probability, boolean causal, Normalization norm) {
        var config = new Encoder.Config(DIM, 2, 10, 1, activation, probability, causal, norm);
        Parameters.Builder builder = Parameters.builder(3);
        EncoderBlock block = new EncoderBlock(builder, "block", config);
        Parameters parameters = builder.build();
        Gradients.disturb(parameters, 4);
        float[] x = Gradients.random(5, SIZE);
        float[] dY = Gradients.random(6, SIZE);
        float[] gradient = dY.clone();
        var kept = new EncoderBlock.Activations();
        block.forward(engine, SHAPE.batch(), SHAPE.seqLen(), SHAPE.lengths(), x, kept, 7);
        block.backward(engine, kept, gradient, new EncoderBlock.Scratch());

        double[] mask1 = mask(builder, "block.dropout1", probability, 7);
        double[] mask2 = mask(builder, "block.dropout2", probability, 7);
        double[] xDouble = Gradients.doubles(x);
        var values = Gradients.doubles(parameters);
        Gradients.assertClose(
                "y",
                Oracle.block(values, "block", config, SHAPE, xDouble, mask1, mask2),
                kept.output(),
                0);
        Gradients.assertInputGradient(
                gradient,
                x,
                v -> Gradients.dot(
                        Oracle.block(values, "block", config, SHAPE, v, mask1, mask2), dY));
        Gradients.assertParameterGradients(
                parameters,
                p -> Gradients.dot(
                        Oracle.block(p, "block", config, SHAPE, xDouble, mask1, mask2), dY));
    }

    @Test
    void activationsThatServedALargerBatchGiveTheSameBits() {
        var config = new Encoder.Config(DIM, 2, 10, 1, Activation.GELU, 0.1f, false);
        Parameters.Builder builder = Parameters.builder(3);
        EncoderBlock block = new EncoderBlock(builder, "block", config);
        Parameters parameters = builder.build();
        float[] x = Gradients.random(5, 8 * 9 * DIM);
        var fresh = new EncoderBlock.Activations();
        float[] expected = Gradients.random(6, SIZE);
        float[] actual = expected.clone();
        block.forward(engine, SHAPE.batch(), SHAPE.seqLen(), SHAPE.lengths(), x, fresh, 7);
        block.backward(engine, fresh, expected, new EncoderBlock.Scratch());
        float[] gradients = parameters.gradients().clone();

        var used = new EncoderBlock.Activations();
        var scratch = new EncoderBlock.Scratch();
        block.forward(engine, 8, 9, null, x, used, 1);
        block.backward(engine, used, Gradients.random(7, 8 * 9 * DIM), scratch);
        parameters.zeroGradients();
        block.forward(engine, SHAPE.batch(), SHAPE.seqLen(), SHAPE.lengths(), x, used, 7);
        block.backward(engine, used, actual, scratch);
        assertArrayEquals(expected, actual);
        assertArrayEquals(gradients, parameters.gradients());
    }

    @Test
    void onceWarmAStepAllocatesNothingOfTheSizeOfItsData() {
        int batch = 4;
        int seqLen = 32;
        int dim = 32;
        int size = batch * seqLen * dim;
        var config = new Encoder.Config(dim, 4, 64, 1, Activation.GELU, 0.1f, false);
        Parameters.Builder builder = Parameters.builder(3);
        EncoderBlock block = new EncoderBlock(builder, "block", config);
        builder.build();
        float[] x = Gradients.random(5, size);
        float[] gradient = Gradients.random(6, size);
        int[] lengths = {32, 7, 20, 1};
        var kept = new EncoderBlock.Activations();
        var scratch = new EncoderBlock.Scratch();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // Scalar kernels: vectors are objects until the JIT has compiled what uses them.
        try (Engine scalar = Engine.builder().threads(1).implementation(Implementation.SCALAR).build()) {
            long before = 0;
            for (int step = 0; step < 12; step++) {
                if (step == 2) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                block.forward(scalar, batch, seqLen, lengths, x, kept, step);
                block.backward(scalar, kept, gradient, scratch);
            }
            long perStep = (threads.getCurrentThreadAllocatedBytes() - before) / 10;
            // One activation array has 16 KiB; checks and lambdas may make small objects.
            assertTrue(perStep < Float.BYTES * size / 2, perStep + " bytes a step");
        }
    }
}
