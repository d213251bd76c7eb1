package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.examples.imdb.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the command line can do, behind its options: the seam between reading arguments and computing. */
interface Operations {

    /**
     * Trains a classifier and measures it on the test part; writes nothing.
     *
     * @throws dev.lanewise.examples.imdb.ImdbException for a mistake the user can mend
     */
    RunResult train(RunSettings settings, TrainingListener listener) throws IOException;

    /**
     * Opens a saved classifier.
     *
     * @throws dev.lanewise.examples.imdb.ImdbException if there is none or it is damaged
     */
    Classifier open(Path model, int threads) throws IOException;

    /** A loaded model, to be closed. */
    interface Classifier extends AutoCloseable {

        /** The probabilities of "positive", one per text, from 0 to 1. */
        float[] probabilities(List<String> texts);

        /**
         * Measures the model on one part of the data, split by the seed of its training. Of the test part only on what the
         * training has not seen.
         *
         * @throws dev.lanewise.examples.imdb.ImdbException if the training has seen the whole test part
         */
        Measured evaluate(Evaluation evaluation, TrainingListener listener) throws IOException;

        @Override
        void close();
    }

    /**
     * What {@code evaluate} was asked for.
     *
     * @param data the reviews; empty for "look in the usual places"
     * @param part which of them
     * @param skipBadRows whether broken rows are left out and counted rather than refused
     */
    record Evaluation(Optional<Path> data, Part part, boolean skipBadRows) {}

    /**
     * What {@code evaluate} led to.
     *
     * @param result the answers
     * @param leftOut reviews of the test part that were not asked for, since the training had seen them
     */
    record Measured(ClassificationResult result, int leftOut) {}

    /** A part of the data. */
    enum Part {
        TRAIN,
        VALIDATION,
        TEST
    }
}
