package dev.lanewise.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * ONNX Runtime: a model of one operator, or of a stack of layers. Operands lie outside the Java heap, and the output is bound beforehand, so that a
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
        try {
            return switch (workload) {
                case Workload.MatMul w -> product(w, threads);
                case Workload.Attention w -> {
                    long[] shape = {w.batch(), w.heads(), w.tokens(), w.headDim()};
                    yield new Model(OnnxModel.attention(shape, w.causal()), threads).input("A", w.q(), shape)
                            .input("B", w.k(), shape).input("D", w.v(), shape).output(w.out(), shape);
                }
                case Workload.Softmax w -> {
                    long[] shape = {w.rows(), w.cols()};
                    yield new Model(OnnxModel.softmax(shape), threads).input("A", w.x(), shape).output(w.y(), shape);
                }
                case Workload.LayerNorm w -> {
                    long[] shape = {w.rows(), w.cols()};
                    yield new Model(OnnxModel.layerNorm(shape, Workload.LayerNorm.EPSILON), threads)
                            .input("A", w.x(), shape).input("B", w.gamma(), w.cols()).input("D", w.beta(), w.cols())
                            .output(w.y(), shape);
                }
                case Workload.Gelu w ->
                    new Model(OnnxModel.gelu(new long[] {w.x().length}), threads).input("A", w.x(), w.x().length)
                            .output(w.y(), w.x().length);
                case EncoderWorkload w -> {
                    long[] shape = {w.batch(), w.tokens(), w.modelDim()};
                    yield new Model(OnnxEncoder.model(w), threads).input("A", w.x(), shape).output(w.y(), shape);
                }
                case TrainingWorkload w -> throw PeerException.unsupported(NAME, w);
            };
        } catch (OrtException e) {
            throw new PeerException(NAME, e.getMessage());
        }
    }

    private static Call product(Workload.MatMul w, int threads) throws OrtException {
        return new Model(OnnxModel.product(w), threads)
                .input("A", w.a(), shape(w.batch(), w.transposeA(), w.m(), w.k()))
                .input("B", w.b(), shape(w.batch(), w.transposeB(), w.k(), w.n()))
                .output(w.c(), shape(w.batch(), false, w.m(), w.n()));
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

    /** A session, and what is bound to it. */
    private static final class Model implements Call {
        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final OrtSession session;
        private final Map<String, OnnxTensorLike> inputs = new HashMap<>();
        private final Map<String, OnnxTensor> outputs = new HashMap<>();
        private FloatBuffer result;
        private float[] output;

        Model(byte[] model, int threads) throws OrtException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                options.setInterOpNumThreads(1);
                session = environment.createSession(model, options);
            }
        }

        Model input(String name, float[] data, long... shape) throws OrtException {
            inputs.put(name, OnnxTensor.createTensor(environment, direct(data), shape));
            return this;
        }

        Model output(float[] data, long... shape) throws OrtException {
            output = data;
            result = direct(data);
            outputs.put("C", OnnxTensor.createTensor(environment, result, shape));
            return this;
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
            result.get(0, output);
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
