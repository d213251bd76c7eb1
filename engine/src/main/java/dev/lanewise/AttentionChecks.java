package dev.lanewise;

/** The checks of {@link AttentionOps}, with the objects that they need, for one caller at a time. */
final class AttentionChecks {
    private final HeadTensor q = new HeadTensor("q");
    private final HeadTensor k = new HeadTensor("k");
    private final HeadTensor v = new HeadTensor("v");
    private final HeadTensor bias = new HeadTensor("bias");
    private final HeadTensor out = new HeadTensor("out");
    private final HeadTensor logSumExp = new HeadTensor("logSumExp");
    private final HeadTensor dOut = new HeadTensor("dOut");
    private final HeadTensor dQ = new HeadTensor("dQ");
    private final HeadTensor dK = new HeadTensor("dK");
    private final HeadTensor dV = new HeadTensor("dV");
    private final HeadTensor dBias = new HeadTensor("dBias");
    private final HeadTensor[] forwardInputs = {q, k, v, bias};
    private final HeadTensor[] forwardOutputs = {out, logSumExp};
    private final HeadTensor[] backwardInputs = {q, k, v, bias, out, logSumExp, dOut};
    private final HeadTensor[] backwardOutputs = {dQ, dK, dV, dBias};

    void forward(AttentionShape s, AttentionMask mask, AttentionTensors t) {
        t.checkForward();
        shared(s, mask, t);
        check(forwardInputs, forwardOutputs);
    }

    void backward(AttentionShape s, AttentionMask mask, AttentionTensors t) {
        t.checkBackward();
        shared(s, mask, t);
        likeQueries(dOut, s, s.out(), t.dOut, t.dOutOffset);
        likeQueries(dQ, s, s.q(), t.dQ, t.dQOffset);
        likeKeys(dK, s, s.k(), t.dK, t.dKOffset);
        likeKeys(dV, s, s.v(), t.dV, t.dVOffset);
        if (t.dBias == null) {
            dBias.setEmpty();
        } else {
            mask.biasGradient(s, dBias, t.dBias, t.dBiasOffset);
        }
        check(backwardInputs, backwardOutputs);
    }

    private void shared(AttentionShape s, AttentionMask mask, AttentionTensors t) {
        s.check();
        bias.setEmpty();
        mask.check(s, bias);
        likeQueries(q, s, s.q(), t.q, t.qOffset);
        likeKeys(k, s, s.k(), t.k, t.kOffset);
        likeKeys(v, s, s.v(), t.v, t.vOffset);
        likeQueries(out, s, s.out(), t.out, t.outOffset);
        if (t.logSumExp == null) {
            logSumExp.setEmpty();
        } else {
            int n = s.rows();
            logSumExp.set(t.logSumExp, t.logSumExpOffset, 1, 1, 1, n, n, n, Math.max(1, n));
        }
    }

    /** The items of a ragged batch lie end to end: for the checks they are one. */
    private static void likeQueries(
            HeadTensor tensor, AttentionShape s, AttentionShape.Layout layout, float[] data, int offset) {
        tensor.set(
                data, offset, s.ragged() ? 1 : s.batch(), s.heads(), s.queries(), s.headDim(), layout.batchStride(),
                layout.headStride(), layout.rowStride());
    }

    private static void likeKeys(
            HeadTensor tensor, AttentionShape s, AttentionShape.Layout layout, float[] data, int offset) {
        tensor.set(
                data, offset, s.ragged() ? 1 : s.batch(), s.keyValueHeads(), s.keys(), s.headDim(),
                layout.batchStride(), layout.headStride(), layout.rowStride());
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
            input.setEmpty();
        }
        for (HeadTensor output : backwardOutputs) {
            output.setEmpty();
        }
    }
}
