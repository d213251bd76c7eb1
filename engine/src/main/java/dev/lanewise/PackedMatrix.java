package dev.lanewise;

import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.kernels.PackedB;

/**
 * A right operand {@code op(B)} [k x n] of matrix multiply, copied into the order in which the kernels read it: a weight that
 * many products use is brought into that order once. Made by {@link MatMulOps#pack(Matrix)}, kept by the caller, refreshed
 * by {@link MatMulOps#repack(PackedMatrix, Matrix)} when the values have changed; a change of the array that it was made
 * from does not reach it.
 *
 * <p>Any engine of the implementation and vector width that made it can use it, from several threads at once, as long as
 * none of them refreshes it meanwhile. It is ordinary memory and needs no closing.
 */
public final class PackedMatrix {
    private final MatMulKernels maker;
    private final String makerName;
    private PackedB packed;

    PackedMatrix(MatMulKernels maker, String makerName, PackedB packed) {
        this.maker = maker;
        this.makerName = makerName;
        this.packed = packed;
    }

    /**
     * Rows of the operand.
     *
     * @return the depth of the products that it takes part in
     */
    public int k() {
        return packed.k();
    }

    /**
     * Columns of the operand.
     *
     * @return the columns of the products that it takes part in
     */
    public int n() {
        return packed.n();
    }

    /** What the kernels made; the order of another implementation would be read as other numbers. */
    PackedB of(MatMulKernels kernels, String name) {
        if (kernels != maker) {
            throw new IllegalArgumentException(
                    "this packed matrix " + shape() + " was made by an engine on " + makerName
                            + " and can't be used by one on " + name + "; pack it with this engine");
        }
        return packed;
    }

    void refresh(PackedB newer) {
        packed = newer;
    }

    String shape() {
        return "[" + k() + " x " + n() + "]";
    }

    /**
     * The shape and what made it, not the values.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return "PackedMatrix " + shape() + " for " + makerName;
    }
}
