package dev.lanewise.kernels;

/**
 * One head of one sequence, as the kernels get it: sizes, where the rows of its tensors lie, and which keys a query sees.
 * Row i of q is the {@code headDim} elements from {@code qOffset + i * qRowStride}; likewise k, v and out. A caller keeps
 * an object and sets its fields anew for each call, so that calling allocates nothing; kernels only read them.
 */
public final class AttentionCall {
    /** No limit of the band on this side: beyond every distance between a query and a key. */
    public static final int UNLIMITED = 1 << 30;

    public int queries;
    public int keys;
    public int headDim;

    /** Factor of the scores. */
    public float scale;

    /** Keys that count, from the first; the others are never read. */
    public int validKeys;

    /** Query i sees keys from {@code i + low} on; {@code -UNLIMITED} for from the first. */
    public int low = -UNLIMITED;

    /** Query i sees keys up to {@code i + high}; {@code UNLIMITED} for up to the last. */
    public int high = UNLIMITED;

    /** Added to the score of query i and key j: {@code bias[biasOffset + i * biasRowStride + j]}; null for nothing. */
    public float[] bias;

    public int biasOffset;
    public int biasRowStride;

    /** Chance of a weight to be dropped; the others are divided by {@code 1 - dropout}. */
    public float dropout;

    public long dropoutSeed;

    /** The weight of query i and key j has the number {@code dropoutIndex + (long) i * keys + j}: see {@link Dropout}. */
    public long dropoutIndex;

    public float[] q;
    public int qOffset;
    public int qRowStride;
    public float[] k;
    public int kOffset;
    public int kRowStride;
    public float[] v;
    public int vOffset;
    public int vRowStride;
    public float[] out;
    public int outOffset;
    public int outRowStride;

    /** One number a query, side by side. */
    public float[] logSumExp;

    public int logSumExpOffset;

    /** Gradient of out. */
    public float[] dOut;

    public int dOutOffset;
    public int dOutRowStride;
    public float[] dQ;
    public int dQOffset;
    public int dQRowStride;
    public float[] dK;
    public int dKOffset;
    public int dKRowStride;
    public float[] dV;
    public int dVOffset;
    public int dVRowStride;

    /** Gradient of the bias: that of query i and key j is {@code dBias[dBiasOffset + i * dBiasRowStride + j]}. */
    public float[] dBias;

    public int dBiasOffset;

    /** 0 where the queries share their bias. */
    public int dBiasRowStride;

    /**
     * Whether dQ is added to rather than overwritten. What the keys of the call contribute to an element is summed up on its
     * own and added in one addition: parts that share one dQ have the bits of parts whose dQ are added up afterwards.
     */
    public boolean addQueryGradient;

    /** Whether dK and dV are added to rather than overwritten. */
    public boolean addKeyGradient;

    /** First key that the query sees; not below {@link #endKey} if it sees none. */
    public int firstKey(int query) {
        return (int) Math.max(0, Math.min(validKeys, (long) query + low));
    }

    /** Index behind the last key that the query sees. */
    public int endKey(int query) {
        return (int) Math.max(0, Math.min(validKeys, (long) query + high + 1));
    }

    /** Whether there is a limit to the keys that a query sees but {@link #validKeys}. */
    public boolean banded() {
        return low > -UNLIMITED || high < UNLIMITED;
    }
}
