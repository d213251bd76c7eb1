package dev.lanewise.machinecode;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads machine code from what a JVM without a disassembler prints for {@code -XX:CompileCommand=print}: a line about the
 * compilation, and then, between marks, addresses, bytes in hexadecimal digits and comments.
 */
final class CompiledCode {
    private static final Pattern COMPILATION = Pattern.compile(
            "Compiled method \\((\\w+)\\)\\s+\\d+\\s+\\d+\\s+([%sb!n ]*?)\\s+\\d\\s+(\\S+::\\S+)");
    private static final Pattern BYTES = Pattern.compile("\\s*0x[0-9a-f]+: ([0-9a-f| ]+)");

    private CompiledCode() {}

    /**
     * The code of each method as the optimising compiler left it: of several compilations of a method the last, because it
     * is the one that stays, and none that enters in the middle of a loop (on-stack replacement).
     *
     * @param output what the JVM printed
     * @return bytes by {@code package.Class::method}, in the order of the first compilations
     */
    static Map<String, byte[]> read(String output) {
        Map<String, byte[]> code = new LinkedHashMap<>();
        String method = null;
        ByteArrayOutputStream bytes = null;
        for (String line : (Iterable<String>) output.lines()::iterator) {
            Matcher compilation = COMPILATION.matcher(line);
            if (compilation.lookingAt()) {
                boolean optimised = compilation.group(1).equals("c2") && !compilation.group(2).contains("%");
                method = optimised ? compilation.group(3) : null;
            } else if (line.startsWith("[MachCode]")) {
                bytes = new ByteArrayOutputStream();
            } else if (line.startsWith("[/MachCode]") && bytes != null) {
                if (method != null) {
                    code.put(method, bytes.toByteArray());
                }
                method = null;
                bytes = null;
            } else if (bytes != null && method != null) {
                Matcher hex = BYTES.matcher(line);
                if (hex.matches()) {
                    bytes.writeBytes(HexFormat.of().parseHex(hex.group(1).replaceAll("[| ]", "")));
                }
            }
        }
        return code;
    }
}
