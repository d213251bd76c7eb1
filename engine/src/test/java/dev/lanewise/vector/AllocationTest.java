package dev.lanewise.vector;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * That the row-wise and element-wise kernels allocate nothing once they are compiled. A vector that crosses a call becomes
 * an object, at a tenth of the speed, and whether a helper becomes a call depends on the size of the code around it, which is the same at every width.
 */
@Tag("once")
final class AllocationTest {
    private static final int CALLS = 500;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    /** The first has full vectors only, the second a partial one in every row. */
    private static final int[] COLS = {128, 61};

    private static final int ROWS = 6;

    @BeforeAll
    static void masksAreInstructions() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
        assumeTrue(System.getProperty("os.arch").matches("amd64|x86_64"), "masked stores are known for x86 only");
    }

    @Test
    void compiledKernelsAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int cols : COLS) {
            kernels(cols).forEach((name, kernel) -> assertAllocatesNothing(threads, name + ", " + cols, kernel));
        }
    }

    /** Calls the kernel until a batch of calls has allocated less than a byte a call. */
    private static void assertAllocatesNothing(ThreadMXBean threads, String name, Runnable kernel) {
        long deadline = System.nanoTime() + PATIENCE;
        long bytes;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < CALLS; call++) {
                kernel.run();
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + " columns: still " + bytes / (double) CALLS + " bytes a call");
            }
        } while (bytes >= CALLS);
    }

    private static Map<String, Runnable> kernels(int cols) {
        int n = ROWS * cols;
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) Math.sin(i);
        }
        float[] y = x.clone();
        float[] dY = x.clone();
        float[] dX = new float[n];
        float[] m = new float[n];
        float[] v = new float[n];
        float[] gamma = new float[cols];
        float[] beta = new float[cols];
        float[] mean = new float[ROWS];
        float[] rstd = new float[ROWS];
        int[] ids = new int[ROWS];
        Map<String, Runnable> kernels = new LinkedHashMap<>();

        VectorSoftmax softmax = new VectorSoftmax();
        kernels.put("softmax", () -> softmax.softmax(ROWS, cols, x, 0, cols, y, 0, cols));
        kernels.put(
                "softmaxBackward", () -> softmax.softmaxBackward(ROWS, cols, y, 0, cols, dY, 0, cols, dX, 0, cols));
        kernels.put("crossEntropy", () -> softmax.crossEntropy(ROWS, cols, x, 0, cols, ids, 0, mean, 0));
        kernels.put(
                "crossEntropyBackward",
                () -> softmax.crossEntropyBackward(ROWS, cols, x, 0, cols, ids, 0, 1f, dX, 0, cols));

        VectorNorm norm = new VectorNorm();
        kernels.put(
                "layerNorm",
                () -> norm.layerNorm(
                        ROWS, cols, 1e-5f, x, 0, cols, gamma, 0, beta, 0, y, 0, cols, mean, 0, rstd, 0));
        kernels.put(
                "layerNormBackward",
                () -> norm.layerNormBackward(
                        ROWS, cols, dY, 0, cols, x, 0, cols, gamma, 0, mean, 0, rstd, 0, dX, 0, cols));
        kernels.put(
                "layerNormParameterGradients",
                () -> norm.layerNormParameterGradients(
                        ROWS, 0, cols, dY, 0, cols, x, 0, cols, mean, 0, rstd, 0, gamma, 0, beta, 0));

        VectorActivation activation = new VectorActivation();
        kernels.put("relu", () -> activation.relu(n, x, 0, y, 0));
        kernels.put("reluBackward", () -> activation.reluBackward(n, x, 0, dY, 0, dX, 0));
        kernels.put("gelu", () -> activation.gelu(n, x, 0, y, 0));
        kernels.put("geluBackward", () -> activation.geluBackward(n, x, 0, dY, 0, dX, 0));

        VectorElementwise elementwise = new VectorElementwise();
        kernels.put("add", () -> elementwise.add(n, x, 0, dY, 0, y, 0));
        kernels.put("scale", () -> elementwise.scale(n, 2f, x, 0, y, 0));
        kernels.put("addBias", () -> elementwise.addBias(ROWS, cols, x, 0, cols, gamma, 0, y, 0, cols));
        kernels.put("biasGradient", () -> elementwise.biasGradient(ROWS, 0, cols, dY, 0, cols, gamma, 0));
        kernels.put("dropout", () -> elementwise.dropout(n, 0.1f, 7, 0, x, 0, y, 0));
        kernels.put("sumOfSquares", () -> elementwise.sumOfSquares(n, x, 0));

        VectorUpdate update = new VectorUpdate();
        kernels.put(
                "adamW",
                () -> update.adamW(n, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, y, 0, dY, 0, m, 0, v, 0));
        return kernels;
    }
}
