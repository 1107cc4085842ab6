package io.longhaul.traces;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-" + ID + "-00f067aa0ba902b7-01",
                " 00-" + ID + "-00f067aa0ba902b7-00 ",
                "01-" + ID + "-00f067aa0ba902b7-01",
                "cc-" + ID + "-00f067aa0ba902b7-01-what-the-future-brings"
            })
    void aValidTraceContinuesWithANewSpan(String header) {
        Trace trace = Trace.parse(header).orElseThrow();

        assertThat(trace.traceId()).isEqualTo(ID);
        assertThat(trace.spanId()).matches("[0-9a-f]{16}").isNotEqualTo("00f067aa0ba902b7");
        assertThat(trace.header()).isEqualTo("00-" + ID + "-" + trace.spanId() + "-" + trace.flags());
    }

    @ParameterizedTest
    @CsvSource({"00, 00, 00", "00, 01, 01", "00, 03, 03", "00, fe, 02", "cc, ff, 03"})
    void flagsThatTheStandardDoesNotDefineAreNotPassedOn(String version, String sent, String passedOn) {
        Trace trace =
                Trace.parse(version + "-" + ID + "-00f067aa0ba902b7-" + sent).orElseThrow();
        assertThat(trace.header()).endsWith("-" + passedOn);
        assertThat(new JobTrace(ID, trace.kept()).header()).hasValue("00-" + ID + "-00f067aa0ba902b7-" + passedOn);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "00-" + ID + "-00f067aa0ba902b7",
                "00-" + ID + "-00f067aa0ba902b7-01-more",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "ff-" + ID + "-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-" + ID + "-0000000000000000-01",
                "00-" + ID + "-00f067aa0ba902b7-0x",
                "01-" + ID + "-00f067aa0ba902b7-01more"
            })
    void aMalformedTraceIsIgnoredAndANewOneBegun(String header) {
        assertThat(Trace.parse(header)).isEmpty();
        assertThat(Trace.begin().header())
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
                .doesNotContain(ID);
    }
}
