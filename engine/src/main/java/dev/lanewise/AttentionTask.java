package dev.lanewise;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;
import java.util.Arrays;

/**
 * One attention in flight: its operands, its plan, and its parts. Borrowed from a pool, and itself the task that the workers
 * run, so that a call allocates nothing.
 */
final class AttentionTask implements Workers.Task {
    /** Multiplications below which everything runs on the calling thread: about 20 microseconds of scalar code. */
    private static final long SERIAL_WORK = 1 << 16;

    private enum Pass {
        FORWARD,
        BACKWARD,
        /** Adds up the dQ of chunks that were parts of their own. */
        SUM,
        /** The gradient of the bias, each element by one part. */
        BIAS
    }

    /** What the caller of a form without these objects passed. */
    final AttentionTensors tensors = new AttentionTensors();

    final AttentionOptions options = new AttentionOptions();

    private final AttentionKernels kernels;
    private final Workers workers;
    private final Lifetime lifetime;
    private final Pool<AttentionCall> calls;
    private final AttentionChecks checks = new AttentionChecks();
    private final AttentionPlan plan = new AttentionPlan();
    private AttentionShape lastOneHead = AttentionShape.headsFirst(1, 1, 0, 0, 0);
    private float[] partials = {};
    private float[] ownLogSumExp = {};
    private long[] dropoutIndex = {};
    private Pass pass;
    private AttentionShape shape;
    private AttentionMask mask;
    private float scale;
    private float dropout;
    private long dropoutSeed;

    AttentionTask(AttentionKernels kernels, Workers workers, Lifetime lifetime, Pool<AttentionCall> calls) {
        this.kernels = kernels;
        this.workers = workers;
        this.lifetime = lifetime;
        this.calls = calls;
    }

    /** The shape of matrices; the last one where it holds still. */
    AttentionShape oneHead(Matrix q, Matrix k, Matrix v, Matrix out) {
        AttentionShape last = lastOneHead;
        boolean holds = last.queries() == q.rows() && last.keys() == k.rows() && last.headDim() == q.cols()
                && last.q().rowStride() == q.stride() && last.k().rowStride() == k.stride()
                && last.v().rowStride() == v.stride() && last.out().rowStride() == out.stride();
        if (!holds) {
            lastOneHead = AttentionShape.interleaved(
                    1, 1, q.rows(), k.rows(), q.cols(), q.stride(), k.stride(), v.stride(), out.stride());
        }
        return lastOneHead;
    }

    /** Checks and runs the forward pass of {@link #tensors}. */
    void forward(AttentionShape newShape, AttentionOptions newOptions) {
        lifetime.check();
        set(newShape, newOptions);
        checks.forward(shape, mask, tensors);
        if (tensors.logSumExp == null) {
            if (ownLogSumExp.length < shape.rows()) {
                ownLogSumExp = new float[shape.rows()];
            }
            tensors.logSumExp(ownLogSumExp, 0);
        }
        numberWeights();
        int threads = threads();
        plan.forward(shape, mask, threads);
        run(Pass.FORWARD, threads);
    }

    /** Checks and runs the backward pass of {@link #tensors}. */
    void backward(AttentionShape newShape, AttentionOptions newOptions) {
        lifetime.check();
        set(newShape, newOptions);
        checks.backward(shape, mask, tensors);
        numberWeights();
        int threads = threads();
        plan.backward(shape, mask, threads);
        if (partials.length < plan.partialsLength()) {
            partials = new float[plan.partialsLength()];
        }
        run(Pass.BACKWARD, threads);
        if (plan.partialsLength() > 0) {
            plan.sums(shape);
            run(Pass.SUM, threads);
        }
        if (tensors.dBias != null) {
            plan.biasGradient(shape, mask, threads);
            run(Pass.BIAS, threads);
        }
    }

    /** Lets go of the caller's objects. */
    void clear() {
        tensors.clear();
        options.mask(AttentionMask.none());
        checks.clear();
        shape = null;
        mask = null;
    }

    private void set(AttentionShape newShape, AttentionOptions newOptions) {
        shape = newShape;
        mask = newOptions.mask();
        scale = newOptions.scale(newShape.headDim());
        dropout = newOptions.dropout();
        dropoutSeed = newOptions.dropoutSeed();
    }

    /** Threads worth using. */
    private int threads() {
        double work = 0;
        for (int b = 0; b < shape.batch() && work <= SERIAL_WORK; b++) {
            work += (double) shape.heads() * shape.queries(b) * shape.keys(b) * shape.headDim();
        }
        return work <= SERIAL_WORK ? 1 : workers.threads();
    }

    /** Finds the number of the first weight of each item. */
    private void numberWeights() {
        if (dropout == 0f) {
            return;
        }
        if (dropoutIndex.length < shape.batch()) {
            dropoutIndex = new long[shape.batch()];
        }
        long next = 0;
        for (int b = 0; b < shape.batch(); b++) {
            dropoutIndex[b] = next;
            next += (long) shape.queries(b) * shape.keys(b) * shape.heads();
        }
    }

    private void run(Pass newPass, int threads) {
        pass = newPass;
        int parts = plan.parts();
        if (threads > 1 && parts > 1) {
            workers.run(parts, this);
            return;
        }
        for (int part = 0; part < parts; part++) {
            run(part);
        }
    }

    @Override
    public void run(int part) {
        int item = plan.item(part);
        int from = plan.from(part);
        int to = plan.to(part);
        if (pass == Pass.SUM) {
            sum(item, plan.head(part), from, to);
            return;
        }
        AttentionCall call = calls.acquire();
        call.headDim = shape.headDim();
        call.scale = scale;
        if (pass == Pass.BIAS) {
            biasGradient(call, item, plan.head(part), from, to);
        } else if (pass == Pass.FORWARD) {
            AttentionPlan.item(call, shape, mask, item);
            head(call, item, plan.head(part));
            kernels.forward(call, from, to);
        } else {
            AttentionPlan.item(call, shape, mask, item);
            backward(call, item, plan.head(part), from, to);
        }
        clear(call);
        calls.release(call);
    }

    /** What forward and backward pass read of a query head. */
    private void head(AttentionCall call, int item, int head) {
        AttentionTensors t = tensors;
        int keyHead = head / (shape.heads() / shape.keyValueHeads());
        call.q = t.q;
        call.qOffset = t.qOffset + shape.queryAt(shape.q(), item, head);
        call.qRowStride = shape.q().rowStride();
        call.k = t.k;
        call.kOffset = t.kOffset + shape.keyAt(shape.k(), item, keyHead);
        call.kRowStride = shape.k().rowStride();
        call.v = t.v;
        call.vOffset = t.vOffset + shape.keyAt(shape.v(), item, keyHead);
        call.vRowStride = shape.v().rowStride();
        call.out = t.out;
        call.outOffset = t.outOffset + shape.queryAt(shape.out(), item, head);
        call.outRowStride = shape.out().rowStride();
        call.logSumExp = t.logSumExp;
        call.logSumExpOffset = t.logSumExpOffset + shape.logSumExpAt(item, head);
        mask.bias(call, item, head);
        call.dropout = dropout;
        call.dropoutSeed = dropoutSeed;
        call.dropoutIndex = dropout == 0f ? 0 : dropoutIndex[item] + (long) head * call.queries * call.keys;
    }

    /** The query heads that share a head of keys, one after the other, through the keys from..to-1. */
    private void backward(AttentionCall call, int item, int keyHead, int from, int to) {
        AttentionTensors t = tensors;
        call.dK = t.dK;
        call.dKOffset = t.dKOffset + shape.keyAt(shape.k(), item, keyHead);
        call.dKRowStride = shape.k().rowStride();
        call.dV = t.dV;
        call.dVOffset = t.dVOffset + shape.keyAt(shape.v(), item, keyHead);
        call.dVRowStride = shape.v().rowStride();
        int group = shape.heads() / shape.keyValueHeads();
        int chunk = AttentionPlan.chunk(call.keys);
        for (int g = 0; g < group; g++) {
            int head = keyHead * group + g;
            head(call, item, head);
            outGradient(call, item, head);
            call.addKeyGradient = g > 0;
            int start = from;
            do {
                int end = Math.min(to, start + chunk);
                queryGradient(call, item, head, start / chunk);
                kernels.backward(call, start, end);
                start = end;
            } while (start < to);
        }
    }

    /** What a backward pass reads beside that. */
    private void outGradient(AttentionCall call, int item, int head) {
        call.dOut = tensors.dOut;
        call.dOutOffset = tensors.dOutOffset + shape.queryAt(shape.out(), item, head);
        call.dOutRowStride = shape.out().rowStride();
    }

    /**
     * The gradient of the keys from..to-1 of one bias: that of the given item and head, or of all where they share it, one
     * after the other.
     */
    private void biasGradient(AttentionCall call, int firstItem, int firstHead, int from, int to) {
        int endItem = mask.biasOfItems() ? firstItem + 1 : shape.batch();
        int endHead = mask.biasOfHeads() ? firstHead + 1 : shape.heads();
        mask.biasGradient(call, firstItem, firstHead, tensors.dBias, tensors.dBiasOffset);
        int queries = mask.biasOfItems() ? shape.queries(firstItem) : shape.longestQueries();
        int rows = mask.biasOfQueries() ? queries : Math.min(1, queries);
        for (int i = 0; i < rows; i++) {
            int row = call.dBiasOffset + i * call.dBiasRowStride;
            Arrays.fill(call.dBias, row + from, row + to, 0f);
        }
        for (int item = firstItem; item < endItem; item++) {
            AttentionPlan.item(call, shape, mask, item);
            for (int head = firstHead; head < endHead && from < call.keys; head++) {
                head(call, item, head);
                outGradient(call, item, head);
                mask.biasGradient(call, item, head, tensors.dBias, tensors.dBiasOffset);
                kernels.biasGradient(call, from, Math.min(to, call.keys));
            }
        }
    }

    /** Where a chunk leaves its dQ: an item's chunks that are parts of their own may be at work at the same time. */
    private void queryGradient(AttentionCall call, int item, int head, int chunk) {
        if (chunk > 0 && plan.split(item)) {
            call.dQ = partials;
            call.dQOffset = plan.partialAt(shape, item, head, chunk);
            call.dQRowStride = shape.headDim();
            call.addQueryGradient = false;
        } else {
            call.dQ = tensors.dQ;
            call.dQOffset = tensors.dQOffset + shape.queryAt(shape.q(), item, head);
            call.dQRowStride = shape.q().rowStride();
            call.addQueryGradient = chunk > 0;
        }
    }

    /** Adds the chunks' dQ to that of the first, in the order in which one thread alone adds them. */
    private void sum(int item, int head, int from, int to) {
        int dim = shape.headDim();
        int chunks = AttentionPlan.chunks(shape.keys(item));
        int first = tensors.dQOffset + shape.queryAt(shape.q(), item, head);
        for (int chunk = 1; chunk < chunks; chunk++) {
            int partial = plan.partialAt(shape, item, head, chunk);
            for (int row = from; row < to; row++) {
                addRow(dim, partials, partial + row * dim, tensors.dQ, first + row * shape.q().rowStride());
            }
        }
    }

    private static void addRow(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int d = 0; d < n; d++) {
            y[yOffset + d] += x[xOffset + d];
        }
    }

    /** Lets go of the arrays, so that a kept call keeps nothing else. */
    private static void clear(AttentionCall call) {
        call.q = null;
        call.k = null;
        call.v = null;
        call.bias = null;
        call.out = null;
        call.logSumExp = null;
        call.dOut = null;
        call.dQ = null;
        call.dK = null;
        call.dV = null;
        call.dBias = null;
    }
}
