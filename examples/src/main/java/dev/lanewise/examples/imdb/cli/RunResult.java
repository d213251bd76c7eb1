package dev.lanewise.examples.imdb.cli;

import dev.lanewise.EngineInfo;
import dev.lanewise.examples.imdb.model.SavedModel;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.examples.imdb.report.DataCounts;
import dev.lanewise.examples.imdb.report.WordCount;
import dev.lanewise.examples.imdb.training.EpochResult;
import java.util.List;

/**
 * What a training led to.
 *
 * @param data what it was fed with
 * @param topWords the most frequent words of the training part, most frequent first
 * @param epochs its passes in order
 * @param bestEpoch the pass whose weights the model has
 * @param test the model's answers on the test part
 * @param model the classifier
 * @param engine what it was computed on
 */
record RunResult(
        DataCounts data,
        List<WordCount> topWords,
        List<EpochResult> epochs,
        int bestEpoch,
        ClassificationResult test,
        SavedModel model,
        EngineInfo engine) {}
