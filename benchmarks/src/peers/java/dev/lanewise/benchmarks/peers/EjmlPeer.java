package dev.lanewise.benchmarks.peers;

import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** EJML's dense, row-major float matrices: plain loops in Java, one thread. */
public final class EjmlPeer extends ProductPeer {
    private static final String NAME = "EJML";

    /** For the service loader. */
    public EjmlPeer() {
        super(NAME);
    }

    @Override
    Call product(Workload.MatMul w) {
        return new Product(w);
    }

    @Override
    public String load(int threads) throws PeerException {
        if (threads > 1) {
            throw new PeerException(NAME, "it runs on one thread only");
        }
        return "EJML " + Versions.of(CommonOps_FDRM.class);
    }

    /** A single product works on the arrays of the workload; EJML has no views, so those of a batch are copies. */
    private static final class Product implements Call {
        private final Workload.MatMul w;
        private final FMatrixRMaj[] a;
        private final FMatrixRMaj[] b;
        private final FMatrixRMaj[] c;

        Product(Workload.MatMul w) {
            this.w = w;
            a = matrices(w.a(), w.batch(), w.lda());
            b = matrices(w.b(), w.batch(), w.ldb());
            c = matrices(w.c(), w.batch(), w.n());
        }

        private static FMatrixRMaj[] matrices(float[] data, int batch, int columns) {
            FMatrixRMaj[] matrices = new FMatrixRMaj[batch];
            int length = data.length / batch;
            for (int i = 0; i < batch; i++) {
                float[] own = batch == 1 ? data : Arrays.copyOfRange(data, i * length, (i + 1) * length);
                matrices[i] = FMatrixRMaj.wrap(length / columns, columns, own);
            }
            return matrices;
        }

        @Override
        public void run() {
            for (int i = 0; i < a.length; i++) {
                if (w.transposeA() && w.transposeB()) {
                    CommonOps_FDRM.multTransAB(a[i], b[i], c[i]);
                } else if (w.transposeA()) {
                    CommonOps_FDRM.multTransA(a[i], b[i], c[i]);
                } else if (w.transposeB()) {
                    CommonOps_FDRM.multTransB(a[i], b[i], c[i]);
                } else {
                    CommonOps_FDRM.mult(a[i], b[i], c[i]);
                }
            }
        }

        @Override
        public void fetch() {
            for (int i = 0; i < c.length; i++) {
                if (c[i].data != w.c()) {
                    System.arraycopy(c[i].data, 0, w.c(), i * c[i].data.length, c[i].data.length);
                }
            }
        }
    }
}
