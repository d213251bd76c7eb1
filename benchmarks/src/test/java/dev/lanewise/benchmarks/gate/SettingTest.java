package dev.lanewise.benchmarks.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SettingTest {
    @Test
    void widthIsTheLeastThatTheOptionsAllow() {
        assertEquals(OptionalInt.empty(), width("-Xmx1g"));
        assertEquals(OptionalInt.of(256), width("-XX:MaxVectorSize=32"));
        assertEquals(OptionalInt.of(128), width("-XX:UseAVX=0"));
        assertEquals(OptionalInt.of(128), width("-XX:UseAVX=1"));
        assertEquals(OptionalInt.of(256), width("-XX:UseAVX=2"));
        assertEquals(OptionalInt.of(512), width("-XX:UseAVX=3"));
        assertEquals(OptionalInt.of(128), width("-XX:UseAVX=3", "-XX:MaxVectorSize=16"));
        assertEquals(OptionalInt.of(256), width("-XX:MaxVectorSize=64", "-XX:UseAVX=2"));
    }

    @Test
    void lastOfTwoEqualOptionsCounts() {
        assertEquals(OptionalInt.of(512), width("-XX:MaxVectorSize=16", "-XX:MaxVectorSize=64"));
        assertEquals("-XX:MaxVectorSize=64 -XX:UseAVX=3",
                setting("-XX:MaxVectorSize=16", "-XX:UseAVX=3", "-XX:MaxVectorSize=64").widthOptions());
    }

    @Test
    void differencesNameWhatIsDifferentOnly() {
        assertEquals(List.of(), Setting.differences("naive", setting("-Xmx1g"), "vector", setting("-Xmx1g")));
        assertEquals(
                List.of("naive ran with the options [-Xmx1g], vector with [-Xmx2g]"),
                Setting.differences("naive", setting("-Xms1g", "-Xmx1g"), "vector", setting("-Xms1g", "-Xmx2g")));
        assertEquals(
                List.of("naive ran with the options [-Xmx1g, -Xmx2g], vector with [-Xmx2g, -Xmx1g]"),
                Setting.differences("naive", setting("-Xmx1g", "-Xmx2g"), "vector", setting("-Xmx2g", "-Xmx1g")));
        assertEquals(
                List.of("naive ran on Java 25, vector on 26", "naive was called by 1 threads, vector by 4"),
                Setting.differences(
                        "naive", new Setting("25", List.of(), 1), "vector", new Setting("26", List.of(), 4)));
    }

    private static OptionalInt width(String... options) {
        return setting(options).width();
    }

    private static Setting setting(String... options) {
        return new Setting("25", List.of(options), 1);
    }
}
