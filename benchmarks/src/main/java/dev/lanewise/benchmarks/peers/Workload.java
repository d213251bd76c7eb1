package dev.lanewise.benchmarks.peers;

import java.util.List;

/** What a peer is asked to compute: dense, row-major operands in heap arrays, one after the other. */
public sealed interface Workload
        permits Workload.MatMul, Workload.Attention, Workload.Softmax, Workload.LayerNorm, Workload.Gelu,
        EncoderWorkload, TrainingWorkload {
    /**
     * How much one run counts as work.
     *
     * @return floating-point operations or elements, by the textbook formula of the task
     */
    double work();

    /**
     * Where the results go.
     *
     * @return the arrays that {@link Call#run} or {@link Call#fetch} writes
     */
    List<float[]> outputs();

    /**
     * {@code C = op(A) * op(B)}, {@code batch} times, with {@code op(A)} [m x k], {@code op(B)} [k x n] and {@code C}
     * [m x n]; operands of a batch follow each other without gaps.
     *
     * @param batch how many products
     * @param transposeA whether A is stored as [k x m]
     * @param transposeB whether B is stored as [n x k]
     * @param m rows of C
     * @param n columns of C
     * @param k depth of the product
     * @param a {@code batch * m * k} elements
     * @param b {@code batch * k * n} elements
     * @param c {@code batch * m * n} elements, overwritten
     */
    record MatMul(
            int batch, boolean transposeA, boolean transposeB, int m, int n, int k, float[] a, float[] b, float[] c)
            implements
                Workload {
        /**
         * Distance between rows of A as stored.
         *
         * @return m or k
         */
        public int lda() {
            return transposeA ? m : k;
        }

        /**
         * Distance between rows of B as stored.
         *
         * @return k or n
         */
        public int ldb() {
            return transposeB ? k : n;
        }

        @Override
        public double work() {
            return 2.0 * batch * m * n * k;
        }

        @Override
        public List<float[]> outputs() {
            return List.of(c);
        }
    }

    /**
     * {@code out = softmax(q * transpose(k) / sqrt(headDim)) * v} for each head; all operands are [batch x heads x tokens x
     * headDim].
     *
     * @param batch number of sequences
     * @param heads number of heads
     * @param tokens length of a sequence
     * @param headDim width of a head
     * @param causal whether a query sees only the keys up to its own position
     * @param q queries
     * @param k keys
     * @param v values
     * @param out overwritten
     */
    record Attention(
            int batch, int heads, int tokens, int headDim, boolean causal, float[] q, float[] k, float[] v, float[] out)
            implements
                Workload {
        /** Two products over the pairs of a query and a key that it sees. */
        @Override
        public double work() {
            return 4.0 * pairs() * headDim;
        }

        /**
         * How many pairs of a query and a key there are in all heads, masked ones left out.
         *
         * @return the number of scores
         */
        public double pairs() {
            double seen = causal ? tokens * (tokens + 1.0) / 2 : (double) tokens * tokens;
            return (double) batch * heads * seen;
        }

        @Override
        public List<float[]> outputs() {
            return List.of(out);
        }
    }

    /**
     * {@code y[r] = softmax(x[r])} for each row.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param x [rows x cols]
     * @param y [rows x cols], overwritten
     */
    record Softmax(int rows, int cols, float[] x, float[] y) implements Workload {
        @Override
        public double work() {
            return (double) rows * cols;
        }

        @Override
        public List<float[]> outputs() {
            return List.of(y);
        }
    }

    /**
     * {@code y[r] = (x[r] - mean[r]) * rstd[r] * gamma + beta} for each row, with an epsilon of 1e-5.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param x [rows x cols]
     * @param gamma [cols]
     * @param beta [cols]
     * @param y [rows x cols], overwritten
     */
    record LayerNorm(int rows, int cols, float[] x, float[] gamma, float[] beta, float[] y) implements Workload {
        /** Added to the variance, as PyTorch does by default. */
        public static final float EPSILON = 1e-5f;

        @Override
        public double work() {
            return (double) rows * cols;
        }

        @Override
        public List<float[]> outputs() {
            return List.of(y);
        }
    }

    /**
     * {@code y = x * (1 + erf(x / sqrt(2))) / 2}.
     *
     * @param x any number of elements
     * @param y as many, overwritten
     */
    record Gelu(float[] x, float[] y) implements Workload {
        @Override
        public double work() {
            return x.length;
        }

        @Override
        public List<float[]> outputs() {
            return List.of(y);
        }
    }
}
