package dev.lanewise.benchmarks.peers;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A product as it is written on the command line: {@code 512}, {@code 8192x128x512} (m x k x n: A is [m x k], B is [k x n]),
 * {@code 512*256x32x256} (a batch of 512), each with {@code :NT}, {@code :TN} or {@code :TT} where an operand is stored
 * transposed.
 */
record Shape(String text, int batch, boolean transposeA, boolean transposeB, int m, int n, int k)
        implements
            Task {
    private static final Pattern SYNTAX = Pattern
            .compile("(?:(\\d{1,7})\\*)?(\\d{1,7})(?:x(\\d{1,7})x(\\d{1,7}))?(?::([NT])([NT]))?");

    /** Reads a shape; throws IllegalArgumentException with one line that says what is wrong. */
    static Shape parse(String text) {
        Matcher found = SYNTAX.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is not a shape: write 512, 8192x128x512 for m x k x n, 512*256x32x256 for a batch of 512,"
                            + " and :NT, :TN or :TT behind it for transposed operands");
        }
        int batch = found.group(1) == null ? 1 : Integer.parseInt(found.group(1));
        int m = Integer.parseInt(found.group(2));
        int k = found.group(3) == null ? m : Integer.parseInt(found.group(3));
        int n = found.group(4) == null ? m : Integer.parseInt(found.group(4));
        double largest = batch * Math.max((double) m * k, Math.max((double) k * n, (double) m * n));
        if (batch == 0 || m == 0 || n == 0 || k == 0 || largest > MOST_ELEMENTS) {
            throw new IllegalArgumentException(
                    "'" + text + "': every size has to be positive, and an operand at most 2^28 elements");
        }
        return new Shape(text, batch, "T".equals(found.group(5)), "T".equals(found.group(6)), m, n, k);
    }

    @Override
    public Workload.MatMul workload() {
        return new Workload.MatMul(
                batch, transposeA, transposeB, m, n, k, Task.uniform(1, batch * m * k), Task.uniform(2, batch * k * n),
                new float[batch * m * n]);
    }

    @Override
    public List<Workload> small() {
        int few = batch > 1 ? 4 : 1;
        return List.of(
                new Shape("", few, transposeA, transposeB, 50, 37, 12).workload(),
                new Shape("", few, transposeA, transposeB, 112, 116, 96).workload());
    }

    @Override
    public boolean countsOperations() {
        return true;
    }
}
