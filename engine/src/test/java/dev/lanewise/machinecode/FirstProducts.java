package dev.lanewise.machinecode;

import dev.lanewise.Engine;
import dev.lanewise.Matrix;
import java.util.Arrays;

/** A program whose first call is a long product; arguments: whether it warms the kernels first, and the number of calls. */
public final class FirstProducts {
    private static final int SIZE = 1024;

    private FirstProducts() {}

    /**
     * The program.
     *
     * @param args see the class
     */
    public static void main(String[] args) {
        try (Engine engine = Engine.serial()) {
            if (Boolean.parseBoolean(args[0])) {
                engine.warmUpMatMul();
            }
            Matrix a = Matrix.zeros(SIZE, SIZE);
            Arrays.fill(a.data(), 0.5f);
            Matrix c = Matrix.zeros(SIZE, SIZE);
            for (int call = 0; call < Integer.parseInt(args[1]); call++) {
                engine.matMul(a, a, c);
            }
        }
    }
}
