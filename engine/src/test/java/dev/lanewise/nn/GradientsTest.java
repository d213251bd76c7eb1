package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the helper of the other tests fails where it should. */
@Tag("once")
class GradientsTest {
    @Test
    void acceptsWhatIsEqual() {
        float[] x = Gradients.random(1, 50);
        Gradients.assertClose("x", Gradients.doubles(x), x, 0);
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-4f, -1e-4f, Float.NaN, Float.POSITIVE_INFINITY})
    void failsWhereOneElementIsOff(float error) {
        float[] x = Gradients.random(1, 50);
        double[] expected = Gradients.doubles(x);
        x[17] += error;
        assertThrows(AssertionError.class, () -> Gradients.assertClose("x", expected, x, 0));
    }

    @Test
    void findsTheDerivativeOfACube() {
        double[] gradient = Gradients.numeric(new double[] {2, -1}, x -> x[0] * x[0] * x[0] + x[1]);
        Gradients.assertClose("gradient", gradient, new float[] {12, 1}, 0);
    }
}
