package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.Engine;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Activations that outlive a pass: they serve one model after another, as they would have served each from the start. */
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
}
