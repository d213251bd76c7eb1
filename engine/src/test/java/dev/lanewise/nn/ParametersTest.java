package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class ParametersTest {
    private static Parameters model(long seed, boolean reversed) {
        Parameters.Builder builder = Parameters.builder(seed);
        for (int i = 0; i < 3; i++) {
            int layer = reversed ? 2 - i : i;
            new Linear(builder, "layer" + layer, 3, 4 + layer);
        }
        new Embedding(builder, "words", 10, 2, 0, Initializer.normal(1));
        return builder.build();
    }

    private static float[] values(Parameter parameter) {
        return Arrays.copyOfRange(
                parameter.values(), parameter.offset(), parameter.offset() + parameter.size());
    }

    @Test
    void firstValuesDependOnSeedAndNameAndNotOnTheOrderOfLayers() {
        Parameters one = model(5, false);
        Parameters two = model(5, true);
        for (Parameter parameter : one.all()) {
            assertArrayEquals(values(parameter), values(two.get(parameter.name())));
        }
        float[] other = values(model(6, false).get("layer1.weight"));
        assertFalse(Arrays.equals(values(one.get("layer1.weight")), other));
        assertFalse(
                Arrays.equals(
                        Arrays.copyOf(values(one.get("layer0.weight")), 8),
                        Arrays.copyOf(values(one.get("layer1.weight")), 8)));
    }

    @Test
    void whatDecaysComesFirstAndPartsDoNotOverlap() {
        Parameters parameters = model(5, false);
        assertEquals(3 * (4 + 5 + 6), parameters.decayingSize());
        assertEquals(3 * 15 + 15, parameters.values().length);
        assertEquals(60 + 20, parameters.count());
        int[] owners = new int[parameters.values().length];
        for (Parameter parameter : parameters.all()) {
            if (parameter.values() == parameters.values()) {
                int end = parameter.offset() + parameter.size();
                assertEquals(parameter.decays(), end <= parameters.decayingSize());
                for (int i = parameter.offset(); i < end; i++) {
                    owners[i]++;
                }
            }
        }
        for (int owner : owners) {
            assertEquals(1, owner);
        }
    }

    @Test
    void xavierWeightsFillTheirRangeAndNormalOnesHaveTheirDeviation() {
        Parameters.Builder builder = Parameters.builder(1);
        Parameter uniform = builder.add("u", 200, 100, Initializer.xavier(200, 100), true);
        Parameter normal = builder.add("n", 200, 100, Initializer.normal(0.05), true);
        builder.build();
        double bound = Math.sqrt(6.0 / 300);
        float[] uniforms = values(uniform);
        float[] normals = values(normal);
        double largest = 0;
        double squares = 0;
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            largest = Math.max(largest, Math.abs(uniforms[i]));
            float value = normals[i];
            squares += value * value;
            sum += value;
        }
        assertTrue(largest <= bound && largest > 0.99 * bound, "largest " + largest);
        assertEquals(0.05, Math.sqrt(squares / 20_000), 0.05 * 0.025);
        assertEquals(0, sum / 20_000, 5 * 0.05 / Math.sqrt(20_000));
    }

    @Test
    void copyFromTakesTablesTooAndRefusesAnotherShape() {
        Parameters one = model(5, false);
        Parameters two = model(6, false);
        two.copyFrom(one);
        for (Parameter parameter : one.all()) {
            assertArrayEquals(values(parameter), values(two.get(parameter.name())));
        }
        Parameters.Builder builder = Parameters.builder(5);
        new Linear(builder, "layer0", 3, 4);
        Parameters small = builder.build();
        assertThrows(IllegalArgumentException.class, () -> small.copyFrom(one));
        assertThrows(IllegalArgumentException.class, () -> model(5, true).copyFrom(one));
    }

    @Test
    void zerosHaveNamesShapesAndPlacesOfTheModelAndArraysOfTheirOwn() {
        Parameters.Builder builder = Parameters.builder(5);
        builder.add("bias", 1, 3, Initializer.normal(1), false);
        builder.addTable("words", 10, 2, Initializer.normal(1), true);
        builder.add("weight", 2, 4, Initializer.normal(1), true);
        Parameters model = builder.build();
        float[] before = model.values().clone();
        Parameters zeros = model.zeros();
        zeros.requireSameLayout(model);
        assertArrayEquals(new float[11], zeros.values());
        assertEquals(8, zeros.decayingSize());
        assertEquals(1, zeros.tables().size());
        assertEquals(20, zeros.tables().getFirst().parameter().values().length);
        for (Parameter parameter : model.all()) {
            assertEquals(parameter.offset(), zeros.get(parameter.name()).offset());
            assertEquals(parameter.decays(), zeros.get(parameter.name()).decays());
        }
        Arrays.fill(zeros.values(), 1f);
        assertArrayEquals(before, model.values());
    }

    @Test
    void aNameTwiceAndALateParameterAreRefused() {
        Parameters.Builder builder = Parameters.builder(5);
        new Linear(builder, "layer", 3, 4);
        IllegalArgumentException twice = assertThrows(
                IllegalArgumentException.class, () -> new Linear(builder, "layer", 3, 4));
        assertTrue(twice.getMessage().contains("layer.weight"), twice.getMessage());
        builder.build();
        assertThrows(IllegalStateException.class, () -> new Linear(builder, "late", 3, 4));
        assertThrows(IllegalStateException.class, builder::build);
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class,
                () -> model(5, false).get("nobody"));
        assertTrue(thrown.getMessage().contains("layer0.weight [3 x 4]"), thrown.getMessage());
    }
}
