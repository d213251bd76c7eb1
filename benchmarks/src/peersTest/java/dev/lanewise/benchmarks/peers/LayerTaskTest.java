package dev.lanewise.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerTaskTest {
    @Test
    void attentionIsBatchHeadsTokensAndHeadDim() {
        Task task = Task.parse("attention:2x3x5x7");
        Workload.Attention w = assertInstanceOf(Workload.Attention.class, task.workload());
        assertEquals(2 * 3 * 5 * 7, w.q().length);
        assertEquals(4.0 * 2 * 3 * 5 * 5 * 7, w.work());
        assertTrue(task.countsOperations());
    }

    @Test
    void causalAttentionCountsOnlyThePairsThatAreSeen() {
        assertEquals(4.0 * 2 * (1 + 2 + 3) * 7, Task.parse("attention:1x2x3x7:causal").workload().work());
    }

    @Test
    void trainingHasSevenProductsOfAttentionAndWritesAllGradients() {
        Task task = Task.parse("attention-training:2x3x5x7");
        assertEquals(14.0 * 2 * 3 * 5 * 5 * 7, task.workload().work());
        assertEquals(4, task.workload().outputs().size());
        assertEquals(4, Task.parse("layernorm-training:5x7").workload().outputs().size());
    }

    @Test
    void rowTasksCountElements() {
        Task task = Task.parse("softmax:10x20");
        assertEquals(200, task.workload().work());
        assertFalse(task.countsOperations());
        Workload.LayerNorm norm = assertInstanceOf(Workload.LayerNorm.class, Task.parse("layernorm:10x20").workload());
        assertEquals(20, norm.gamma().length);
        assertEquals(99, Task.parse("gelu:99").workload().outputs().getFirst().length);
    }

    @Test
    void whatIsNoPartOfATransformerIsAProduct() {
        assertInstanceOf(Shape.class, Task.parse("64"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gelu:", "gelu:0", "gelu:2x2", "softmax:5", "attention:1x1x1", "layernorm:99999x99999",
        "softmax:5x5:causal", "attention-training:1x1x1:causal"})
    void wrongSizesAreRefusedInOneLineThatNamesThem(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Task.parse(text)).getMessage();
        assertTrue(message.startsWith("'" + text + "'"), message);
        assertEquals(1, message.lines().count());
    }
}
