package dev.lanewise.launch;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.ElementFunction;
import dev.lanewise.kernels.KernelSet;
import dev.lanewise.runtime.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Runs every kernel on small inputs, again and again, and prints a checksum of the bits that each wrote: in a JVM that has
 * just started the first rounds are interpreted and the last ones compiled by whatever compiler there is. Arguments: the
 * class that holds the kernels, and the number of rounds.
 */
public final class KernelBits {
    private static final int N = 43;
    private static final int ROWS = 15;

    private final KernelSet kernels;
    private final Workers workers = Workers.serial();
    private final float[] x = randoms(1);
    private final float[] y = randoms(2);
    private final float[] z = randoms(3);
    private final int[] ids = {3, 0, 3, -1, 7};
    private final int[] lengths = {40, 0, 17};

    private KernelBits(KernelSet kernels) {
        this.kernels = kernels;
    }

    /**
     * The program.
     *
     * @param args see the class
     * @throws ReflectiveOperationException if there is no such class
     */
    public static void main(String[] args) throws ReflectiveOperationException {
        KernelBits bits = new KernelBits((KernelSet) Class.forName(args[0]).getField("INSTANCE").get(null));
        List<String> first = bits.checksums();
        for (int round = 1; round < Integer.parseInt(args[1]); round++) {
            List<String> now = bits.checksums();
            if (!now.equals(first)) {
                System.out.println("round " + round + " gave " + now + " after " + first);
                return;
            }
        }
        first.forEach(System.out::println);
    }

    private static float[] randoms(int seed) {
        Random random = new Random(seed);
        float[] values = new float[2 * ROWS * N];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private List<String> checksums() {
        List<String> sums = new ArrayList<>();
        products(sums);
        rows(sums);
        elements(sums);
        attention(sums);
        tables(sums);
        return sums;
    }

    private static void add(List<String> sums, String name, float[]... written) {
        int sum = 0;
        for (float[] values : written) {
            sum = 31 * sum + Arrays.hashCode(values);
        }
        sums.add(name + " " + sum);
    }

    private void products(List<String> sums) {
        float[] c = z.clone();
        kernels.matMul().multiply(workers, ROWS, N, 20, 0.7f, x, 0, 20, 1, y, 0, N, 1, 0.3f, c, 0, N, null);
        add(sums, "matMul", c);
        kernels.matMul().multiply(workers, ROWS, N, 20, 1f, x, 0, 1, ROWS, y, 0, 1, 20, 0f, c, 0, N, null);
        add(sums, "matMul, transposed", c);
    }

    private void rows(List<String> sums) {
        float[] out = z.clone();
        kernels.softmax().softmax(ROWS, N, x, 0, N, out, 0, N);
        add(sums, "softmax", out);
        float[] dX = z.clone();
        kernels.softmax().softmaxBackward(ROWS, N, out, 0, N, y, 0, N, dX, 0, N);
        add(sums, "softmaxBackward", dX);
        kernels.softmax().softmaxPrefix(3, N, lengths, 0, x, 0, N, out, 0, N);
        add(sums, "softmaxPrefix", out);
        float[] losses = new float[5];
        kernels.softmax().crossEntropy(3, N, x, 0, N, lengths, 0, losses, 0);
        kernels.softmax().crossEntropyBackward(3, N, x, 0, N, lengths, 0, 0.3f, dX, 0, N);
        add(sums, "crossEntropy", losses, dX);
        float[] mean = new float[ROWS];
        float[] rstd = new float[ROWS];
        kernels.norm().layerNorm(ROWS, N, 1e-5f, x, 0, N, y, 0, z, 0, out, 0, N, mean, 0, rstd, 0);
        add(sums, "layerNorm", out, mean, rstd);
        float[] dGamma = y.clone();
        float[] dBeta = z.clone();
        kernels.norm().layerNormGradients(
                ROWS, N, z, 0, N, x, 0, N, y, 0, mean, 0, rstd, 0, true, dX, 0, N, dGamma, 0, dBeta, 0);
        add(sums, "layerNormGradients", dX, dGamma, dBeta);
        kernels.norm().addLayerNorm(
                ROWS, N, 1e-5f, x, 0, N, y, 0, N, z, 0, y, 0, z, 0, dX, 0, N, out, 0, N, mean, 0, rstd, 0);
        add(sums, "addLayerNorm", dX, out, mean, rstd);
        fewerRows(sums, out, dX, dGamma, rstd, losses);
    }

    private void fewerRows(
            List<String> sums, float[] out, float[] dX, float[] dGamma, float[] rstd, float[] losses) {
        kernels.norm().rmsNorm(ROWS, N, 1e-5f, x, 0, N, y, 0, out, 0, N, rstd, 0);
        kernels.norm().rmsNormGradients(ROWS, N, z, 0, N, x, 0, N, y, 0, rstd, 0, false, dX, 0, N, dGamma, 0);
        add(sums, "rmsNorm", out, rstd, dX, dGamma);
        kernels.softmax().logSoftmax(ROWS, N, x, 0, N, out, 0, N);
        kernels.softmax().logSoftmaxBackward(ROWS, N, out, 0, N, y, 0, N, dX, 0, N);
        add(sums, "logSoftmax", out, dX);
        kernels.softmax().crossEntropyWithGradient(3, N, x, 0, N, lengths, 0, 0.3f, losses, 0, dX, 0, N);
        add(sums, "crossEntropyWithGradient", losses, dX);
        for (boolean interleaved : new boolean[] {false, true}) {
            kernels.embedding().rotary(2, 1, N - 1, interleaved, 1f, y, z, null, 0, 0, x, 0, N, out, 0, N);
            add(sums, "rotary, " + interleaved, out);
        }
    }

    private void elements(List<String> sums) {
        float[] out = z.clone();
        for (ElementFunction f : ElementFunction.values()) {
            kernels.activation().forward(f, 5 * N, x, 0, out, 0);
            add(sums, f.name(), out);
            kernels.activation().backward(f, 5 * N, x, 0, y, 0, out, 0);
            add(sums, f + " backward", out);
        }
        kernels.elementwise().add(N, x, 0, y, 0, out, 0);
        kernels.elementwise().scale(N, 0.3f, x, 0, out, N);
        kernels.elementwise().addBias(3, N, x, 0, N, y, 0, out, 2 * N, N);
        kernels.elementwise().biasGradient(ROWS, 1, N, x, 0, N, out, 0);
        add(sums, "sums", out);
        kernels.elementwise().dropout(N, 0.3f, 12, 99, x, 0, out, 0);
        add(sums, "dropout", out);
        sums.add("sumOfSquares " + kernels.elementwise().sumOfSquares(x.length, x, 0));
        float[] w = x.clone();
        float[] m = y.clone();
        float[] v = z.clone();
        for (int i = 0; i < v.length; i++) {
            v[i] *= v[i];
        }
        kernels.update().adamW(N, 0.5f, 1e-3f, 0.9f, 0.98f, 1e-8f, 0.01f, 0.1f, 0.02f, w, 0, y, 0, m, 0, v, 0);
        add(sums, "adamW", w, m, v);
    }

    private void attention(List<String> sums) {
        attention(sums, "attention", head());
        AttentionCall causal = head();
        causal.high = 3;
        attention(sums, "causal attention", causal);
        AttentionCall banded = head();
        banded.low = -2;
        banded.high = 6;
        banded.bias = y;
        banded.biasRowStride = ROWS + 3;
        banded.dropout = 0.2f;
        banded.dropoutSeed = 5;
        banded.dropoutIndex = (1L << 32) - 100;
        attention(sums, "attention with a window, a bias and dropout", banded);
    }

    private AttentionCall head() {
        AttentionCall call = new AttentionCall();
        call.queries = ROWS;
        call.keys = ROWS + 3;
        call.validKeys = ROWS;
        call.headDim = 19;
        call.scale = 0.2f;
        call.q = x;
        call.qRowStride = 19;
        call.k = y;
        call.kRowStride = 19;
        call.v = z;
        call.vRowStride = 19;
        return call;
    }

    /** Forward pass of a head, then its backward pass in two parts that share dQ. */
    private void attention(List<String> sums, String name, AttentionCall call) {
        float[] out = z.clone();
        float[] logSumExp = new float[ROWS];
        call.out = out;
        call.outRowStride = 19;
        call.logSumExp = logSumExp;
        kernels.attention().forward(call, 0, ROWS);
        add(sums, name, out, logSumExp);
        float[] dQ = x.clone();
        float[] dK = y.clone();
        float[] dV = z.clone();
        call.dOut = z;
        call.dOutRowStride = 19;
        call.dQ = dQ;
        call.dQRowStride = 19;
        call.dK = dK;
        call.dKRowStride = 19;
        call.dV = dV;
        call.dVRowStride = 19;
        kernels.attention().backward(call, 0, 7);
        call.addQueryGradient = true;
        call.addKeyGradient = true;
        kernels.attention().backward(call, 7, ROWS + 3);
        add(sums, name + ", backward", dQ, dK, dV);
        float[] dBias = new float[ROWS * (ROWS + 3)];
        call.dBias = dBias;
        call.dBiasRowStride = ROWS + 3;
        kernels.attention().biasGradient(call, 0, 7);
        kernels.attention().biasGradient(call, 7, ROWS + 3);
        add(sums, name + ", gradient of the bias", dBias);
    }

    private void tables(List<String> sums) {
        float[] out = z.clone();
        kernels.embedding().gatherAdd(5, N, ids, 0, x, 0, out, 0, N);
        kernels.embedding().scatterAdd(5, N, ids, 0, 0, 8, y, 0, N, out, 0);
        kernels.embedding().addPositions(2, 3, N, x, 0, out, 0);
        add(sums, "tables", out);
        int[] counts = {3, 0, 5};
        kernels.embedding().meanPool(3, 5, N, counts, 0, x, 0, out, 0);
        add(sums, "meanPool", out);
        kernels.embedding().meanPoolBackward(3, 5, N, counts, 0, y, 0, out, 0);
        add(sums, "meanPoolBackward", out);
    }
}
