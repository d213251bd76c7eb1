package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;

import dev.lanewise.testing.Close;

/**
 * Attention of one head in double, written out with all its matrices, together with the size that rounding errors may have
 * in float: with {@code reach[i] = max over j of scale * sum of |Q[i]| * |K[j]| + |bias[i, j]|}, each score is known to some
 * eps times reach, and each weight to that share of itself.
 */
final class AttentionOracle {
    /** Bound of the error in units of eps times the sizes. */
    private static final double C = 16;

    /** What is done to the score and the weight of query i and key j. */
    interface Rules {
        /** Whether the query sees the key. */
        boolean seen(int i, int j);

        /** What is added to the score. */
        default double bias(int i, int j) {
            return 0;
        }

        /** What dropout multiplies the weight by. */
        default double kept(int i, int j) {
            return 1;
        }
    }

    final int queries;
    final int keys;
    final int dim;
    final double scale;
    final Rules rules;
    final double[][] q;
    final double[][] k;
    final double[][] v;

    /** Weights without dropout, and what dropout makes of them. */
    final double[][] p;

    final double[][] dropped;
    final double[][] out;
    final double[] logSumExp;
    final double[] reach;

    AttentionOracle(double scale, Rules rules, double[][] q, double[][] k, double[][] v, int dim) {
        queries = q.length;
        keys = k.length;
        this.dim = dim;
        this.scale = scale;
        this.rules = rules;
        this.q = q;
        this.k = k;
        this.v = v;
        p = new double[queries][keys];
        dropped = new double[queries][keys];
        out = new double[queries][dim];
        logSumExp = new double[queries];
        reach = new double[queries];
        for (int i = 0; i < queries; i++) {
            weights(i);
            for (int j = 0; j < keys; j++) {
                dropped[i][j] = p[i][j] == 0 ? 0 : p[i][j] * rules.kept(i, j);
                for (int d = 0; d < dim && dropped[i][j] != 0; d++) {
                    out[i][d] += dropped[i][j] * v[j][d];
                }
            }
        }
    }

    private void weights(int i) {
        double[] scores = new double[keys];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < keys; j++) {
            double bias = rules.seen(i, j) ? rules.bias(i, j) : Double.NEGATIVE_INFINITY;
            scores[j] = bias;
            if (bias == Double.NEGATIVE_INFINITY) {
                continue;
            }
            double size = Math.abs(bias);
            for (int d = 0; d < dim; d++) {
                scores[j] += scale * q[i][d] * k[j][d];
                size += Math.abs(scale * q[i][d] * k[j][d]);
            }
            reach[i] = Math.max(reach[i], size);
            max = Math.max(max, scores[j]);
        }
        double sum = 0;
        for (int j = 0; j < keys; j++) {
            p[i][j] = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(scores[j] - max);
            sum += p[i][j];
        }
        logSumExp[i] = max + Math.log(sum);
        for (int j = 0; j < keys && sum > 0; j++) {
            p[i][j] /= sum;
        }
    }

    /** What the error of {@code out[i][d]} is measured in. */
    double outSize(int i, int d) {
        double size = 0;
        for (int j = 0; j < keys; j++) {
            size += dropped[i][j] == 0 ? 0 : Math.abs(dropped[i][j] * v[j][d]);
        }
        return size * (1 + reach[i]);
    }

    /** Compares what a forward pass wrote. */
    void check(String what, double[][] foundOut, double[] foundLogSumExp) {
        for (int i = 0; i < queries; i++) {
            double bound = C * EPS * (1 + reach[i] + Math.abs(logSumExp[i]));
            Close.assertWithin(logSumExp[i], (float) foundLogSumExp[i], bound, what + " logSumExp of query " + i);
            for (int d = 0; d < dim; d++) {
                Close.assertWithin(
                        out[i][d], (float) foundOut[i][d], C * EPS * outSize(i, d),
                        what + " out of query " + i + " at " + d);
            }
        }
    }

    /** The gradients of {@code sum of dOut * out}, and for each what its error is measured in. */
    final class Gradients {
        final double[][] dQ = new double[queries][dim];
        final double[][] dK = new double[keys][dim];
        final double[][] dV = new double[keys][dim];
        final double[][] dQSize = new double[queries][dim];
        final double[][] dKSize = new double[keys][dim];
        final double[][] dVSize = new double[keys][dim];

        /** The gradient of the score, and so of what is added to it. */
        final double[][] dBias = new double[queries][keys];

        final double[][] dBiasSize = new double[queries][keys];

        Gradients(double[][] dOut) {
            for (int i = 0; i < queries; i++) {
                double rowSum = 0;
                double rowSize = 0;
                for (int d = 0; d < dim; d++) {
                    rowSum += dOut[i][d] * out[i][d];
                    rowSize += Math.abs(dOut[i][d]) * outSize(i, d);
                }
                double unit = 1 + reach[i] + Math.abs(Math.max(-1e6, logSumExp[i]));
                for (int j = 0; j < keys; j++) {
                    if (p[i][j] != 0) {
                        // A weight below the normal floats may be zero, and its share of the gradients be missing.
                        add(i, j, dOut[i], rowSum, rowSize, p[i][j] < Float.MIN_NORMAL ? 1 / (C * EPS) : unit);
                    }
                }
            }
        }

        private void add(int i, int j, double[] dOut, double rowSum, double rowSize, double unit) {
            double kept = rules.kept(i, j);
            double dP = 0;
            double dPSize = 0;
            for (int d = 0; d < dim; d++) {
                dP += kept * dOut[d] * v[j][d];
                dPSize += kept * Math.abs(dOut[d] * v[j][d]);
                dV[j][d] += dropped[i][j] * dOut[d];
                dVSize[j][d] += Math.abs(dropped[i][j] * dOut[d]) * unit;
            }
            dBias[i][j] = p[i][j] * (dP - rowSum);
            dBiasSize[i][j] = p[i][j] * (dPSize + rowSize) * unit;
            double dS = scale * dBias[i][j];
            double dSSize = Math.abs(scale) * dBiasSize[i][j];
            for (int d = 0; d < dim; d++) {
                dQ[i][d] += dS * k[j][d];
                dK[j][d] += dS * q[i][d];
                dQSize[i][d] += dSSize * Math.abs(k[j][d]);
                dKSize[j][d] += dSSize * Math.abs(q[i][d]);
            }
        }

        /** Adds the key gradients of another head with the same keys. */
        void addKeyGradients(Gradients other) {
            for (int j = 0; j < keys; j++) {
                for (int d = 0; d < dim; d++) {
                    dK[j][d] += other.dK[j][d];
                    dV[j][d] += other.dV[j][d];
                    dKSize[j][d] += other.dKSize[j][d];
                    dVSize[j][d] += other.dVSize[j][d];
                }
            }
        }

        void checkQueries(String what, double[][] foundDQ) {
            check(what + " dQ", dQ, dQSize, foundDQ);
        }

        void checkKeys(String what, double[][] foundDK, double[][] foundDV) {
            check(what + " dK", dK, dKSize, foundDK);
            check(what + " dV", dV, dVSize, foundDV);
        }

        static void check(String what, double[][] expected, double[][] size, double[][] found) {
            for (int r = 0; r < expected.length; r++) {
                for (int d = 0; d < expected[r].length; d++) {
                    double bound = C * EPS * size[r][d] + Float.MIN_NORMAL;
                    Close.assertWithin(
                            expected[r][d], (float) found[r][d], bound, what + " of row " + r + " at " + d);
                }
            }
        }
    }
}
