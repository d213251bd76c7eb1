package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.NormalDistribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What follows a product, and what it must give, in double. Parts that are not wanted are null.
 *
 * @param bias [1 x n]
 * @param function the activation
 * @param z [m x n], where the pre-activations go
 * @param residual [m x n]
 */
record EpilogueCase(Block bias, Function function, Block z, Block residual) {
    /** The activations. */
    enum Function {
        NONE,
        RELU,
        GELU
    }

    /** All combinations of parts, for an [m x n] result. */
    static List<EpilogueCase> all(Random random, int m, int n) {
        List<EpilogueCase> cases = new ArrayList<>();
        for (Function function : Function.values()) {
            for (int parts = 0; parts < 8; parts++) {
                cases.add(of(random, m, n, parts, function));
            }
        }
        return cases;
    }

    /** One of the combinations. */
    static EpilogueCase any(Random random, int m, int n) {
        return of(random, m, n, random.nextInt(8), Function.values()[random.nextInt(3)]);
    }

    private static EpilogueCase of(Random random, int m, int n, int parts, Function function) {
        return new EpilogueCase(
                (parts & 1) == 0 ? null : Block.normal(random, 1, n), function,
                (parts & 2) == 0 ? null : Block.unset(random, m, n),
                (parts & 4) == 0 ? null : Block.normal(random, m, n));
    }

    /** Without the pre-activations. */
    EpilogueCase forgetting() {
        return new EpilogueCase(bias, function, null, residual);
    }

    /** The same with pre-activations in an array of their own, not yet written. */
    EpilogueCase fresh() {
        return new EpilogueCase(bias, function, z == null ? null : z.copy(), residual);
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
        if (residual != null) {
            epilogue.residual(residual.data, residual.offset, residual.ld);
        }
        return switch (function) {
            case NONE -> epilogue;
            case RELU -> epilogue.relu();
            case GELU -> epilogue.gelu();
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
        String where = this + " after " + product + " at (" + i + ", " + j + ")";
        if (z != null) {
            Close.assertWithin(before, z.get(i, j), bound, "Z of " + where);
        }
        double y = switch (function) {
            case NONE -> before;
            case RELU -> Math.max(before, 0);
            case GELU -> gelu(before);
        };
        if (function == Function.GELU && Double.isFinite(before)) {
            // The slope of GELU is nowhere above 1.13; its own error is 4 eps, more in the tail (see ActivationOpsTest).
            double own = before < 0 ? 1 + before * before : 1;
            bound = 1.13 * bound + 4 * EPS * own * Math.abs(y) + 2 * Float.MIN_VALUE;
        }
        if (residual != null) {
            double r = residual.get(i, j);
            bound += EPS * (Math.abs(y) + Math.abs(r));
            y += r;
        }
        Close.assertWithin(y, out.get(i, j), bound, "C of " + where);
    }

    private static double gelu(double x) {
        if (Double.isInfinite(x)) {
            return Math.max(x, 0);
        }
        return x * NormalDistribution.phi(x);
    }

    @Override
    public String toString() {
        return (bias == null ? "" : "bias, ") + function + (z == null ? "" : ", Z kept")
                + (residual == null ? "" : ", residual");
    }
}
