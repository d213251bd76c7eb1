package dev.lanewise.examples.imdb.model;

import dev.lanewise.Engine;
import java.util.Arrays;

/**
 * Sums neighbouring tokens into groups, so that the encoder sees a shorter sequence, and sums all tokens of a review:
 *
 * <pre>
 * groups[b, j] = sum over the tokens t of group j below lengths[b] of x[b, t] / sqrt(their number)
 * total[b]     = weights[b] * sum over t &lt; lengths[b] of x[b, t]
 * </pre>
 *
 * The root keeps the variance of a group that of a token. Attention over T / g groups costs a g²-th, all else a g-th.
 * Same bits for any number of threads: a review is the work of one.
 */
final class TokenGroups {

    private final int dim;
    private final int group;

    TokenGroups(int dim, int group) {
        this.dim = dim;
        this.group = group;
    }

    /** The number of groups that so many tokens make. */
    int count(int tokens) {
        return (tokens + group - 1) / group;
    }

    /**
     * Sums up.
     *
     * @param input whose {@code seqLen} is a multiple of the group
     * @param x [size * seqLen x dim]; not modified
     * @param groups [size * seqLen / group x dim]; overwritten, zeros where a group has no token
     * @param total [size x dim]; overwritten
     */
    void forward(Engine engine, ModelInput input, float[] x, float[] groups, float[] total) {
        engine.workers().run(input.size(), b -> forward(input, b, x, groups, total));
    }

    private void forward(ModelInput input, int b, float[] x, float[] groups, float[] total) {
        int length = input.lengths()[b];
        int perReview = input.seqLen() / group;
        int first = b * input.seqLen() * dim;
        int to = b * perReview * dim;
        int sum = b * dim;
        Arrays.fill(groups, to, to + perReview * dim, 0f);
        Arrays.fill(total, sum, sum + dim, 0f);
        for (int start = 0; start < length; start += group, to += dim) {
            int count = Math.min(group, length - start);
            for (int t = start; t < start + count; t++) {
                add(x, first + t * dim, groups, to, dim);
            }
            add(groups, to, total, sum, dim);
            scale(groups, to, (float) (1 / Math.sqrt(count)), dim);
        }
        scale(total, sum, input.totalWeights()[b], dim);
    }

    /**
     * From the formulas above: {@code dX[b, t] = dGroups[b, j] / sqrt(count of j) + weights[b] * dTotal[b]}, zero for
     * padding.
     *
     * @param dGroups [size * seqLen / group x dim]; not modified
     * @param dTotal [size x dim]; not modified
     * @param dX [size * seqLen x dim]; overwritten, or added to
     * @param add whether it is added to
     */
    void backward(
            Engine engine, ModelInput input, float[] dGroups, float[] dTotal, float[] dX, boolean add) {
        engine.workers().run(input.size(), b -> backward(input, b, dGroups, dTotal, dX, add));
    }

    private void backward(ModelInput input, int b, float[] dGroups, float[] dTotal, float[] dX, boolean add) {
        int length = input.lengths()[b];
        int first = b * input.seqLen() * dim;
        int from = b * (input.seqLen() / group) * dim;
        int sum = b * dim;
        float weight = input.totalWeights()[b];
        if (!add) {
            Arrays.fill(dX, first, first + input.seqLen() * dim, 0f);
        }
        for (int start = 0; start < length; start += group, from += dim) {
            int count = Math.min(group, length - start);
            float share = (float) (1 / Math.sqrt(count));
            for (int t = start; t < start + count; t++) {
                int row = first + t * dim;
                for (int c = 0; c < dim; c++) {
                    dX[row + c] += share * dGroups[from + c] + weight * dTotal[sum + c];
                }
            }
        }
    }

    private static void add(float[] from, int fromOffset, float[] to, int toOffset, int n) {
        for (int i = 0; i < n; i++) {
            to[toOffset + i] += from[fromOffset + i];
        }
    }

    private static void scale(float[] values, int offset, float factor, int n) {
        for (int i = 0; i < n; i++) {
            values[offset + i] *= factor;
        }
    }
}
