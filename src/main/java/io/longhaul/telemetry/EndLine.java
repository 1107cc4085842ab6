package io.longhaul.telemetry;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.logging.SecretsFilter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** The log line of an attempt that has ended: one sentence, and the same in members for JSON. */
final class EndLine {
    private EndLine() {}

    static void log(Logger log, AttemptEnd end) {
        Lease lease = end.outcome().lease();
        LoggingEventBuilder line = log.atInfo()
                .addKeyValue("job_id", lease.jobId())
                .addKeyValue("tool", end.tool())
                .addKeyValue("attempt", lease.attempt())
                .addKeyValue("trace_id", end.traceId())
                .addKeyValue("outcome", end.outcome().name())
                .addKeyValue("took_ms", end.took().toMillis())
                .addKeyValue("waited_ms", end.waited().toMillis());
        if (reason(end.outcome()).isEmpty()) {
            line = line.addMarker(SecretsFilter.NO_SECRETS);
        }
        line.log(
                "Job {} of {}, attempt {}: {} after {}, waited {}{}",
                lease.jobId(),
                end.tool(),
                lease.attempt(),
                words(end.outcome()),
                text(end.took()),
                text(end.waited()),
                reason(end.outcome()));
    }

    private static String words(Outcome outcome) {
        if (outcome instanceof Outcome.RetryLater retry) {
            return "failed, is tried again in " + text(retry.delay()) + ",";
        }
        if (outcome instanceof Outcome.GivenBack) {
            return "given back, because this node stops,";
        }
        return outcome instanceof Outcome.WaitsForInput ? "waits for input without an attempt," : outcome.name();
    }

    private static String reason(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return ": " + failed.errorCode() + " " + failed.errorMessage();
        }
        return outcome instanceof Outcome.RetryLater retry ? ": " + retry.errorCode() + " " + retry.errorMessage() : "";
    }

    private static String text(Duration time) {
        return time.toMillis() + " ms";
    }
}
