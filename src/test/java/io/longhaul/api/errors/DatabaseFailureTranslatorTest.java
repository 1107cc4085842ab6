package io.longhaul.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.readiness.Readiness;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFailureTranslatorTest {
    private static final RequestLine READ = new RequestLine("GET", "/v1/jobs");
    private static final RequestLine SUBMIT = new RequestLine("POST", "/v1/jobs");

    private final AtomicInteger suspicions = new AtomicInteger();
    private final DatabaseFailureTranslator errors =
            new DatabaseFailureTranslator(new Readiness(List.of()), suspicions::incrementAndGet);

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "08006,DATABASE_UNAVAILABLE",
        "57P01,DATABASE_UNAVAILABLE",
        "53300,DATABASE_UNAVAILABLE",
        "25006,DATABASE_READ_ONLY",
        "53100,DATABASE_FULL",
        "40P01,DATABASE_UNAVAILABLE",
        // An undeclared connection pooler hands out sessions with prepared statements of other clients.
        "42P05,DATABASE_UNAVAILABLE",
        "26000,DATABASE_UNAVAILABLE",
        "57014,QUERY_TOO_SLOW",
        "42P01,DATABASE_MIGRATION_REQUIRED",
    })
    void eachSqlStateHasItsErrorCode(String state, ErrorCode code) {
        Throwable failure = new IllegalStateException(new SQLException("secret", state));

        assertThat(errors.refusal(failure, READ)).map(Refusal::code).contains(code);
        boolean suspicious = code == ErrorCode.DATABASE_MIGRATION_REQUIRED || code == ErrorCode.DATABASE_READ_ONLY;
        assertThat(suspicions.get()).isEqualTo(suspicious ? 1 : 0);
    }

    @ParameterizedTest(name = "{0} during a change is {1}")
    @CsvSource({
        "08006,OUTCOME_UNKNOWN",
        "57P01,OUTCOME_UNKNOWN",
        // The server reported that nothing was done.
        "53300,DATABASE_UNAVAILABLE",
        "40P01,DATABASE_UNAVAILABLE",
        "25006,DATABASE_READ_ONLY",
    })
    void aConnectionThatBreaksDuringAChangeMeansAnUnknownOutcome(String state, ErrorCode code) {
        SQLException failure = new SQLException("secret", state);

        assertThat(errors.refusal(failure, SUBMIT)).map(Refusal::code).contains(code);
        // Without a connection nothing can have changed.
        assertThat(errors.refusal(new ConnectionException(failure), SUBMIT)
                        .orElseThrow()
                        .message())
                .contains("Nothing was stored");
    }

    @Test
    void otherFailuresAreNotTranslated() {
        assertThat(errors.refusal(new SQLException("syntax", "42601"), SUBMIT)).isEmpty();
        assertThat(errors.refusal(new IllegalStateException("ours"), SUBMIT)).isEmpty();
    }

    /** For each request with an unknown outcome the message tells how to check it, or that it may be sent again. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "POST,/v1/jobs,Idempotency-Key",
        "POST,/v1/jobs/batch,Idempotency-Key",
        "POST,/v1/mcp/invoke,Idempotency-Key",
        "POST,/v1/jobs/cancel,sent again",
        "DELETE,/v1/jobs/0b5,GET /v1/jobs/0b5 shows",
        "POST,/v1/schedules,GET /v1/schedules lists it",
        "PATCH,/v1/schedules/0b5,GET /v1/schedules/0b5 shows",
        "DELETE,/v1/schedules/0b5,GET /v1/schedules/0b5 is 404",
        "POST,/v1/schedules/0b5/run,GET /v1/schedules/0b5/jobs shows",
        "POST,/v1/webhooks,GET /v1/webhooks lists it",
        "POST,/v1/webhooks/0b5/pause,GET /v1/webhooks/0b5 shows",
        "POST,/v1/webhooks/0b5/rotate-secret,Send it again",
        "POST,/v1/webhooks/0b5/test,GET /v1/webhooks/0b5/deliveries lists",
        "POST,/v1/webhooks/0b5/redeliver,GET /v1/webhooks/0b5/deliveries lists",
        "POST,/v1/webhooks/0b5/deliveries/77/redeliver,GET /v1/webhooks/0b5/deliveries lists",
        "POST,/v1/tools/a.b/pause,GET /v1/tools/a.b shows",
        "DELETE,/v1/tools/a.b,GET /v1/tools/a.b is 404",
        "POST,/v1/files,sent again",
        "POST,/v1/workers/jobs/0b5/attempts/1/complete,Send it again",
    })
    void anUnknownOutcomeNamesWhereToCheck(String method, String path, String words) {
        Throwable failure = new IllegalStateException(new SQLException("secret", "08006"));

        assertThat(errors.refusal(failure, new RequestLine(method, path))
                        .orElseThrow()
                        .message())
                .contains("may have been", words);
    }
}
