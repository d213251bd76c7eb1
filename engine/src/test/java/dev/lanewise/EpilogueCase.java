package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What follows a product, and what it must give, in double. Parts that are not wanted are null.
 *
 * @param bias [1 x n]
 * @param function the activation
 * @param z [m x n], where the pre-activations go
 * @param x [m x n], where the derivative of the activation is taken
 * @param residual [m x n]
 */
record EpilogueCase(Block bias, Function function, Block z, Block x, Block residual) {
    /** The activations. */
    enum Function {
        NONE,
        RELU,
        GELU,
        GELU_TANH,
        SILU;

        /** The function by itself; null for none. */
        ActivationCase alone() {
            return this == NONE ? null : ActivationCase.valueOf(name());
        }
    }

    /** All combinations of parts, for an [m x n] result. */
    static List<EpilogueCase> all(Random random, int m, int n) {
        List<EpilogueCase> cases = new ArrayList<>();
        for (Function function : Function.values()) {
            for (int parts = 0; parts < 16; parts++) {
                cases.add(of(random, m, n, parts, function));
            }
        }
        return cases;
    }

    /** One of the combinations. */
    static EpilogueCase any(Random random, int m, int n) {
        return of(random, m, n, random.nextInt(16), Function.values()[random.nextInt(Function.values().length)]);
    }

    private static EpilogueCase of(Random random, int m, int n, int parts, Function function) {
        return new EpilogueCase(
                (parts & 1) == 0 ? null : Block.normal(random, 1, n), function,
                (parts & 2) == 0 ? null : Block.unset(random, m, n),
                (parts & 4) == 0 ? null : Block.of(random, m, n, () -> 6 * random.nextDouble() - 3),
                (parts & 8) == 0 ? null : Block.normal(random, m, n));
    }

    /** Without the pre-activations. */
    EpilogueCase forgetting() {
        return new EpilogueCase(bias, function, null, x, residual);
    }

    /** The same with pre-activations in an array of their own, not yet written. */
    EpilogueCase fresh() {
        return new EpilogueCase(bias, function, z == null ? null : z.copy(), x, residual);
    }

    /** As a caller would say it. */
    MatMulEpilogue epilogue() {
        MatMulEpilogue epilogue = new MatMulEpilogue();
        if (bias != null) {
            epilogue.bias(bias.data, bias.offset);
        }
        if (z != null) {
            epilogue.keepPreActivation(z.data, z.offset, z.ld);
        }
        if (x != null) {
            epilogue.derivativeAt(x.data, x.offset, x.ld);
        }
        if (residual != null) {
            epilogue.residual(residual.data, residual.offset, residual.ld);
        }
        return switch (function) {
            case NONE -> epilogue;
            case RELU -> epilogue.relu();
            case GELU -> epilogue.gelu();
            case GELU_TANH -> epilogue.geluTanh();
            case SILU -> epilogue.silu();
        };
    }

    /** That C and Z are what they must be and the rest is untouched. */
    void check(MatMulCase product, Block out) {
        for (int i = 0; i < product.m(); i++) {
            for (int j = 0; j < product.n(); j++) {
                check(product, product.element(i, j), i, j, out);
            }
        }
        if (bias != null) {
            bias.assertUnchanged("bias");
        }
        if (x != null) {
            x.assertUnchanged("X");
        }
        if (residual != null) {
            residual.assertUnchanged("residual");
        }
        if (z != null) {
            z.assertGuarded("Z");
        }
    }

    private void check(MatMulCase product, MatMulCase.Element p, int i, int j, Block out) {
        double add = bias == null ? 0 : bias.get(0, j);
        double before = p.expected() + add;
        // One rounding of the sum, which is at most as large as its parts together.
        double bound = p.bound() + (bias == null ? 0 : EPS * (Math.abs(p.expected()) + Math.abs(add)));
        if (Double.isInfinite(before)) {
            // Infinity comes out exactly, and so does what an activation makes of it.
            bound = 0;
        }
        Supplier<String> where = () -> this + " after " + product + " at (" + i + ", " + j + ")";
        if (z != null) {
            Close.assertWithin(before, z.get(i, j), bound, () -> "Z of " + where.get());
        }
        double y;
        if (x == null) {
            y = activate(before);
            // No slope is above 1.13.
            bound = 1.13 * bound + activationBound(before, y);
        } else {
            double slope = slope(x.get(i, j));
            // A slope of zero passes nothing on, not even NaN, where it is that of ReLU.
            y = function == Function.RELU && slope == 0 ? 0 : slope * before;
            bound = y == 0 ? 0
                    : Math.abs(slope) * bound + slopeBound(x.get(i, j)) * Math.abs(before) + EPS * Math.abs(y);
        }
        // At infinity the bounds have no value, and what comes out is exact.
        bound = Double.isFinite(bound) ? bound : 0;
        if (residual != null) {
            double r = residual.get(i, j);
            bound += EPS * (Math.abs(y) + Math.abs(r));
            y += r;
        }
        Close.assertWithin(y, out.get(i, j), bound, () -> "C of " + where.get());
    }

    private double activate(double z) {
        return function == Function.NONE ? z : function.alone().value(z);
    }

    /** The error that the activation itself may add. */
    private double activationBound(double z, double y) {
        return function == Function.NONE ? 0 : function.alone().bound(z) + EPS * Math.abs(y) + 2 * Float.MIN_VALUE;
    }

    private double slope(double z) {
        return function == Function.NONE ? 1 : function.alone().slope(z);
    }

    private double slopeBound(double z) {
        return function == Function.NONE ? 0 : function.alone().slopeBound(z) + EPS;
    }

    @Override
    public String toString() {
        return (bias == null ? "" : "bias, ") + function + (x == null ? "" : " backward")
                + (z == null ? "" : ", Z kept") + (residual == null ? "" : ", residual");
    }
}
