package dev.lanewise;

/** The checks of {@link AttentionOps}, with the objects that they need, for one caller at a time. */
final class AttentionChecks {
    private final HeadTensor q = new HeadTensor("q");
    private final HeadTensor k = new HeadTensor("k");
    private final HeadTensor v = new HeadTensor("v");
    private final HeadTensor out = new HeadTensor("out");
    private final HeadTensor logSumExp = new HeadTensor("logSumExp");
    private final HeadTensor dOut = new HeadTensor("dOut");
    private final HeadTensor dQ = new HeadTensor("dQ");
    private final HeadTensor dK = new HeadTensor("dK");
    private final HeadTensor dV = new HeadTensor("dV");
    private final HeadTensor[] forwardInputs = {q, k, v};
    private final HeadTensor[] forwardOutputs = {out, logSumExp};
    private final HeadTensor[] backwardInputs = {q, k, v, out, logSumExp, dOut};
    private final HeadTensor[] backwardOutputs = {dQ, dK, dV};

    void forward(
            AttentionShape s, AttentionMask mask, float[] q, int qOffset, float[] k, int kOffset, float[] v,
            int vOffset,
            float[] out, int outOffset, float[] logSumExp, int logSumExpOffset) {
        mask.check(s.batch(), s.keys());
        setShared(s, q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp, logSumExpOffset);
        check(forwardInputs, forwardOutputs);
    }

    void backward(
            AttentionShape s, AttentionMask mask, float[] q, int qOffset, float[] k, int kOffset, float[] v,
            int vOffset,
            float[] out, int outOffset, float[] logSumExp, int logSumExpOffset, float[] dOut, int dOutOffset,
            float[] dQ,
            int dQOffset, float[] dK, int dKOffset, float[] dV, int dVOffset) {
        mask.check(s.batch(), s.keys());
        setShared(s, q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp, logSumExpOffset);
        setLikeOut(this.dOut, s, dOut, dOutOffset);
        setLikeQ(this.dQ, s, dQ, dQOffset);
        setLikeK(this.dK, s, dK, dKOffset);
        setLikeV(this.dV, s, dV, dVOffset);
        check(backwardInputs, backwardOutputs);
    }

    private void setShared(
            AttentionShape s, float[] q, int qOffset, float[] k, int kOffset, float[] v, int vOffset, float[] out,
            int outOffset, float[] logSumExp, int logSumExpOffset) {
        setLikeQ(this.q, s, q, qOffset);
        setLikeK(this.k, s, k, kOffset);
        setLikeV(this.v, s, v, vOffset);
        setLikeOut(this.out, s, out, outOffset);
        this.logSumExp.set(logSumExp, logSumExpOffset, 1, 1, 1, s.rows(), s.rows(), s.rows(), Math.max(1, s.rows()));
    }

    private static void setLikeQ(HeadTensor tensor, AttentionShape s, float[] data, int offset) {
        tensor.set(
                data, offset, s.batch(), s.heads(), s.queries(), s.headDim(), s.qBatchStride(), s.qHeadStride(),
                s.qRowStride());
    }

    private static void setLikeK(HeadTensor tensor, AttentionShape s, float[] data, int offset) {
        tensor.set(
                data, offset, s.batch(), s.heads(), s.keys(), s.headDim(), s.kBatchStride(), s.kHeadStride(),
                s.kRowStride());
    }

    private static void setLikeV(HeadTensor tensor, AttentionShape s, float[] data, int offset) {
        tensor.set(
                data, offset, s.batch(), s.heads(), s.keys(), s.headDim(), s.vBatchStride(), s.vHeadStride(),
                s.vRowStride());
    }

    private static void setLikeOut(HeadTensor tensor, AttentionShape s, float[] data, int offset) {
        tensor.set(
                data, offset, s.batch(), s.heads(), s.queries(), s.headDim(), s.outBatchStride(), s.outHeadStride(),
                s.outRowStride());
    }

    private static void check(HeadTensor[] inputs, HeadTensor[] outputs) {
        for (HeadTensor input : inputs) {
            input.checkInside();
        }
        for (int i = 0; i < outputs.length; i++) {
            outputs[i].checkInside();
            outputs[i].checkRowsApart();
            for (HeadTensor input : inputs) {
                outputs[i].checkApart(input);
            }
            for (int j = 0; j < i; j++) {
                outputs[i].checkApart(outputs[j]);
            }
        }
    }

    /** Lets go of the caller's arrays. */
    void clear() {
        for (HeadTensor input : backwardInputs) {
            input.clear();
        }
        for (HeadTensor output : backwardOutputs) {
            output.clear();
        }
    }
}
