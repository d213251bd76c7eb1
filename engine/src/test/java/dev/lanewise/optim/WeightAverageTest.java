package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.Parameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class WeightAverageTest {
    private final Parameters.Builder builder = Parameters.builder(1);

    private Parameters model() {
        builder.add("dense", 1, 2, Initializer.constant(0f), true);
        builder.addTable("table", 3, 2, Initializer.constant(0f), false);
        return builder.build();
    }

    private static void set(Parameters parameters, float value) {
        parameters.values()[1] = value;
        parameters.get("table").values()[5] = -value;
    }

    @Test
    void isTheMeanOfTheFirstUpdatesAndForgetsLater() {
        Parameters parameters = model();
        WeightAverage average = new WeightAverage(parameters, 0.5);
        double expected = 0;
        for (int n = 1; n <= 6; n++) {
            set(parameters, n * n);
            average.update();
            expected = n == 1 ? 1 : 0.5 * expected + 0.5 * n * n;
        }
        average.swap();
        assertEquals(expected, parameters.values()[1], 1e-5);
        assertEquals(-expected, parameters.get("table").values()[5], 1e-5);
        assertEquals(0f, parameters.values()[0]);
    }

    @Test
    void withoutForgettingItIsTheMeanOfAll() {
        Parameters parameters = model();
        WeightAverage average = new WeightAverage(parameters, 1);
        for (int n = 1; n <= 5; n++) {
            set(parameters, n);
            average.update();
        }
        assertEquals(5, average.updates());
        average.swap();
        assertEquals(3f, parameters.values()[1], 1e-6f);
    }

    @Test
    void swappingTwiceBringsTheWeightsBack() {
        Parameters parameters = model();
        WeightAverage average = new WeightAverage(parameters, 0.9);
        set(parameters, 1);
        average.update();
        set(parameters, 7);
        average.swap();
        assertEquals(1f, parameters.values()[1]);
        average.swap();
        assertEquals(7f, parameters.values()[1]);
        assertEquals(-7f, parameters.get("table").values()[5]);
    }

    @Test
    void aRestoredAverageGoesOnWithTheBitsOfOneThatWasNotSaved() {
        Parameters parameters = model();
        WeightAverage whole = new WeightAverage(parameters, 0.6);
        set(parameters, 0.1f);
        whole.update();
        set(parameters, 0.7f);
        whole.update();
        WeightAverage resumed = new WeightAverage(parameters, 0.6);
        resumed.restore(whole.updates(), whole.average());
        assertEquals(2, resumed.updates());
        for (int n = 3; n <= 6; n++) {
            set(parameters, 1f / n);
            whole.update();
            resumed.update();
        }
        assertEquals(6, resumed.updates());
        assertArrayEquals(whole.average().values(), resumed.average().values());
        assertArrayEquals(
                whole.average().get("table").values(), resumed.average().get("table").values());
    }

    @Test
    void anAverageThatDoesNotFitIsRefusedAndNothingIsChanged() {
        Parameters parameters = model();
        WeightAverage average = new WeightAverage(parameters, 0.6);
        set(parameters, 3);
        average.update();
        Parameters.Builder other = Parameters.builder(1);
        other.add("dense", 1, 2, Initializer.constant(5f), true);
        other.addTable("table", 4, 2, Initializer.constant(5f), false);
        Parameters larger = other.build();
        IllegalArgumentException shape = assertThrows(
                IllegalArgumentException.class, () -> average.restore(7, larger));
        assertTrue(shape.getMessage().contains("table [3 x 2]"), shape.getMessage());
        assertTrue(shape.getMessage().contains("table [4 x 2]"), shape.getMessage());
        IllegalArgumentException negative = assertThrows(
                IllegalArgumentException.class, () -> average.restore(-1, parameters.zeros()));
        assertTrue(negative.getMessage().contains("-1"), negative.getMessage());
        assertEquals(1, average.updates());
        assertArrayEquals(new float[] {0, 3}, average.average().values());
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, -3}, average.average().get("table").values());
    }

    @Test
    void anAverageOfNothingIsRefused() {
        Parameters parameters = model();
        WeightAverage average = new WeightAverage(parameters, 0.9);
        assertThrows(IllegalStateException.class, average::swap);
        assertThrows(IllegalArgumentException.class, () -> new WeightAverage(parameters, 1.5));
    }
}
