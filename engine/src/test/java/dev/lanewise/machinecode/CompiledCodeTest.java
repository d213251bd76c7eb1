package dev.lanewise.machinecode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads what JDK 25 printed for small methods, shortened. */
@Tag("once")
final class CompiledCodeTest {
    private static final String QUICK = compilation("(c1) 24    8       3       app.Small::twice (4 bytes)",
            "8984 2400");
    private static final String EARLY = compilation("(c2) 26    9       4       app.Small::twice (4 bytes)",
            "4881 ec18 | 0000 00cc");
    private static final String OTHER = compilation("(c2) 27   11   !   4       app.Small::thrice (6 bytes)",
            "488b d889");
    private static final String IN_A_LOOP = compilation("(c2) 28   10 %     4       app.Small::twice @ 4 (31 bytes)",
            "5d49 3b67 | 280f 87e3");

    private static String compilation(String line, String bytes) {
        return """

                ============================= C2-compiled nmethod ==============================
                ----------------------------------- Assembly -----------------------------------
                [0.268s][warning][os] Loading hsdis library failed

                Compiled method %s
                 total in heap  [0x00007f2ebfec7b88,0x00007f2ebfec7cf0] = 360

                [Constant Pool (empty)]

                [MachCode]
                [Verified Entry Point]
                  # {method} {0x00007f2e90400298} 'twice' '(I)I' in 'app/Small'
                  #           [sp+0x20]  (sp of caller)
                  0x00007f2ebfec7c80: %s\s
                  0x00007f2ebfec7ca0: ;   {poll_return}
                  0x00007f2ebfec7ca0: 105d 493b |\s
                                      ; - app.Small::twice@12 (line 1)
                [Exception Handler]
                  0x00007f2ebfec7cd0: e98b\s
                [/MachCode]
                """.formatted(line, bytes);
    }

    @Test
    void bytesOfTheOptimisingCompilerAreReadInOrder() {
        Map<String, byte[]> code = CompiledCode.read("3000\n" + QUICK + EARLY + OTHER);

        assertEquals(List.of("app.Small::twice", "app.Small::thrice"), List.copyOf(code.keySet()));
        assertEquals("4881ec18000000cc105d493be98b", hex(code, "app.Small::twice"));
        assertEquals("488bd889105d493be98b", hex(code, "app.Small::thrice"));
    }

    @Test
    void theLastCompilationCountsUnlessItEntersInTheMiddleOfALoop() {
        String again = EARLY.replace("4881 ec18", "ffff ffff");

        assertEquals(
                "ffffffff000000cc105d493be98b", hex(CompiledCode.read(EARLY + again + IN_A_LOOP), "app.Small::twice"));
        assertEquals(Map.of(), CompiledCode.read(QUICK + IN_A_LOOP));
    }

    private static String hex(Map<String, byte[]> code, String method) {
        return HexFormat.of().formatHex(code.get(method));
    }
}
