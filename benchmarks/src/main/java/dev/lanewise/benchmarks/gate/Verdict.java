package dev.lanewise.benchmarks.gate;

import java.util.List;

/**
 * What was found of one benchmark. Numbers that could not be had are NaN.
 *
 * @param limit what it must hold
 * @param naive the naive implementation's result, or null
 * @param vector the vector implementation's result, or null
 * @param ratio speed of vector as a multiple of naive
 * @param floor least ratio at this width
 * @param bytes bytes that vector allocates an operation
 * @param outcome the worst of speed and bytes
 * @param reasons one line for each limit that does not hold or could not be judged, and for each that held only when it was
 *     measured again
 */
record Verdict(
        Limit limit, Result naive, Result vector, double ratio, double floor, double bytes, Outcome outcome,
        List<String> reasons) {
    /** Of a limit for which there is no result. */
    static Verdict notJudged(Limit limit, String reason) {
        return new Verdict(
                limit, null, null, Double.NaN, Double.NaN, Double.NaN, Outcome.NOT_JUDGED, List.of(reason));
    }

    /** The same with other reasons. */
    Verdict withReasons(List<String> others) {
        return new Verdict(limit, naive, vector, ratio, floor, bytes, outcome, others);
    }
}
