package dev.lanewise.examples.imdb.training;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.batch.Batch;
import dev.lanewise.examples.imdb.model.ModelInput;
import dev.lanewise.examples.imdb.model.SentimentModel;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Write;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.GradientClipping;
import dev.lanewise.optim.LearningRateSchedule;
import java.util.List;

/** One step of training: gradients of a batch, and the update that follows from them. */
final class TrainingStep {

    /** Smaller than the usual 0.999: a run has a few thousand steps. */
    private static final float BETA2 = 0.98f;

    private final Engine engine;
    private final SentimentModel model;
    private final TrainingSettings settings;
    private final LearningRateSchedule schedule;
    private final Noise noise;
    private final long firstAdversarial;
    private final AdamW optimizer;
    private final GradientClipping clipping;
    private final RowUpdate rows;
    private final CrossEntropyLoss loss = new CrossEntropyLoss(SentimentModel.CLASSES);
    private final CrossEntropyLoss.Activations losses = new CrossEntropyLoss.Activations();
    private final SentimentModel.Activations kept = new SentimentModel.Activations();
    private final ModelInput input = new ModelInput();
    private int correct;

    /**
     * Prepares a training.
     *
     * @param engine runs it
     * @param model what is trained
     * @param settings rates and noise
     * @param ratios class ratios of the rows of the model's tables
     * @param steps steps in all
     */
    TrainingStep(Engine engine, SentimentModel model, TrainingSettings settings, List<float[]> ratios, long steps) {
        this.engine = engine;
        this.model = model;
        this.settings = settings;
        schedule = new LearningRateSchedule(
                settings.learningRate(), 0, Math.round(settings.warmUp() * steps), steps);
        Regularization regularization = settings.regularization();
        noise = new Noise(regularization, settings.model().seed(), settings.model().group());
        firstAdversarial = regularization.adversarial() > 0
                ? Math.round(regularization.adversarialStart() * steps)
                : Long.MAX_VALUE;
        optimizer = new AdamW(
                model.parameters(), new AdamW.Settings(0.9f, BETA2, 1e-8f, (float) settings.weightDecay()));
        clipping = new GradientClipping(settings.clipNorm());
        rows = new RowUpdate(model.tables(), ratios);
    }

    /**
     * Runs a step.
     *
     * @param batch the reviews
     * @param step its number, from 0
     * @return the mean loss of the batch before the update; NaN or infinity, and no update, if the training has diverged
     */
    double run(Batch batch, long step) {
        int size = batch.size();
        noise.apply(batch, step, input);
        model.embed(engine, input, kept, step);
        // Two passes share a step; the dropout inside the model goes by their own count.
        model.forward(engine, kept, 2 * step);
        float[] logits = kept.logits();
        // Counted before the gradient takes the place of the logits.
        correct = loss.correct(size, logits, batch.labels());
        double mean = loss.forwardBackward(engine, size, logits, batch.labels(), losses, logits);
        if (!Double.isFinite(mean)) {
            return mean;
        }
        model.parameters().zeroGradients();
        model.backward(engine, kept, logits, Write.OVERWRITE);
        if (step >= firstAdversarial) {
            perturb();
            model.forward(engine, kept, 2 * step + 1);
            loss.backward(engine, size, kept.logits(), batch.labels(), kept.logits());
            model.backward(engine, kept, kept.logits(), Write.ADD);
        }
        model.embedBackward(engine, kept, step);
        double norm = clipping.norm(engine, model.parameters());
        double share = schedule.rate(step) / settings.learningRate();
        if (!Double.isFinite(norm) || !rows.step(engine, settings.rowLearningRate() * share)) {
            return Double.NaN;
        }
        optimizer.step(engine, schedule.rate(step), clipping.factor(norm));
        return mean;
    }

    /**
     * How many reviews of the last batch were answered rightly.
     *
     * @return from 0 to the size of the batch
     */
    int correct() {
        return correct;
    }

    /**
     * The rate of a step.
     *
     * @param step its number, from 0
     * @return the learning rate of all but the tables
     */
    double rate(long step) {
        return schedule.rate(step);
    }

    /** Moves each review by {@code length * sqrt(tokens) * g / |g|}, g being the gradient of its vectors. */
    private void perturb() {
        int dim = model.config().modelDim();
        int stride = input.seqLen() * dim;
        float[] x = kept.x();
        float[] g = kept.dX();
        double length = settings.regularization().adversarial();
        engine.workers().run(input.size(), b -> {
            int n = input.lengths()[b] * dim;
            double norm = Math.sqrt(engine.elementwise().sumOfSquares(n, g, b * stride));
            if (norm > 0) {
                float factor = (float) (length * Math.sqrt(input.lengths()[b]) / norm);
                for (int i = b * stride; i < b * stride + n; i++) {
                    x[i] += factor * g[i];
                }
            }
        });
    }
}
