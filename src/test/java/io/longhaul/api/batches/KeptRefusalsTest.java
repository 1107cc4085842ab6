package io.longhaul.api.batches;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeptRefusalsTest {
    private static Refusal refusal(String message, int errors) {
        return Refusal.of(
                ErrorCode.INVALID_PARAMS, message, "echo", Collections.nCopies(errors, new FieldError("/a", "is bad")));
    }

    @Test
    void theErrorsOfTheFirstJobsAreKeptAndTheReasonsOfAll() {
        KeptRefusals kept = new KeptRefusals(100);
        Refusal first = refusal("wrong", 10);
        assertThat(kept.kept(first)).isSameAs(first);
        Refusal second = kept.kept(first);
        assertThat(second.errors()).isEmpty();
        assertThat(second.message()).isEqualTo("wrong");
        assertThat(second.code()).isEqualTo(ErrorCode.INVALID_PARAMS);
        assertThat(second.tool()).isEqualTo("echo");
        assertThat(kept.kept(refusal("x".repeat(1_000), 0)).message()).isEqualTo("x".repeat(300) + "...");
        Refusal small = refusal("w", 1);
        assertThat(kept.kept(small)).isSameAs(small);
    }

    @Test
    void warningsCountAsErrorsDo() {
        KeptRefusals kept = new KeptRefusals(10);
        List<FieldError> warnings = List.of(new FieldError("/a", "is bad"));
        assertThat(kept.keptWarnings(warnings)).isEqualTo(warnings);
        assertThat(kept.keptWarnings(warnings)).isEmpty();
    }
}
