package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.GradientClipping;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole training steps: embedding to loss, back, clipping and update. */
class TrainingTest {
    /** Sequences whose label is whether token 1 comes before token 2; the rest is noise and padding. */
    private record Task(Oracle.Batch shape, int[] ids, int[] labels) {
        static Task of(long seed, int batch, int seqLen, int vocabulary) {
            int[] lengths = new int[batch];
            int[] ids = new int[batch * seqLen];
            int[] labels = new int[batch];
            long counter = 0;
            for (int b = 0; b < batch; b++) {
                lengths[b] = 2 + pick(seed, counter++, seqLen - 1);
                for (int t = 0; t < lengths[b]; t++) {
                    ids[b * seqLen + t] = 3 + pick(seed, counter++, vocabulary - 3);
                }
                int first = pick(seed, counter++, lengths[b] - 1);
                int second = first + 1 + pick(seed, counter++, lengths[b] - 1 - first);
                labels[b] = b % 2;
                ids[b * seqLen + first] = 1 + labels[b];
                ids[b * seqLen + second] = 2 - labels[b];
            }
            return new Task(new Oracle.Batch(batch, seqLen, lengths), ids, labels);
        }

        private static int pick(long seed, long counter, int bound) {
            return (int) (CounterRandom.uniform(seed, counter) * bound);
        }
    }

    private static Encoder.Config config(int dim, int heads, int blocks, float dropout) {
        return new Encoder.Config(dim, heads, 2 * dim, blocks, Activation.GELU, dropout, false);
    }

    @Test
    void aTinyModelLearnsAToyTaskByHeart() {
        Task task = Task.of(1, 32, 12, 20);
        TinyClassifier model = new TinyClassifier(2, 20, config(16, 2, 1, 0f));
        AdamW optimizer = new AdamW(model.parameters, AdamW.Settings.DEFAULT);
        GradientClipping clipping = new GradientClipping(1);
        double loss = Double.NaN;
        try (Engine engine = Engine.start()) {
            for (int step = 0; step < 150; step++) {
                loss = model.train(
                        engine, task.shape, task.ids, task.labels, step, clipping, optimizer,
                        5e-3f);
            }
        }
        assertTrue(loss < 0.01, "loss is still " + loss);
    }

    @Test
    void tenStepsHaveTheSameBitsForAnyNumberOfThreads() {
        // Large enough that every operation is split.
        Task task = Task.of(3, 16, 41, 500);
        TinyClassifier expected = tenSteps(1, task);
        for (int threads : new int[] {2, 7}) {
            TinyClassifier actual = tenSteps(threads, task);
            for (Parameter parameter : expected.parameters.all()) {
                assertArrayEquals(
                        parameter.values(),
                        actual.parameters.get(parameter.name()).values(),
                        parameter.name() + " with " + threads + " threads");
            }
        }
    }

    private static TinyClassifier tenSteps(int threads, Task task) {
        TinyClassifier model = new TinyClassifier(2, 500, config(48, 3, 2, 0.2f));
        AdamW optimizer = new AdamW(model.parameters, AdamW.Settings.DEFAULT);
        GradientClipping clipping = new GradientClipping(0.5);
        try (Engine engine = Engine.builder().threads(threads).build()) {
            for (int step = 0; step < 10; step++) {
                model.train(
                        engine, task.shape, task.ids, task.labels, step, clipping, optimizer, 1e-3f);
            }
        }
        return model;
    }

    @Test
    void tenStepsFollowThoseInDoubleWithNumericGradients() {
        Task task = Task.of(5, 4, 5, 9);
        TinyClassifier model = new TinyClassifier(2, 9, config(4, 2, 2, 0f));
        // A large epsilon: Adam would make full steps of roundings where a gradient is zero by nature.
        AdamW.Settings settings = new AdamW.Settings(0.9f, 0.98f, 1e-2f, 0.1f);
        AdamW optimizer = new AdamW(model.parameters, settings);
        GradientClipping clipping = new GradientClipping(0.5);
        Map<String, double[]> p = Gradients.doubles(model.parameters);
        DoubleAdamW oracle = new DoubleAdamW(model.parameters, settings, 0.5);
        try (Engine engine = Engine.start()) {
            for (int step = 0; step < 10; step++) {
                double expected = model.oracle(p, task.shape, task.ids, task.labels);
                double actual = model.train(
                        engine, task.shape, task.ids, task.labels, step, clipping, optimizer,
                        0.05f);
                assertEquals(expected, actual, 2e-5, "loss of step " + step);
                oracle.step(p, 0.05f, v -> model.oracle(v, task.shape, task.ids, task.labels));
            }
        }
        for (Parameter parameter : model.parameters.all()) {
            Gradients.assertClose(
                    parameter.name(),
                    p.get(parameter.name()),
                    parameter.values(),
                    parameter.offset(),
                    2e-4);
        }
    }
}
