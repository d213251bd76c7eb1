package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class LearningRateScheduleTest {
    private final LearningRateSchedule schedule = new LearningRateSchedule(1, 0.1, 10, 110);

    @Test
    void risesInAStraightLineToThePeak() {
        assertEquals(0.1f, schedule.rate(0), 1e-7f);
        assertEquals(0.5f, schedule.rate(4), 1e-7f);
        assertEquals(1f, schedule.rate(9));
    }

    @Test
    void fallsAlongHalfACosineToTheEnd() {
        assertEquals(1f, schedule.rate(10));
        assertEquals(0.55f, schedule.rate(60), 1e-6f);
        for (int step = 11; step < 110; step++) {
            assertTrue(schedule.rate(step) < schedule.rate(step - 1));
        }
        assertEquals(0.1f, schedule.rate(110));
        assertEquals(0.1f, schedule.rate(5_000));
    }

    @Test
    void noStepOfTheUsualChoiceIsIdle() {
        LearningRateSchedule usual = LearningRateSchedule.warmUpThenCosine(3e-3, 57);
        assertEquals(5, usual.warmUpSteps());
        for (int step = 0; step < 57; step++) {
            assertTrue(usual.rate(step) > 0);
        }
        assertEquals(0f, usual.rate(57));
    }

    @Test
    void shortTrainingsHaveNoWarmUp() {
        assertEquals(1f, LearningRateSchedule.warmUpThenCosine(1, 3).rate(0));
        assertEquals(0f, LearningRateSchedule.warmUpThenCosine(1, 0).rate(0));
        assertEquals(1f, new LearningRateSchedule(1, 0, 4, 4).rate(3));
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> schedule.rate(-1));
        assertThrows(
                IllegalArgumentException.class, () -> new LearningRateSchedule(1, 0, 11, 10));
        assertThrows(
                IllegalArgumentException.class,
                () -> new LearningRateSchedule(Double.NaN, 0, 1, 10));
    }
}
