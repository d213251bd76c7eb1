package dev.lanewise.benchmarks.peers;

import dev.lanewise.Engine;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Encoder;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Parameters;
import dev.lanewise.optim.AdamW;

/** A training step of the engine's own layers: the public classes that a program would use. */
final class LanewiseEncoder implements Call {
    private static final String PREFIX = "encoder.";

    private final Engine engine;
    private final TrainingWorkload.Encoder workload;
    private final Encoder encoder;
    private final Parameters parameters;
    private final Encoder.Activations kept = new Encoder.Activations();
    private AdamW optimizer;
    private long steps;

    LanewiseEncoder(Engine engine, TrainingWorkload.Encoder workload) {
        this.engine = engine;
        this.workload = workload;
        Parameters.Builder builder = Parameters.builder(1);
        encoder = encoder(builder, workload.forward());
        parameters = builder.build();
        restart();
    }

    /** The forward pass alone, as a model is used that has been trained. */
    static Call inference(Engine engine, EncoderWorkload w) {
        Parameters.Builder builder = Parameters.builder(1);
        Encoder encoder = encoder(builder, w);
        load(w, builder.build());
        Encoder.Activations kept = new Encoder.Activations();
        return new Call() {
            @Override
            public void run() {
                encoder.forward(engine, w.batch(), w.tokens(), null, w.x(), kept, Dropout.EVALUATION);
            }

            @Override
            public void fetch() {
                System.arraycopy(kept.output(), 0, w.y(), 0, w.y().length);
            }
        };
    }

    private static Encoder encoder(Parameters.Builder builder, EncoderWorkload w) {
        return new Encoder(
                builder, "encoder",
                new Encoder.Config(w.modelDim(), w.heads(), w.feedForwardDim(), w.layers(), Activation.GELU, 0f,
                        false));
    }

    private static void load(EncoderWorkload w, Parameters parameters) {
        for (EncoderWorkload.Weight weight : w.weights()) {
            Parameter to = parameters.get(PREFIX + weight.name());
            System.arraycopy(weight.values(), 0, to.values(), to.offset(), to.size());
        }
    }

    @Override
    public void restart() {
        load(workload.forward(), parameters);
        optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT);
    }

    @Override
    public void run() {
        EncoderWorkload w = workload.forward();
        parameters.zeroGradients();
        encoder.forward(engine, w.batch(), w.tokens(), null, w.x(), kept, steps++);
        encoder.backward(engine, kept, workload.dY(), workload.dX());
        optimizer.step(engine, TrainingWorkload.Encoder.LEARNING_RATE);
    }

    @Override
    public void fetch() {
        EncoderWorkload w = workload.forward();
        System.arraycopy(kept.output(), 0, w.y(), 0, w.y().length);
        for (int i = 0; i < w.weights().size(); i++) {
            Parameter from = parameters.get(PREFIX + w.weights().get(i).name());
            System.arraycopy(from.gradients(), from.offset(), workload.gradients().get(i), 0, from.size());
        }
    }
}
