package io.longhaul.traces;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobTraceTest {
    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    @ParameterizedTest
    @ValueSource(strings = {"00f067aa0ba902b7-01", "00f067aa0ba902b7-00"})
    void workContinuesTheSpanOfTheCallerWithItsFlags(String span) {
        Trace request = Trace.parse("00-" + ID + "-" + span).orElseThrow();
        assertThat(new JobTrace(request.traceId(), request.kept()).header()).hasValue("00-" + ID + "-" + span);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "0000000000000000-01", "00f067aa0ba902b7", "00F067AA0BA902B7-01"})
    void withoutASpanItBeginsABranchOfTheTrace(String span) {
        assertThat(new JobTrace(ID, span).header())
                .hasValueSatisfying(header -> assertThat(header).matches("00-" + ID + "-(?!0{16})[0-9a-f]{16}-01"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "an older system's", "00000000000000000000000000000000"})
    void anIdOfAnOlderSystemIsNotPassedOn(String id) {
        assertThat(new JobTrace(id, null).header()).isEmpty();
        assertThat(new JobTrace(id, null).context().isValid()).isFalse();
    }

    @Test
    void withoutOpenTelemetryNothingIsRecordedAndTheTraceIsPassedOn() {
        Spans none = Spans.of(OpenTelemetry.noop());
        JobTrace trace = new JobTrace(ID, "00f067aa0ba902b7-00");
        assertThat(none.isOn()).isFalse();
        none.waited("echo", "id", trace, Duration.ZERO);
        SubmitSpan submit = none.submit("echo", trace, () -> List.of(new JobTrace(ID, null)));
        assertThat(submit.traceOr(trace)).isSameAs(trace);
        submit.end("id");
        AttemptSpan attempt = none.attempt("echo", "id", 1, trace);
        assertThat(attempt.header()).isEqualTo(trace.header());
        try (AttemptSpan.Scope scope = attempt.enter()) {
            attempt.threw(new IllegalStateException());
            attempt.fail("failed", "TOOL_ERROR", null);
        }
    }
}
