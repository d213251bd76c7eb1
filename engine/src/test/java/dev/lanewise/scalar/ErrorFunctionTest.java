package dev.lanewise.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The complementary error function against values computed with 40 digits. */
final class ErrorFunctionTest {
    @ParameterizedTest
    @CsvSource({
        "-6.0, 1.9999999999999999785",
        "-3.5, 1.9999992569016276586",
        "-2.0, 1.9953222650189527342",
        "-1.0, 1.8427007929497148693",
        "-0.5, 1.5204998778130465377",
        "-0.0625, 1.0704319777223870781",
        "-1e-05, 1.000011283791670579",
        "1e-10, 0.99999999988716208329",
        "0.0625, 0.92956802227761292195",
        "0.25, 0.72367360983176306701",
        "0.5, 0.47950012218695346232",
        "0.75, 0.2888443663464848684",
        "0.84375, 0.23277433876765836654",
        "1.0, 0.15729920705028513066",
        "1.25, 0.077099871743541769863",
        "1.5, 0.033894853524689272933",
        "2.0, 0.0046777349810472658379",
        "2.5, 0.00040695201744495893956",
        "3.0, 0.000022090496998585441373",
        "3.5, 7.4309837234141274552e-7",
        "4.0, 1.5417257900280018852e-8",
        "5.0, 1.5374597944280348502e-12",
        "6.0, 2.1519736712498913117e-17",
        "8.0, 1.122429717298292708e-29",
        "10.0, 2.088487583762544757e-45",
        "13.0, 1.7395573154667245218e-75"
    })
    void relativeErrorIsBelowFiveInTenToThe13(double x, double expected) {
        assertEquals(1, ErrorFunction.erfc(x) / expected, 5e-13, "erfc(" + x + ")");
    }

    @ParameterizedTest
    @CsvSource({"Infinity, 0", "-Infinity, 2", "NaN, NaN", "30, 0", "-30, 2", "0, 1"})
    void limits(double x, double expected) {
        assertEquals(expected, ErrorFunction.erfc(x), 5e-13);
    }
}
