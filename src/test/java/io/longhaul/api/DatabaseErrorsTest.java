package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.ops.Readiness;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseErrorsTest {
    private final AtomicInteger suspicions = new AtomicInteger();
    private final DatabaseErrors errors = new DatabaseErrors(new Readiness(List.of()), suspicions::incrementAndGet);

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "08006,DATABASE_UNAVAILABLE",
        "57P01,DATABASE_UNAVAILABLE",
        "53300,DATABASE_UNAVAILABLE",
        "25006,DATABASE_READ_ONLY",
        "53100,DATABASE_FULL",
        "40P01,DATABASE_UNAVAILABLE",
        // A pooler that this node was not told of hands out sessions with the prepared statements of others.
        "42P05,DATABASE_UNAVAILABLE",
        "26000,DATABASE_UNAVAILABLE",
        "57014,QUERY_TOO_SLOW",
        "42P01,DATABASE_MIGRATION_REQUIRED",
    })
    void aStateMeansTheSameWhereverItComesFrom(String state, ErrorCode code) {
        Throwable failure = new IllegalStateException(new SQLException("secret", state));

        assertThat(errors.refusal(failure, false)).map(Refusal::code).contains(code);
        boolean suspicious = code == ErrorCode.DATABASE_MIGRATION_REQUIRED || code == ErrorCode.DATABASE_READ_ONLY;
        assertThat(suspicions.get()).isEqualTo(suspicious ? 1 : 0);
    }

    @ParameterizedTest(name = "{0} during a change is {1}")
    @CsvSource({
        "08006,OUTCOME_UNKNOWN",
        "57P01,OUTCOME_UNKNOWN",
        // The server said that it did nothing.
        "53300,DATABASE_UNAVAILABLE",
        "40P01,DATABASE_UNAVAILABLE",
        "25006,DATABASE_READ_ONLY",
    })
    void aConnectionThatBreaksDuringAChangeLeavesItInDoubt(String state, ErrorCode code) {
        SQLException failure = new SQLException("secret", state);

        assertThat(errors.refusal(failure, true)).map(Refusal::code).contains(code);
        // No connection, no change.
        assertThat(errors.refusal(new ConnectionException(failure), true)
                        .orElseThrow()
                        .message())
                .contains("Nothing was stored");
    }

    @Test
    void whatIsNoFaultOfTheDatabaseIsLeftToOthers() {
        assertThat(errors.refusal(new SQLException("syntax", "42601"), true)).isEmpty();
        assertThat(errors.refusal(new IllegalStateException("ours"), true)).isEmpty();
    }
}
