package dev.lanewise.vector;

import dev.lanewise.kernels.ElementFunction;
import dev.lanewise.kernels.Epilogue;

/** Applies an {@link Epilogue} to rows of C that a row of tiles has just written, while they are in L1 or L2. */
final class TileEpilogue {
    private static final VectorElementwise ELEMENTWISE = new VectorElementwise();
    private static final VectorActivation ACTIVATION = new VectorActivation();

    private TileEpilogue() {}

    /**
     * Finishes a rectangle of C.
     *
     * @param epilogue what to do
     * @param rows rows of the rectangle
     * @param columns columns of the rectangle
     * @param c values of C; modified
     * @param cAt index of the rectangle's first element
     * @param ldc distance between two rows of C
     * @param row number of the rectangle's first row in C
     * @param column number of its first column
     */
    static void apply(
            Epilogue epilogue, int rows, int columns, float[] c, int cAt, int ldc, int row, int column) {
        boolean onePass = epilogue.bias != null && epilogue.activation == ElementFunction.GELU
                && epilogue.derivativeAt == null;
        for (int i = 0; i < rows; i++) {
            int from = cAt + i * ldc;
            if (onePass) {
                biasGelu(epilogue, columns, c, from, row + i, column);
            } else {
                partByPart(epilogue, columns, c, from, row + i, column);
            }
            if (epilogue.residual != null) {
                int residual = epilogue.residualOffset + (row + i) * epilogue.residualLd + column;
                ELEMENTWISE.add(columns, c, from, epilogue.residual, residual, c, from);
            }
        }
    }

    /** The most frequent combination, without a pass for each part. */
    private static void biasGelu(Epilogue epilogue, int columns, float[] c, int from, int row, int column) {
        float[] z = c;
        int to = from;
        if (epilogue.preActivation != null) {
            z = epilogue.preActivation;
            to = epilogue.preActivationOffset + row * epilogue.preActivationLd + column;
        }
        ACTIVATION.biasGelu(columns, c, from, epilogue.bias, epilogue.biasOffset + column, z, to, c, from);
    }

    private static void partByPart(Epilogue epilogue, int columns, float[] c, int from, int row, int column) {
        if (epilogue.bias != null) {
            ELEMENTWISE.add(columns, c, from, epilogue.bias, epilogue.biasOffset + column, c, from);
        }
        if (epilogue.preActivation != null) {
            int to = epilogue.preActivationOffset + row * epilogue.preActivationLd + column;
            System.arraycopy(c, from, epilogue.preActivation, to, columns);
        }
        if (epilogue.derivativeAt != null) {
            int at = epilogue.derivativeAtOffset + row * epilogue.derivativeAtLd + column;
            ACTIVATION.backward(epilogue.activation, columns, epilogue.derivativeAt, at, c, from, c, from);
        } else if (epilogue.activation != ElementFunction.IDENTITY) {
            ACTIVATION.forward(epilogue.activation, columns, c, from, c, from);
        }
    }
}
