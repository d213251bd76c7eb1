package dev.lanewise.examples.imdb.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.examples.imdb.report.Metrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code imdb evaluate}: a saved classifier against labelled reviews. */
@Command(name = "evaluate", description = "Measure a saved classifier on labelled reviews.", sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {

    @ParentCommand
    private Imdb program;

    @Option(names = "--model", paramLabel = "DIR",
            description = "A model's folder or the result folder that holds it (default: ${DEFAULT-VALUE}).")
    private Path model = Imdb.DEFAULT_RUN;

    @Option(names = "--data", paramLabel = "PATH", description = "Reviews, as for train.")
    private Path data;

    @Option(names = "--part", paramLabel = "PART",
            description = "Part of the reviews: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Operations.Part part = Operations.Part.TEST;

    @Option(names = "--skip-bad-rows", description = "Leave broken rows out and count them instead of stopping.")
    private boolean skipBadRows;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    private boolean json;

    @Mixin
    private Common common;

    @Override
    public Integer call() throws IOException {
        ClassificationResult result;
        try (Operations.Classifier classifier = program.operations().open(model, common.threads())) {
            Operations.Evaluation evaluation = new Operations.Evaluation(Optional.ofNullable(data), part, skipBadRows);
            result = classifier.evaluate(evaluation, program.listener());
        }
        if (json) {
            program.out().println(new ObjectMapper().writeValueAsString(Metrics.TestFigures.of(result)));
        } else {
            print(result);
        }
        return Imdb.OK;
    }

    private void print(ClassificationResult result) {
        PrintWriter to = program.out();
        to.println(String.format(Locale.ROOT, "reviews    %,d", result.reviews()));
        to.println(String.format(
                Locale.ROOT, "accuracy   %.2f %% (+- %.2f)", 100 * result.accuracy(), 100 * result.standardError()));
        to.println(String.format(Locale.ROOT, "loss       %.4f", result.loss()));
        to.println(String.format(Locale.ROOT, "precision  %.4f", result.precision()));
        to.println(String.format(Locale.ROOT, "recall     %.4f", result.recall()));
        to.println(String.format(Locale.ROOT, "F1         %.4f", result.f1()));
        to.println();
        to.println("                 called negative   called positive");
        row(to, "is negative", result.trueNegatives(), result.falsePositives());
        row(to, "is positive", result.falseNegatives(), result.truePositives());
    }

    private static void row(PrintWriter to, String name, long negative, long positive) {
        to.println(String.format(Locale.ROOT, "%-11s   %,18d   %,15d", name, negative, positive));
    }
}
