package io.longhaul.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceTest {
    private static Preference parse(String... headers) {
        return Preference.parse(List.of(headers));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "wait=10|10",
                "Wait = 10|10",
                "wait=\"10\"|10",
                "wait=0|0",
                "wait=100000|60",
                "return=minimal, wait=7;foo=bar, respond-async|7",
                "wait=3, wait=9|3",
                "handling=\"a, wait=5\"|",
                "wait=-1|",
                "wait=1.5|",
                "wait=99999999999999|",
                "wait|",
                "wait=|",
                "nonsense \"|",
                "foo=\"open, wait=5|",
                "wait=5\"|",
                "wait=5; foo=\"a, b\", respond-async|5",
                "foo=\"a\\\"b\", wait=5|5",
                "foo=\"a\"b, wait=5|5",
                ", ,wait=5 ;x|5",
                "``|"
            })
    void secondsToWaitAreRead(String header, Integer seconds) {
        assertThat(parse(header).longest()).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a ", "a,", "a=", "\"", "\"\\", "a=\"\\\"", "; ", "=\"a\""})
    @Timeout(20)
    void ofAHeaderOfAnyLengthNoMoreIsReadThanItHas(String part) {
        for (String end : List.of("", "\"", "\\", "a=\"" + part.repeat(5_000) + "\"")) {
            assertThat(parse("wait=5", part.repeat(10_000) + end)).isEqualTo(parse("wait=5"));
        }
    }

    @Test
    void severalHeadersCountAsOne() {
        Preference both = parse("respond-async", "wait=5");
        assertThat(both).isEqualTo(new Preference(true, Duration.ofSeconds(5), false));
        assertThat(both.applied(true)).isEqualTo("respond-async, wait=5");
        assertThat(both.applied(false)).isEqualTo("wait=5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "return=minimal|true",
                "wait=5, return=minimal|true",
                "RETURN=\"minimal\"|true",
                "return=representation|false",
                "return=representation, return=minimal|false",
                "return|false",
                "minimal|false"
            })
    void returnMinimalAsksForIds(String header, boolean minimal) {
        assertThat(parse(header).minimal()).isEqualTo(minimal);
    }

    @Test
    void noPreferenceIsAppliedIfNoneWasSent() {
        assertThat(parse().applied(true)).isNull();
        assertThat(parse("return=minimal").waits()).isFalse();
    }
}
