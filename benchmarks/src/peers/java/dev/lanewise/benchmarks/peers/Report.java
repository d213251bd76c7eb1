package dev.lanewise.benchmarks.peers;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The table of a comparison in Markdown, printed row by row as it is measured. */
final class Report {
    static final String PEAK = "peak";

    private final PrintWriter out;
    private final StringBuilder text = new StringBuilder();
    private List<String> columns = List.of();

    Report(PrintWriter out) {
        this.out = out;
    }

    /** Writes what is compared, and the head of the table. */
    void start(List<Contender> contenders, int threads, int rounds, int blockMillis) {
        columns = new ArrayList<>(contenders.stream().map(c -> c.peer().name()).toList());
        columns.add(PEAK);
        line(
                "10^9 operations (attention, products) or elements a second and ratios, medians of " + rounds
                        + " rounds in turns of " + blockMillis + " ms; " + threads
                        + (threads == 1 ? " thread; " : " threads; ") + processor());
        line("");
        for (Contender contender : contenders) {
            line("- " + contender.peer().name() + ": " + contender.version());
        }
        line("");
        StringBuilder head = new StringBuilder("| task |");
        StringBuilder rule = new StringBuilder("|---|");
        for (String column : columns) {
            head.append(' ').append(column).append(" |");
            rule.append("---:|");
        }
        for (String column : others()) {
            head.append(" ÷ ").append(column).append(" |");
            rule.append("---:|");
        }
        line(head.toString());
        line(rule.toString());
    }

    /** Writes a row: the median speed of each, and the medians of Lanewise's ratios to the others. */
    void add(Task task, Map<String, double[]> speeds) {
        StringBuilder row = new StringBuilder("| " + task.text().replace("*", "\\*") + " |");
        for (String column : columns) {
            double[] speed = speeds.get(column);
            row.append(speed == null ? "  |" : format(Turns.median(speed)));
        }
        for (String column : others()) {
            double[] speed = speeds.get(column);
            row.append(
                    speed == null
                            ? "  |"
                            : String.format(
                                    Locale.ROOT, " %.3f |", Turns.medianRatio(speeds.get(columns.getFirst()), speed)));
        }
        line(row.toString());
    }

    private static String format(double speed) {
        return String.format(Locale.ROOT, speed < 10 ? " %.2f |" : " %.1f |", speed);
    }

    String text() {
        return text.toString();
    }

    private List<String> others() {
        return columns.subList(1, columns.size());
    }

    private void line(String line) {
        out.println(line);
        out.flush();
        text.append(line).append('\n');
    }

    private static String processor() {
        String jvm = Runtime.version().toString();
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(System.getProperty("os.arch"))
                    + ", JDK " + jvm;
        } catch (IOException e) {
            return System.getProperty("os.arch") + ", JDK " + jvm;
        }
    }
}
