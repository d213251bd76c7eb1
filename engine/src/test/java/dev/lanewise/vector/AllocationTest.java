package dev.lanewise.vector;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernels.ElementFunction;
import dev.lanewise.kernels.Epilogue;
import dev.lanewise.kernels.PackedB;
import dev.lanewise.runtime.Workers;
import dev.lanewise.testing.Allocations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * That the kernels allocate nothing once they are compiled. A vector that crosses a call becomes
 * an object, at a tenth of the speed, and whether a helper becomes a call depends on the size of the code around it, which is the same at every width.
 */
@Tag("once")
final class AllocationTest {
    /** The first has full vectors only, the second a partial one in every row. */
    private static final int[] COLS = {128, 61};

    private static final int ROWS = 6;

    /** m, n and k: without packing, packed and shared, matrix by vector, vector by matrix, of depth one. */
    private static final int[][] PRODUCTS = {
        {14, 37, 20}, {170, 161, 165}, {64, 300, 400}, {300, 1, 300}, {1, 300, 300}, {1, 131, 131},
        {250, 270, 1}
    };

    @BeforeAll
    static void masksAreInstructions() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
        assumeTrue(System.getProperty("os.arch").matches("amd64|x86_64"), "masked stores are known for x86 only");
    }

    @Test
    void compiledKernelsAllocateNothing() {
        for (int cols : COLS) {
            kernels(cols).forEach((name, kernel) -> Allocations.assertNone(name + ", " + cols + " columns", kernel));
        }
    }

    @Test
    void compiledProductsAllocateNothing() {
        try (Workers two = Workers.of(2)) {
            for (Workers workers : List.of(Workers.serial(), two)) {
                for (int[] s : PRODUCTS) {
                    String where = ", [" + s[0] + " x " + s[2] + "] times [" + s[2] + " x " + s[1] + "], "
                            + workers.threads() + " threads";
                    products(workers, s[0], s[1], s[2])
                            .forEach((name, product) -> Allocations.assertNone(name + where, product));
                }
            }
        }
    }

    /** Every way through matrix multiply for one shape, transposed too. */
    private static Map<String, Runnable> products(Workers workers, int m, int n, int k) {
        float[] a = values(m * k);
        float[] b = values(k * n);
        float[] c = new float[m * n];
        float[] z = new float[m * n];
        float[] residual = values(m * n);
        Epilogue gelu = new Epilogue();
        gelu.bias = values(n);
        gelu.activation = ElementFunction.GELU;
        gelu.preActivation = z;
        gelu.preActivationLd = n;
        Epilogue relu = new Epilogue();
        relu.activation = ElementFunction.RELU;
        relu.residual = residual;
        relu.residualLd = n;
        VectorMatMul matMul = new VectorMatMul();
        PackedB packed = matMul.pack(k, n, b, 0, n, 1, null);
        Map<String, Runnable> products = new LinkedHashMap<>();
        products.put("multiply",
                () -> matMul.multiply(workers, m, n, k, 1f, a, 0, k, 1, b, 0, n, 1, 0f, c, 0, n, null));
        products.put(
                "multiply, transposed",
                () -> matMul.multiply(workers, m, n, k, 0.5f, a, 0, 1, m, b, 0, 1, k, 1e-3f, c, 0, n, null));
        products.put("bias, GELU",
                () -> matMul.multiply(workers, m, n, k, 1f, a, 0, k, 1, b, 0, n, 1, 0f, c, 0, n, gelu));
        products.put(
                "ReLU, residual",
                () -> matMul.multiply(workers, m, n, k, 1f, a, 0, k, 1, b, 0, 1, k, 1e-3f, c, 0, n, relu));
        products.put("pack", () -> matMul.pack(k, n, b, 0, 1, k, packed));
        products.put("packed", () -> matMul.multiplyPacked(workers, m, 1f, a, 0, k, 1, packed, 0f, c, 0, n, null));
        products.put(
                "packed, bias, GELU",
                () -> matMul.multiplyPacked(workers, m, 1f, a, 0, 1, m, packed, 1e-3f, c, 0, n, gelu));
        int half = m / 2;
        products.put(
                "batch",
                () -> matMul.multiplyBatch(
                        workers, 2, half, n, k, 1f, a, 0, k, 1, half * k, b, 0, n, 1, 0, 0f, c, 0, n, half * n));
        return products;
    }

    private static float[] values(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) Math.sin(i);
        }
        return values;
    }

    private static Map<String, Runnable> kernels(int cols) {
        int n = ROWS * cols;
        float[] x = values(n);
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
        for (boolean add : new boolean[] {true, false}) {
            kernels.put(
                    "layerNormGradients, " + add,
                    () -> norm.layerNormGradients(
                            ROWS, cols, dY, 0, cols, x, 0, cols, gamma, 0, mean, 0, rstd, 0, add, dX, 0, cols, m, 0, v,
                            0));
        }

        VectorActivation activation = new VectorActivation();
        for (ElementFunction f : ElementFunction.values()) {
            kernels.put(f + " forward", () -> activation.forward(f, n, x, 0, y, 0));
            kernels.put(f + " backward", () -> activation.backward(f, n, x, 0, dY, 0, dX, 0));
        }

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
                () -> update.adamW(n, 1f, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, y, 0, dY, 0, m, 0, v, 0));
        return kernels;
    }
}
