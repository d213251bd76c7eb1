package dev.lanewise.benchmarks.gate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A table of results as shares of the machine's limits, of one file of results. */
final class SharesReport {
    private final List<Rates> rows;
    private final List<Rates> limits;
    private final Rulers rulers;
    private final TreeSet<String> notes = new TreeSet<>();

    /** A report on the results that have a rate; the others say nothing of the machine. */
    SharesReport(List<Rates> all) {
        rows = all.stream().filter(r -> !Rulers.contains(r))
                .filter(r -> !Double.isNaN(r.gflops()) || !Double.isNaN(r.gigabytes())).toList();
        limits = all.stream().filter(Rulers::contains).toList();
        rulers = new Rulers(all);
    }

    /** Whether there is nothing to report. */
    boolean isEmpty() {
        return rows.isEmpty() && limits.isEmpty();
    }

    /** One table of the limits, one of the results, and what is missing. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        if (!limits.isEmpty()) {
            text.append("| limit | parameters | runs on | GFLOP/s | GB/s |\n|---|---|---|---:|---:|\n");
            limits.forEach(ruler -> text.append(line(name(ruler), number(ruler.gflops()), number(ruler.gigabytes()))));
        }
        if (!rows.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n");
            text.append("| benchmark | parameters | runs on | GFLOP/s | of peak | GB/s | of bandwidth |\n");
            text.append("|---|---|---|---:|---:|---:|---:|\n");
            rows.forEach(row -> text.append(row(row)));
        }
        if (!notes.isEmpty()) {
            text.append("\n");
            notes.forEach(note -> text.append("- ").append(note).append('\n'));
        }
        return text.toString();
    }

    private String row(Rates row) {
        String ofPeak = "-";
        if (!Double.isNaN(row.gflops())) {
            Optional<Rates> peak = rulers.peak(row);
            ofPeak = peak.map(ruler -> percent(row.gflops() / ruler.gflops())).orElse("-");
            if (peak.isEmpty()) {
                missing("PeakBenchmark", row);
            }
        }
        String ofBandwidth = "-";
        if (!Double.isNaN(row.gigabytes())) {
            Optional<Rates> bandwidth = rulers.bandwidth(row);
            ofBandwidth = bandwidth
                    .map(r -> percent(row.gigabytes() / r.gigabytes()) + " of " + Rulers.kilobytes(r) + " KB")
                    .orElse("-");
            if (bandwidth.isEmpty()) {
                missing("BandwidthBenchmark", row);
            }
        }
        return line(name(row), number(row.gflops()), ofPeak, number(row.gigabytes()), ofBandwidth);
    }

    private void missing(String ruler, Rates row) {
        notes.add(
                "No usable result of " + ruler + " on " + processors(row) + widthText(row)
                        + " in this file: run it together with the others to have shares of it.");
    }

    private static String name(Rates rates) {
        SortedMap<String, String> params = new TreeMap<>(rates.result().params());
        String flags = rates.width().isEmpty() ? "" : " " + rates.width();
        return rates.result().benchmark() + " | " + Limit.text(params) + flags + " | " + processors(rates);
    }

    private static String processors(Rates rates) {
        return rates.parallel() ? "all processors" : "one thread";
    }

    private static String widthText(Rates rates) {
        return rates.width().isEmpty() ? "" : " with " + rates.width();
    }

    private static String line(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", value) : "-";
    }

    private static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.0f %%", 100 * share) : "-";
    }
}
