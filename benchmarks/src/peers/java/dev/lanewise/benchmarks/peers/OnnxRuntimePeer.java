package dev.lanewise.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * ONNX Runtime: a model of one product. Operands lie outside the Java heap, and the output is bound beforehand, so that a
 * call copies nothing; what it costs to enter a session is part of the call, as it is for its users.
 */
public final class OnnxRuntimePeer implements Peer {
    private static final String NAME = "ONNXRUNTIME";

    /** For the service loader. */
    public OnnxRuntimePeer() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Call prepare(Workload workload, int threads) throws PeerException {
        load(threads);
        if (!(workload instanceof Workload.MatMul w)) {
            throw PeerException.unsupported(NAME, workload);
        }
        try {
            return new Product(w, threads);
        } catch (OrtException e) {
            throw new PeerException(NAME, e.getMessage());
        }
    }

    @Override
    public String load(int threads) throws PeerException {
        NativeEnvironment.apply(threads);
        try {
            return "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
        } catch (LinkageError | IllegalStateException e) {
            throw new PeerException(NAME, String.valueOf(e.getMessage()));
        }
    }

    /** The shape that an operand is stored in. */
    static long[] shape(int batch, boolean transposed, int rows, int cols) {
        long storedRows = transposed ? cols : rows;
        long storedCols = transposed ? rows : cols;
        return batch == 1 ? new long[] {storedRows, storedCols} : new long[] {batch, storedRows, storedCols};
    }

    private static final class Product implements Call {
        private final OrtSession session;
        private final Map<String, OnnxTensorLike> inputs;
        private final Map<String, OnnxTensor> outputs;
        private final FloatBuffer result;
        private final float[] c;

        Product(Workload.MatMul w, int threads) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                options.setInterOpNumThreads(1);
                session = environment.createSession(OnnxModel.product(w), options);
            }
            c = w.c();
            result = direct(c);
            inputs = Map.of(
                    "A",
                    OnnxTensor.createTensor(
                            environment, direct(w.a()), shape(w.batch(), w.transposeA(), w.m(), w.k())),
                    "B",
                    OnnxTensor.createTensor(
                            environment, direct(w.b()), shape(w.batch(), w.transposeB(), w.k(), w.n())));
            outputs = Map
                    .of("C", OnnxTensor.createTensor(environment, result, shape(w.batch(), false, w.m(), w.n())));
        }

        private static FloatBuffer direct(float[] data) {
            FloatBuffer copy = ByteBuffer.allocateDirect(data.length * Float.BYTES).order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            return copy.put(0, data);
        }

        @Override
        public void run() {
            try (OrtSession.Result ran = session.run(inputs, outputs)) {
                if (ran.size() != 1) {
                    throw new IllegalStateException("a model of one output gave " + ran.size());
                }
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void fetch() {
            result.get(0, c);
        }

        @Override
        public void close() {
            inputs.values().forEach(OnnxTensorLike::close);
            outputs.values().forEach(OnnxTensor::close);
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
