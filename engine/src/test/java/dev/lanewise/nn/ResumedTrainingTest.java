package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.Engine;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.GradientClipping;
import dev.lanewise.optim.WeightAverage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training that is saved, and goes on with objects that know nothing but what was saved. */
class ResumedTrainingTest {
    private static final int VOCABULARY = 300;
    private static final int BATCH = 6;
    private static final int SEQ_LEN = 9;
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9f, 0.99f, 1e-8f, 0.1f);

    /** All that has a state in a training: a model with dropout and a table, its optimiser, and the average of its weights. */
    private static final class Training {
        private final TinyClassifier model = new TinyClassifier(
                2, VOCABULARY, new Encoder.Config(16, 2, 32, 1, Activation.GELU, 0.3f, false));
        private final AdamW optimizer = new AdamW(model.parameters, SETTINGS);
        private final WeightAverage average = new WeightAverage(model.parameters, 0.8);
        private final GradientClipping clipping = new GradientClipping(0.5);

        /** Batches depend on the number of the step alone; each has rare words, which most steps do not touch. */
        private void run(Engine engine, long from, long to) {
            for (long step = from; step < to; step++) {
                SplittableRandom random = new SplittableRandom(step);
                int[] lengths = random.ints(BATCH, 1, SEQ_LEN + 1).toArray();
                int[] ids = new int[BATCH * SEQ_LEN];
                for (int b = 0; b < BATCH; b++) {
                    for (int t = 0; t < lengths[b]; t++) {
                        ids[b * SEQ_LEN + t] = 1 + random.nextInt(VOCABULARY - 1);
                    }
                }
                int[] labels = random.ints(BATCH, 0, TinyClassifier.CLASSES).toArray();
                model.train(
                        engine, new Oracle.Batch(BATCH, SEQ_LEN, lengths), ids, labels, step, clipping, optimizer,
                        0.01f);
                average.update();
            }
        }

        private byte[] save() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            write(out, model.parameters);
            out.writeLong(optimizer.steps());
            write(out, optimizer.firstMoments());
            write(out, optimizer.secondMoments());
            out.writeLong(average.updates());
            write(out, average.average());
            return bytes.toByteArray();
        }

        private static Training load(byte[] saved) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved));
            Training training = new Training();
            Parameters layout = training.model.parameters;
            training.model.parameters.copyFrom(read(in, layout));
            training.optimizer.restore(in.readLong(), read(in, layout), read(in, layout));
            training.average.restore(in.readLong(), read(in, layout));
            assertEquals(0, in.available());
            return training;
        }

        private static void write(DataOutputStream out, Parameters parameters) throws IOException {
            for (Parameter parameter : parameters.all()) {
                for (int i = 0; i < parameter.size(); i++) {
                    out.writeFloat(parameter.values()[parameter.offset() + i]);
                }
            }
        }

        private static Parameters read(DataInputStream in, Parameters layout) throws IOException {
            Parameters parameters = layout.zeros();
            for (Parameter parameter : parameters.all()) {
                for (int i = 0; i < parameter.size(); i++) {
                    parameter.values()[parameter.offset() + i] = in.readFloat();
                }
            }
            return parameters;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "3, 5", "1, 1", "1, 0"})
    void tenStepsHaveTheSameBitsWhereverTheyAreBroken(int threads, int broken) throws IOException {
        Training whole = new Training();
        Training resumed = new Training();
        try (Engine engine = Engine.builder().threads(threads).build()) {
            whole.run(engine, 0, 10);
            resumed.run(engine, 0, broken);
            byte[] saved = resumed.save();
            resumed = Training.load(saved);
            assertArrayEquals(saved, resumed.save());
            resumed.run(engine, broken, 10);
        }
        assertSameBits(whole.model.parameters, resumed.model.parameters, "weights");
        assertSameBits(whole.optimizer.firstMoments(), resumed.optimizer.firstMoments(), "m");
        assertSameBits(whole.optimizer.secondMoments(), resumed.optimizer.secondMoments(), "v");
        assertSameBits(whole.average.average(), resumed.average.average(), "average");
        assertEquals(10, resumed.optimizer.steps());
        assertEquals(10, resumed.average.updates());
    }

    private static void assertSameBits(Parameters expected, Parameters actual, String what) {
        for (Parameter parameter : expected.all()) {
            assertFalse(
                    Arrays.equals(new float[parameter.values().length], parameter.values()),
                    what + " of " + parameter + " have not moved");
            assertArrayEquals(
                    parameter.values(), actual.get(parameter.name()).values(), what + " of " + parameter);
        }
    }
}
