package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import java.util.Random;

/** One product: its operands, how they are used, and what it must give, in double. */
record MatMulCase(Transpose ta, Transpose tb, int m, int n, int k, float alpha, Block a, Block b, float beta, Block c) {
    /** Bound of the error in units of eps times the sum of the magnitudes, as the reference BLAS has it. */
    static final double C = 16;

    static MatMulCase of(Random random, Transpose ta, Transpose tb, int m, int n, int k, float alpha, float beta) {
        return new MatMulCase(
                ta, tb, m, n, k, alpha, ta == Transpose.NO ? Block.normal(random, m, k) : Block.normal(random, k, m),
                tb == Transpose.NO ? Block.normal(random, k, n) : Block.normal(random, n, k), beta,
                beta == 0f ? Block.unset(random, m, n) : Block.normal(random, m, n));
    }

    /** The product, and that nothing but C was written. */
    Block run(Engine engine) {
        return run(engine, (MatMulEpilogue) null);
    }

    Block run(Engine engine, MatMulEpilogue epilogue) {
        Block out = c.copy();
        if (epilogue == null) {
            engine.matMul().multiply(
                    ta, tb, m, n, k, alpha, a.data, a.offset, a.ld, b.data, b.offset, b.ld, beta, out.data, out.offset,
                    out.ld);
        } else {
            engine.matMul().multiply(
                    ta, tb, m, n, k, alpha, a.data, a.offset, a.ld, b.data, b.offset, b.ld, beta, out.data, out.offset,
                    out.ld, epilogue);
        }
        return guarded(out);
    }

    PackedMatrix pack(Engine engine) {
        PackedMatrix packed = engine.matMul().pack(tb, k, n, b.data, b.offset, b.ld);
        b.assertUnchanged("B");
        return packed;
    }

    Block run(Engine engine, PackedMatrix packed, MatMulEpilogue epilogue) {
        Block out = c.copy();
        engine.matMul().multiply(
                ta, m, alpha, a.data, a.offset, a.ld, packed, beta, out.data, out.offset, out.ld, epilogue);
        return guarded(out);
    }

    private Block guarded(Block out) {
        a.assertUnchanged("A");
        b.assertUnchanged("B");
        out.assertGuarded("C");
        return out;
    }

    double a(int i, int p) {
        return ta == Transpose.NO ? a.get(i, p) : a.get(p, i);
    }

    double b(int p, int j) {
        return tb == Transpose.NO ? b.get(p, j) : b.get(j, p);
    }

    void setA(int i, int p, float value) {
        a.set(ta == Transpose.NO ? i : p, ta == Transpose.NO ? p : i, value);
    }

    void setB(int p, int j, float value) {
        b.set(tb == Transpose.NO ? p : j, tb == Transpose.NO ? j : p, value);
    }

    /** What element (i, j) must be, and how far it may be off. */
    record Element(double expected, double bound) {}

    Element element(int i, int j) {
        double sum = 0;
        double size = 0;
        for (int p = 0; p < k && alpha != 0f; p++) {
            double term = a(i, p) * b(p, j);
            sum += term;
            size += Math.abs(term);
        }
        double old = beta == 0f ? 0 : (double) beta * c.original(i, j);
        double bound = C * EPS * (Math.abs(alpha) * size + Math.abs(old)) + Float.MIN_VALUE;
        return new Element((alpha == 0f ? 0 : alpha * sum) + old, bound);
    }

    private void check(Block out, int i, int j) {
        Element element = element(i, j);
        Close.assertWithin(
                element.expected, out.get(i, j), element.bound, () -> this + " at (" + i + ", " + j + ")");
    }

    void check(Block out) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                check(out, i, j);
            }
        }
    }

    @Override
    public String toString() {
        return "op(A) " + ta + " [" + m + " x " + k + "], op(B) " + tb + " [" + k + " x " + n + "], alpha " + alpha
                + ", beta " + beta;
    }
}
