package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;

import dev.lanewise.runtime.VmOption;

/**
 * How large a tile the vector registers hold: as many accumulators as leave room for two vectors of B and the broadcasts of
 * A, for the more of them there are, the fewer loads go with a multiply-add.
 */
final class RegisterTile {
    /** Vector registers of the machine: AVX-512 and NEON have 32, at every width. AVX2 has 16. */
    private static final int REGISTERS = registers();

    /** Columns of the tile. */
    static final int NR = 2 * LANES;

    /** Rows of the tallest tile that reads a packed panel of A: 28 accumulators; 24 at narrower widths, where more is slower. */
    static final int MR = REGISTERS < 32 ? 4 : LANES == 16 ? Tiles.TALLEST : 12;

    /**
     * Rows of the tallest tile that reads rows of A where they lie. With twelve addresses, as many as there are general
     * registers for, the compiler keeps some on the stack, and the tile takes half as long again.
     */
    static final int MR_IN_PLACE = Math.min(MR, Tiles.TALLEST_ROWS);

    private RegisterTile() {}

    private static int registers() {
        boolean x86 = System.getProperty("os.arch").matches("amd64|x86_64");
        // UseAVX is 3 with AVX-512, whose instructions reach 32 registers even on narrower vectors.
        return !x86 || LANES == 16 || VmOption.value("UseAVX").filter("3"::equals).isPresent() ? 32 : 16;
    }
}
