package dev.lanewise;

/**
 * Attention of one head in double, written out with all its matrices, together with the size that rounding errors may have
 * in float: with {@code reach[i] = max over j of scale * sum of |Q[i]| * |K[j]|}, each score is known to some eps times
 * reach, and each weight to that share of itself.
 */
final class AttentionOracle {
    final int queries;
    final int keys;
    final int dim;
    final double scale;
    final double[][] q;
    final double[][] k;
    final double[][] v;
    final double[][] p;
    final double[][] out;
    final double[] logSumExp;
    final double[] reach;

    AttentionOracle(double scale, int validKeys, boolean causal, double[][] q, double[][] k, double[][] v, int dim) {
        queries = q.length;
        keys = k.length;
        this.dim = dim;
        this.scale = scale;
        this.q = q;
        this.k = k;
        this.v = v;
        p = new double[queries][keys];
        out = new double[queries][dim];
        logSumExp = new double[queries];
        reach = new double[queries];
        for (int i = 0; i < queries; i++) {
            int seen = causal ? Math.max(0, Math.min(validKeys, i + keys - queries + 1)) : validKeys;
            double[] scores = new double[seen];
            for (int j = 0; j < seen; j++) {
                double size = 0;
                for (int d = 0; d < dim; d++) {
                    scores[j] += scale * q[i][d] * k[j][d];
                    size += Math.abs(scale * q[i][d] * k[j][d]);
                }
                reach[i] = Math.max(reach[i], size);
            }
            double[] weights = SoftmaxOpsTest.oracle(scores);
            System.arraycopy(weights, 0, p[i], 0, seen);
            double max = java.util.Arrays.stream(scores).max().orElse(Double.NEGATIVE_INFINITY);
            double sum = java.util.Arrays.stream(scores).map(s -> Math.exp(s - max)).sum();
            logSumExp[i] = seen == 0 ? Double.NEGATIVE_INFINITY : max + Math.log(sum);
            for (int j = 0; j < seen; j++) {
                for (int d = 0; d < dim; d++) {
                    out[i][d] += p[i][j] * v[j][d];
                }
            }
        }
    }

    /** What the error of {@code out[i][d]} is measured in. */
    double outSize(int i, int d) {
        double size = 0;
        for (int j = 0; j < keys; j++) {
            size += p[i][j] == 0 ? 0 : Math.abs(p[i][j] * v[j][d]);
        }
        return size * (1 + reach[i]);
    }

    /** The gradients of {@code sum of dOut * out}, and for each what its error is measured in. */
    final class Gradients {
        final double[][] dQ = new double[queries][dim];
        final double[][] dK = new double[keys][dim];
        final double[][] dV = new double[keys][dim];
        final double[][] dQSize = new double[queries][dim];
        final double[][] dKSize = new double[keys][dim];
        final double[][] dVSize = new double[keys][dim];

        Gradients(double[][] dOut) {
            for (int i = 0; i < queries; i++) {
                double rowSum = 0;
                double rowSize = 0;
                for (int d = 0; d < dim; d++) {
                    rowSum += dOut[i][d] * out[i][d];
                    rowSize += Math.abs(dOut[i][d]) * outSize(i, d);
                }
                double unit = 1 + reach[i] + (p[i].length == 0 ? 0 : Math.abs(Math.max(-1e6, logSumExp[i])));
                for (int j = 0; j < keys; j++) {
                    if (p[i][j] == 0) {
                        continue;
                    }
                    double dP = 0;
                    double dPSize = 0;
                    for (int d = 0; d < dim; d++) {
                        dP += dOut[i][d] * v[j][d];
                        dPSize += Math.abs(dOut[i][d] * v[j][d]);
                        dV[j][d] += p[i][j] * dOut[i][d];
                        dVSize[j][d] += Math.abs(p[i][j] * dOut[i][d]) * unit;
                    }
                    double dS = scale * p[i][j] * (dP - rowSum);
                    double dSSize = Math.abs(scale) * p[i][j] * (dPSize + rowSize) * unit;
                    for (int d = 0; d < dim; d++) {
                        dQ[i][d] += dS * k[j][d];
                        dK[j][d] += dS * q[i][d];
                        dQSize[i][d] += dSSize * Math.abs(k[j][d]);
                        dKSize[j][d] += dSSize * Math.abs(q[i][d]);
                    }
                }
            }
        }
    }
}
