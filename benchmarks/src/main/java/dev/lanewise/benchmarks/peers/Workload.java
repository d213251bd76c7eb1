package dev.lanewise.benchmarks.peers;

/** What a peer is asked to compute: dense, row-major operands in heap arrays, one after the other. */
public sealed interface Workload {
    /**
     * How much one run counts as work.
     *
     * @return floating-point operations or elements, by the textbook formula of the task
     */
    double work();

    /**
     * Where the result goes.
     *
     * @return the array that {@link Call#run} or {@link Call#fetch} writes
     */
    float[] output();

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
        public float[] output() {
            return c;
        }
    }
}
