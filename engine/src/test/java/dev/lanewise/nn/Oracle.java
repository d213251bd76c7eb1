package dev.lanewise.nn;

import dev.lanewise.RotaryTable;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** The layers in double, written down as their formulas stand, without a thought for speed. */
final class Oracle {
    private Oracle() {}

    /** What an encoder is run on. A length counts the tokens before the padding. */
    record Batch(int batch, int seqLen, int[] lengths) {
        int tokens() {
            return batch * seqLen;
        }

        int length(int b) {
            return lengths == null ? seqLen : lengths[b];
        }
    }

    static double[] linear(double[] x, int rows, double[] weight, double[] bias) {
        int out = bias.length;
        int in = weight.length / out;
        double[] y = new double[rows * out];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < out; c++) {
                double sum = bias[c];
                for (int p = 0; p < in; p++) {
                    sum += x[r * in + p] * weight[p * out + c];
                }
                y[r * out + c] = sum;
            }
        }
        return y;
    }

    static double[] layerNorm(double[] x, double[] gamma, double[] beta) {
        int dim = gamma.length;
        double[] y = new double[x.length];
        for (int row = 0; row < x.length; row += dim) {
            double mean = 0;
            for (int c = 0; c < dim; c++) {
                mean += x[row + c] / dim;
            }
            double variance = 0;
            for (int c = 0; c < dim; c++) {
                variance += (x[row + c] - mean) * (x[row + c] - mean) / dim;
            }
            for (int c = 0; c < dim; c++) {
                double h = (x[row + c] - mean) / Math.sqrt(variance + LayerNorm.EPSILON);
                y[row + c] = h * gamma[c] + beta[c];
            }
        }
        return y;
    }

    static double[] rmsNorm(double[] x, double[] gamma) {
        int dim = gamma.length;
        double[] y = new double[x.length];
        for (int row = 0; row < x.length; row += dim) {
            double square = 0;
            for (int c = 0; c < dim; c++) {
                square += x[row + c] * x[row + c] / dim;
            }
            for (int c = 0; c < dim; c++) {
                y[row + c] = x[row + c] / Math.sqrt(square + RmsNorm.EPSILON) * gamma[c];
            }
        }
        return y;
    }

    static double[] activation(Activation activation, double[] x) {
        DoubleUnaryOperator f = switch (activation) {
            case RELU -> v -> Math.max(v, 0);
            case GELU -> v -> v * (1 + erf(v / Math.sqrt(2))) / 2;
            case GELU_TANH -> v -> v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))) / 2;
            case SILU -> v -> v / (1 + Math.exp(-v));
        };
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = f.applyAsDouble(x[i]);
        }
        return y;
    }

    /** The series of Abramowitz and Stegun 7.1.6: all terms positive, exact to rounding for small x. */
    static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** Heads of the fused projection, [tokens x qkvDim]: Q, then K, then V. */
    static double[] heads(double[] projected, Batch shape, int modelDim, AttentionConfig config) {
        int headDim = modelDim / config.heads();
        int keyDim = headDim * config.keyValueHeads();
        int cols = modelDim + 2 * keyDim;
        double[] qkv = turned(projected, shape, headDim, config, cols);
        double[] context = new double[shape.tokens() * modelDim];
        for (int b = 0; b < shape.batch(); b++) {
            for (int head = 0; head < config.heads(); head++) {
                int keyHead = modelDim + head / (config.heads() / config.keyValueHeads()) * headDim;
                for (int i = 0; i < shape.seqLen(); i++) {
                    int query = (b * shape.seqLen() + i) * cols + head * headDim;
                    double[] weights = new double[shape.length(b)];
                    double total = 0;
                    for (int j = 0; j < weights.length; j++) {
                        int key = (b * shape.seqLen() + j) * cols + keyHead;
                        double score = 0;
                        for (int c = 0; c < headDim; c++) {
                            score += qkv[query + c] * qkv[key + c] / Math.sqrt(headDim);
                        }
                        weights[j] = sees(config, i, j) ? Math.exp(score) : 0;
                        total += weights[j];
                    }
                    int out = (b * shape.seqLen() + i) * modelDim + head * headDim;
                    for (int j = 0; j < weights.length && total > 0; j++) {
                        int value = (b * shape.seqLen() + j) * cols + keyHead + keyDim;
                        for (int c = 0; c < headDim; c++) {
                            context[out + c] += weights[j] / total * qkv[value + c];
                        }
                    }
                }
            }
        }
        return context;
    }

    private static boolean sees(AttentionConfig config, int query, int key) {
        return !(config.causal() && key > query)
                && (config.left() < 0 || key >= query - config.left())
                && (config.right() < 0 || key <= query + config.right());
    }

    /** Queries and keys turned by the angles of their positions, with the base of the paper. */
    private static double[] turned(double[] qkv, Batch shape, int headDim, AttentionConfig config, int cols) {
        if (config.rotary() == null) {
            return qkv;
        }
        double[] y = qkv.clone();
        boolean halves = config.rotary().layout() == RotaryTable.Layout.HALVES;
        for (int row = 0; row < shape.tokens(); row++) {
            for (int head = 0; head < config.heads() + config.keyValueHeads(); head++) {
                for (int pair = 0; pair < headDim / 2; pair++) {
                    double angle = row % shape.seqLen() * Math.pow(RotaryTable.BASE, -2.0 * pair / headDim);
                    int a = row * cols + head * headDim + (halves ? pair : 2 * pair);
                    int b = a + (halves ? headDim / 2 : 1);
                    y[a] = qkv[a] * Math.cos(angle) - qkv[b] * Math.sin(angle);
                    y[b] = qkv[b] * Math.cos(angle) + qkv[a] * Math.sin(angle);
                }
            }
        }
        return y;
    }

    static double[] attention(
            Map<String, double[]> p, String name, double[] x, Batch shape, int modelDim, AttentionConfig config) {
        double[] qkv = linear(p, name + ".qkv", x, shape.tokens());
        return linear(p, name + ".output", heads(qkv, shape, modelDim, config), shape.tokens());
    }

    static double[] feedForward(
            Map<String, double[]> p, String name, double[] x, int rows, Activation activation) {
        double[] hidden = activation(activation, linear(p, name + ".expand", x, rows));
        return linear(p, name + ".contract", hidden, rows);
    }

    /** The masks hold what dropout multiplies each element with; null for evaluation. */
    static double[] block(
            Map<String, double[]> p,
            String name,
            Encoder.Config config,
            Batch shape,
            double[] x,
            double[] mask1,
            double[] mask2) {
        double[] normed = norm(p, name + ".norm1", x);
        double[] attended = attention(
                p,
                name + ".attention",
                normed,
                shape,
                config.modelDim(),
                config.attention());
        double[] mid = sum(x, product(attended, mask1));
        double[] fed = feedForward(
                p,
                name + ".feedForward",
                norm(p, name + ".norm2", mid),
                shape.tokens(),
                config.activation());
        return sum(mid, product(fed, mask2));
    }

    /** The encoder in evaluation. */
    static double[] encoder(
            Map<String, double[]> p, String name, Encoder.Config config, Batch shape, double[] x) {
        double[] h = x;
        for (int i = 0; i < config.blocks(); i++) {
            h = block(p, name + "." + i, config, shape, h, null, null);
        }
        return norm(p, name + ".norm", h);
    }

    static double[] meanPool(double[] x, Batch shape, int dim) {
        double[] y = new double[shape.batch() * dim];
        for (int b = 0; b < shape.batch(); b++) {
            for (int t = 0; t < shape.length(b); t++) {
                for (int c = 0; c < dim; c++) {
                    y[b * dim + c] += x[(b * shape.seqLen() + t) * dim + c] / shape.length(b);
                }
            }
        }
        return y;
    }

    static double[] maxPool(double[] x, Batch shape, int dim) {
        double[] y = new double[shape.batch() * dim];
        for (int b = 0; b < shape.batch(); b++) {
            for (int c = 0; c < dim && shape.length(b) > 0; c++) {
                double best = Double.NEGATIVE_INFINITY;
                for (int t = 0; t < shape.length(b); t++) {
                    best = Math.max(best, x[(b * shape.seqLen() + t) * dim + c]);
                }
                y[b * dim + c] = best;
            }
        }
        return y;
    }

    static double[] attentionPool(double[] x, double[] query, Batch shape) {
        int dim = query.length;
        double[] y = new double[shape.batch() * dim];
        for (int b = 0; b < shape.batch(); b++) {
            double total = 0;
            for (int t = 0; t < shape.length(b); t++) {
                int row = (b * shape.seqLen() + t) * dim;
                double score = 0;
                for (int c = 0; c < dim; c++) {
                    score += x[row + c] * query[c] / Math.sqrt(dim);
                }
                total += Math.exp(score);
                for (int c = 0; c < dim; c++) {
                    y[b * dim + c] += Math.exp(score) * x[row + c];
                }
            }
            for (int c = 0; c < dim && total > 0; c++) {
                y[b * dim + c] /= total;
            }
        }
        return y;
    }

    static double crossEntropy(double[] logits, int[] labels, int rows) {
        int classes = logits.length / rows;
        double loss = 0;
        for (int r = 0; r < rows; r++) {
            double total = 0;
            for (int c = 0; c < classes; c++) {
                total += Math.exp(logits[r * classes + c]);
            }
            loss += (Math.log(total) - logits[r * classes + labels[r]]) / rows;
        }
        return loss;
    }

    static double[] linear(Map<String, double[]> p, String name, double[] x, int rows) {
        return linear(x, rows, p.get(name + ".weight"), p.get(name + ".bias"));
    }

    static double[] norm(Map<String, double[]> p, String name, double[] x) {
        double[] beta = p.get(name + ".beta");
        double[] gamma = p.get(name + ".gamma");
        return beta == null ? rmsNorm(x, gamma) : layerNorm(x, gamma, beta);
    }

    private static double[] sum(double[] x, double[] y) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] + y[i];
        }
        return out;
    }

    private static double[] product(double[] x, double[] mask) {
        double[] out = x.clone();
        for (int i = 0; mask != null && i < x.length; i++) {
            out[i] *= mask[i];
        }
        return out;
    }
}
