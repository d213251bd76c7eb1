package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.net.URL;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StepOperationTest {
    private static final String PASS = "dev.lanewise.nn.EncoderBackward.run";

    @Test
    void innerOperationCountsAndNotTheOneThatCallsIt() {
        assertEquals(
                StepOperation.EPILOGUE,
                StepOperation.of(
                        List.of(
                                "dev.lanewise.vector.VectorActivation.gelu", "dev.lanewise.vector.TileEpilogue.apply",
                                "dev.lanewise.vector.BlockedProduct.block", "dev.lanewise.MatMulOps.multiply",
                                "dev.lanewise.nn.Linear.forward", PASS)));
    }

    @Test
    void productsAreToldApartByWhatTheyAreFor() {
        assertEquals(StepOperation.WEIGHT_GRADIENTS, product("dev.lanewise.nn.Linear.parameterGradients"));
        assertEquals(StepOperation.INPUT_GRADIENTS, product("dev.lanewise.nn.Linear.inputGradient"));
        assertEquals(StepOperation.PRODUCTS, product("dev.lanewise.nn.Linear.forward"));
    }

    private static StepOperation product(String caller) {
        return StepOperation.of(
                List.of("dev.lanewise.vector.Tile14.packed", "dev.lanewise.MatMulOps.multiply", caller, PASS));
    }

    @Test
    void helperThreadsAreCountedByWhatTheyAreAtWorkOn() {
        List<String> below = List.of("dev.lanewise.AttentionTask.run", "dev.lanewise.runtime.Workers.work");
        assertEquals(
                StepOperation.ATTENTION_BACKWARD,
                StepOperation.of(Stream.concat(
                        Stream.of("dev.lanewise.vector.VectorAttention.backward",
                                "dev.lanewise.AttentionTask.backward"),
                        below.stream()).toList()));
        assertEquals(StepOperation.ATTENTION_FORWARD, StepOperation.of(below));
    }

    @TestFactory
    Stream<DynamicTest> everyMethodThatIsLookedForIsThere() {
        return Stream.of(StepOperation.values()).flatMap(operation -> operation.methods().stream())
                .filter(method -> method.startsWith("dev.lanewise."))
                .map(method -> DynamicTest.dynamicTest(method, () -> assertTrue(exists(method), method)));
    }

    /** The beginning of a name is that of a class, of a package, or of a class and a method of it. */
    private static boolean exists(String beginning) {
        if (!beginning.endsWith(".") && isClass(beginning)) {
            return true;
        }
        int dot = beginning.lastIndexOf('.');
        String outer = beginning.substring(0, dot);
        if (beginning.endsWith(".")) {
            return isClass(outer) || Engine.class.getClassLoader().getResource(outer.replace('.', '/')) != null;
        }
        return methods(outer).contains(beginning.substring(dot + 1));
    }

    private static boolean isClass(String name) {
        return resource(name) != null;
    }

    private static URL resource(String name) {
        return Engine.class.getClassLoader().getResource(name.replace('.', '/') + ".class");
    }

    private static List<String> methods(String name) {
        try (InputStream in = resource(name).openStream()) {
            return ClassFile.of().parse(in.readAllBytes()).methods().stream().map(m -> m.methodName().stringValue())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void unknownStackIsOther() {
        assertEquals(StepOperation.OTHER, StepOperation.of(List.of("java.lang.String.hashCode")));
    }
}
