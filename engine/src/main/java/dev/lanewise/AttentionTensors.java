package dev.lanewise;

import java.util.Objects;

/**
 * The tensors of an attention, each an array and the index of its first element. Set up once and used for many calls; to
 * change it between calls allocates nothing. Which elements a tensor takes follows from the {@link AttentionShape}.
 *
 * <pre>{@code
 * AttentionTensors tensors = new AttentionTensors()
 *         .q(qkv, 0).k(qkv, modelDim).v(qkv, 2 * modelDim).out(context, 0).logSumExp(logSumExp, 0);
 * engine.attention().forward(shape, options, tensors);
 * }</pre>
 */
public final class AttentionTensors {
    float[] q;
    int qOffset;
    float[] k;
    int kOffset;
    float[] v;
    int vOffset;
    float[] out;
    int outOffset;
    float[] logSumExp;
    int logSumExpOffset;
    float[] dOut;
    int dOutOffset;
    float[] dQ;
    int dQOffset;
    float[] dK;
    int dKOffset;
    float[] dV;
    int dVOffset;
    float[] dBias;
    int dBiasOffset;

    /** Nothing set yet. */
    public AttentionTensors() {}

    /**
     * Sets the queries.
     *
     * @param values not modified
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors q(float[] values, int offset) {
        q = values;
        qOffset = offset;
        return this;
    }

    /**
     * Sets the keys.
     *
     * @param values not modified
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors k(float[] values, int offset) {
        k = values;
        kOffset = offset;
        return this;
    }

    /**
     * Sets the values.
     *
     * @param values not modified
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors v(float[] values, int offset) {
        v = values;
        vOffset = offset;
        return this;
    }

    /**
     * Sets the output.
     *
     * @param values overwritten by the forward pass, read by the backward pass
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors out(float[] values, int offset) {
        out = values;
        outOffset = offset;
        return this;
    }

    /**
     * Sets what the forward pass keeps for the backward pass: {@code log(sum over seen j of exp(score[i, j]))}.
     *
     * @param values overwritten by the forward pass, read by the backward pass; null for a forward pass alone, which then
     *     keeps nothing
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors logSumExp(float[] values, int offset) {
        logSumExp = values;
        logSumExpOffset = offset;
        return this;
    }

    /**
     * Sets the gradient of the output, laid out like it.
     *
     * @param values read by the backward pass
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors dOut(float[] values, int offset) {
        dOut = values;
        dOutOffset = offset;
        return this;
    }

    /**
     * Sets the gradient of the queries, laid out like them.
     *
     * @param values overwritten by the backward pass
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors dQ(float[] values, int offset) {
        dQ = values;
        dQOffset = offset;
        return this;
    }

    /**
     * Sets the gradient of the keys, laid out like them.
     *
     * @param values overwritten by the backward pass
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors dK(float[] values, int offset) {
        dK = values;
        dKOffset = offset;
        return this;
    }

    /**
     * Sets the gradient of the values, laid out like them.
     *
     * @param values overwritten by the backward pass
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors dV(float[] values, int offset) {
        dV = values;
        dVOffset = offset;
        return this;
    }

    /**
     * Sets the gradient of the mask's bias, with the strides of the bias: where they are 0, the gradients of the items,
     * heads or queries that share values are summed up.
     *
     * @param values overwritten by the backward pass; null where the gradient is not wanted
     * @param offset index of the first element
     * @return this
     */
    public AttentionTensors dBias(float[] values, int offset) {
        dBias = values;
        dBiasOffset = offset;
        return this;
    }

    /** That what the forward pass needs is there. */
    void checkForward() {
        Objects.requireNonNull(q, "q");
        Objects.requireNonNull(k, "k");
        Objects.requireNonNull(v, "v");
        Objects.requireNonNull(out, "out");
    }

    /** That what the backward pass needs is there. */
    void checkBackward() {
        checkForward();
        Objects.requireNonNull(logSumExp, "logSumExp");
        Objects.requireNonNull(dOut, "dOut");
        Objects.requireNonNull(dQ, "dQ");
        Objects.requireNonNull(dK, "dK");
        Objects.requireNonNull(dV, "dV");
    }

    /** Takes over another's tensors. */
    void set(AttentionTensors other) {
        q(other.q, other.qOffset).k(other.k, other.kOffset).v(other.v, other.vOffset).out(other.out, other.outOffset);
        logSumExp(other.logSumExp, other.logSumExpOffset).dOut(other.dOut, other.dOutOffset);
        dQ(other.dQ, other.dQOffset).dK(other.dK, other.dKOffset).dV(other.dV, other.dVOffset);
        dBias(other.dBias, other.dBiasOffset);
    }

    /** Lets go of the arrays, so that a kept object keeps nothing else. */
    void clear() {
        q(null, 0).k(null, 0).v(null, 0).out(null, 0).logSumExp(null, 0);
        dOut(null, 0).dQ(null, 0).dK(null, 0).dV(null, 0).dBias(null, 0);
    }
}
