package dev.lanewise.examples.imdb.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
@Command(name = "evaluate",
        description = "Measure a saved classifier on labelled reviews. Those that it was trained on are left out of the test "
                + "part and counted: another source than that of the training is split in another way.",
        sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

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

    @Option(names = "--json",
            description = "Print the figures as one JSON object; leftOut counts reviews that the training has seen.")
    private boolean json;

    @Mixin
    private Common common;

    @Override
    public Integer call() throws IOException {
        Operations.Measured measured;
        try (Operations.Classifier classifier = program.operations().open(model, common.threads())) {
            Operations.Evaluation evaluation = new Operations.Evaluation(Optional.ofNullable(data), part, skipBadRows);
            measured = classifier.evaluate(evaluation, program.listener());
        }
        if (json) {
            ObjectNode figures = JSON.valueToTree(Metrics.TestFigures.of(measured.result()));
            program.out().println(JSON.writeValueAsString(figures.put("leftOut", measured.leftOut())));
        } else {
            print(measured.result(), measured.leftOut());
        }
        return Imdb.OK;
    }

    private void print(ClassificationResult result, int leftOut) {
        PrintWriter to = program.out();
        String others = leftOut == 0
                ? ""
                : String.format(Locale.ROOT, " (%,d more left out, which the training has seen)", leftOut);
        to.println(String.format(Locale.ROOT, "reviews    %,d%s", result.reviews(), others));
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
