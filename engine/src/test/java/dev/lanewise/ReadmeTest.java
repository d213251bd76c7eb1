package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README is compiled and run as it stands there. */
@Tag("once")
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Pattern PROGRAM = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

    @Test
    void theProgramThatEmbedsTheEngineCompilesAndRuns(@TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(README), "README.md is not beside the module");
        Path source = Files.writeString(folder.resolve("Embedding.java"), program());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String classes = Path.of(Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        assertEquals(0, compiler.run(null, null, null, "-cp", classes, "-d", folder.toString(), source.toString()));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            loader.loadClass("Embedding").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        }
    }

    private static String program() throws IOException {
        Matcher matcher = PROGRAM.matcher(Files.readString(README));
        assertTrue(matcher.find(), "README.md has no java block");
        return matcher.group(1);
    }
}
