package io.longhaul.tools.params;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NumberTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "0.0",
                "0e7",
                "1",
                "-12",
                "120.050",
                "0.00120",
                "-0.5e-3",
                "1e131071",
                "1E+131072",
                "10e131071",
                "9.99e-16383",
                "1.500e+10",
                "0.001e5",
                "7e-0",
                "3e00000000000005",
            })
    void theTextTellsWhatTheNumberWould(String text) {
        BigDecimal number = new BigDecimal(text);
        NumberText told = NumberText.of(text);
        assertThat(told).isEqualTo(new NumberText(number.precision(), number.scale()));
        assertThat(told.fits()).isEqualTo(Storable.fits(number));
        assertThat(told.zeros()).isEqualTo(Storable.zeros(number));
    }

    @Test
    void exponentsBeyondAllNumbersDoNotFit() {
        for (String text : new String[] {"1e99999999999", "1e-99999999999999999999", "1e999999999999999999999"}) {
            assertThat(NumberText.of(text).fits()).isFalse();
        }
    }
}
