package dev.lanewise.vector;

import static dev.lanewise.vector.RegisterTile.NR;

import dev.lanewise.kernels.PackedB;

/**
 * A right operand that is packed as a whole: block after block of the depth, and in each of them panel after panel of 2
 * vectors of columns, which is the order in which the register tiles read.
 */
final class BlockedB implements PackedB {
    private final Blocking blocking;
    private final int k;
    private final int n;
    private final float[] panels;

    BlockedB(Blocking blocking, int k, int n) {
        long size = AlignedPanels.FIRST + (long) Blocking.ceilDiv(n, NR) * NR * k + Lanes.LANES;
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "[" + k + " x " + n + "] takes " + size + " floats when it is packed, more than an array holds");
        }
        this.blocking = blocking;
        this.k = k;
        this.n = n;
        panels = new float[(int) size];
    }

    void fill(float[] b, int bOffset, int bRow, int bCol) {
        int depth = blocking.depth(k);
        for (int pc = 0; pc < k; pc += depth) {
            int kb = Math.min(depth, k - pc);
            Packing.pack(NR, n, kb, 1f, b, bOffset + pc * bRow, bCol, bRow, panels, panel(pc, kb, 0));
        }
    }

    /** Index of the panel that starts with column j, a multiple of its width, in the block of kb steps from pc on. */
    int panel(int pc, int kb, int j) {
        return AlignedPanels.FIRST + pc * (Blocking.ceilDiv(n, NR) * NR) + j * kb;
    }

    float[] panels() {
        return panels;
    }

    @Override
    public int k() {
        return k;
    }

    @Override
    public int n() {
        return n;
    }
}
