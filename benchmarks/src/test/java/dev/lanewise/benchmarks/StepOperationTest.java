package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

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
    void unknownStackIsOther() {
        assertEquals(StepOperation.OTHER, StepOperation.of(List.of("java.lang.String.hashCode")));
    }
}
