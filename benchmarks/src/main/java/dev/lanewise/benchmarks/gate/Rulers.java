package dev.lanewise.benchmarks.gate;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The limits of the machine as the results of one file show them: {@code PeakBenchmark} and {@code BandwidthBenchmark}. A
 * result is measured by what ran at the same vector width, on one thread or on all processors as it did itself.
 *
 * @param all every result of the file
 */
record Rulers(List<Rates> all) {
    private static final String PEAK = "PeakBenchmark.";
    private static final String BANDWIDTH = "BandwidthBenchmark.";

    /** Whether a result is a ruler itself. */
    static boolean contains(Rates rates) {
        return rates.result().benchmark().startsWith(PEAK) || rates.result().benchmark().startsWith(BANDWIDTH);
    }

    /** The peak of multiply-adds that holds for a result. */
    Optional<Rates> peak(Rates rates) {
        return all.stream().filter(ruler -> ruler.result().benchmark().startsWith(PEAK))
                .filter(ruler -> comparable(ruler, rates) && ruler.gflops() > 0)
                .max(Comparator.comparingDouble(Rates::gflops));
    }

    /**
     * The fastest of read, copy and triad on operands that lie where those of a result lie: of the sizes that were
     * measured, the one whose ratio to what a call moves is nearest to 1.
     */
    Optional<Rates> bandwidth(Rates rates) {
        List<Rates> streams = all.stream().filter(ruler -> ruler.result().benchmark().startsWith(BANDWIDTH))
                .filter(ruler -> comparable(ruler, rates) && ruler.gigabytes() > 0 && kilobytes(ruler) > 0)
                .toList();
        double moved = rates.bytesPerCall() / 1024;
        if (streams.isEmpty() || Double.isNaN(moved)) {
            return Optional.empty();
        }
        // One call is shared by all processors, while each thread of the ruler has operands of its own.
        double needed = rates.threads() > 1 ? moved : moved / streams.getFirst().threads();
        Comparator<Integer> distance = Comparator.comparingDouble(k -> Math.abs(Math.log(k / needed)));
        int size = streams.stream().map(Rulers::kilobytes).min(distance).orElseThrow();
        return streams.stream().filter(ruler -> kilobytes(ruler) == size)
                .max(Comparator.comparingDouble(Rates::gigabytes));
    }

    /** Operands of a stream on each thread. */
    static int kilobytes(Rates ruler) {
        String size = ruler.result().params().getOrDefault("kilobytes", "");
        return size.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(size) : 0;
    }

    private static boolean comparable(Rates ruler, Rates rates) {
        return ruler.width().equals(rates.width()) && ruler.parallel() == rates.parallel();
    }
}
