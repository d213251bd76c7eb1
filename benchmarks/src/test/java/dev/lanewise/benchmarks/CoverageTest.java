package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every operation of the engine has a benchmark. Overloads of a name are one operation. */
class CoverageTest {
    @Test
    void everyOperationIsCalledByABenchmark() throws Exception {
        Set<String> missing = new TreeSet<>(operations());
        assertTrue(missing.size() > 40, "the engine's operations were not found: " + missing);
        missing.removeAll(calls());
        assertEquals(Set.of(), missing);
    }

    /** The public methods of what {@link Engine} hands out, as class and method. */
    private static Set<String> operations() {
        return Stream.of(Engine.class.getMethods()).map(Method::getReturnType)
                .filter(type -> type.getPackage() == Engine.class.getPackage() && type.getSimpleName().endsWith("Ops"))
                .flatMap(type -> Stream.of(type.getDeclaredMethods())).filter(m -> Modifier.isPublic(m.getModifiers()))
                .map(m -> m.getDeclaringClass().getName().replace('.', '/') + "." + m.getName())
                .collect(Collectors.toSet());
    }

    /** The methods that benchmark classes name in their class files. */
    private static Set<String> calls() throws IOException, URISyntaxException {
        Path root = Path.of(LadderBenchmark.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.list(root.resolve(LadderBenchmark.class.getPackageName().replace('.', '/')))) {
            return files.filter(file -> file.getFileName().toString().matches("\\w+Benchmark(\\$.*)?\\.class"))
                    .flatMap(file -> calls(file).stream()).collect(Collectors.toSet());
        }
    }

    private static List<String> calls(Path file) {
        try {
            return Stream.of(ClassFile.of().parse(file)).flatMap(type -> {
                Stream.Builder<String> names = Stream.builder();
                type.constantPool().forEach(entry -> {
                    if (entry instanceof MethodRefEntry method) {
                        names.add(method.owner().asInternalName() + "." + method.name().stringValue());
                    }
                });
                return names.build();
            }).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
