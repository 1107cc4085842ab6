package io.longhaul.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.References.Part;
import io.longhaul.testing.Allocated;
import io.longhaul.tools.params.ParamsJson;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReferencesTest {
    private static final int MIB = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final UUID JOB = new UUID(7, 7);
    private static final String REFERENCE = "{\"$result\":\"" + JOB + "\"}";

    /** Text in the place of 20,000 elements below a name of 200 KB. */
    private static final String LONG =
            "{\"" + "n".repeat(200_000) + "\":[" + "\"\",".repeat(20_000) + "\"\"],\"r\":" + REFERENCE + "}";

    private static Submission submission(String params, UUID... after) {
        return TestJobs.submission(s -> {
            s.params = params;
            s.extras = JobExtras.of(e -> e.after = List.of(after));
        });
    }

    private static List<SubmissionRejected.Field> wrong(String params, UUID... after) {
        try {
            References.check(submission(params, after));
            return List.of();
        } catch (SubmissionRejected e) {
            return e.fields();
        }
    }

    @Test
    void placesShowWhereReferencesStand() throws Exception {
        String params = "{\"a~/b\":[1,[],%s],\"c\":{\"d\":%s},\"e\":{\"f\":[{}]},\"g\":{\"$result\":1}}"
                .formatted(REFERENCE, REFERENCE);
        assertThat(References.places(JSON.readTree(params)))
                .isEqualTo(JSON.readTree("{\"a~/b\":{\"2\":true},\"c\":{\"d\":true}}"));
        assertThat(References.places(JSON.readTree(REFERENCE)).isBoolean()).isTrue();
        assertThat(References.places(JSON.readTree("[{\"a\":1}]")).isMissingNode())
                .isTrue();
    }

    @Test
    void wrongReferencesAreNamedInTheirOrder() {
        String params = "{\"a~/b\":[%s,{\"$result\":1}],\"c\":%s}".formatted(REFERENCE, REFERENCE);
        assertThat(wrong(params, new UUID(1, 1)))
                .extracting(SubmissionRejected.Field::pointer)
                .containsExactly("/params/a~0~1b/0/$result", "/params/a~0~1b/1", "/params/c/$result");
        assertThat(wrong(params, JOB))
                .extracting(SubmissionRejected.Field::pointer)
                .containsExactly("/params/a~0~1b/1");
        assertThat(wrong("{\"$result\":1}")).isEmpty();
    }

    @Test
    void ofVeryManyWrongReferencesTheFirstAreNamed() {
        assertThat(wrong("[" + (REFERENCE + ",").repeat(10_000) + REFERENCE + "]"))
                .hasSize(100);
    }

    @Test
    void aPointerDeeperThanAnyResultIsRefused() {
        String reference = "{\"$result\":\"" + JOB + "\",\"pointer\":\"%s\"}";
        assertThat(wrong(reference.formatted("/a".repeat(1_000)), JOB)).isEmpty();
        assertThat(wrong(reference.formatted("/a".repeat(1_001)), JOB))
                .singleElement()
                .satisfies(field -> assertThat(field.message()).contains("at most 1000 names"));
    }

    /** The name would be copied for each element: 4 GB. */
    @Test
    void aLongNameIsNotCopiedForEachElementBelowIt() throws Exception {
        References.Values values = new References.Values(Map.of(new Part(JOB, JsonPointer.empty()), "5"), Map.of());
        assertThat(Allocated.by(() -> References.check(submission(LONG, JOB)))).isLessThan(40 * MIB);
        assertThat(Allocated.by(() -> References.parts(LONG))).isLessThan(40 * MIB);
        assertThat(Allocated.by(() -> References.places(ParamsJson.parse(LONG))))
                .isLessThan(40 * MIB);
        assertThat(Allocated.by(
                        () -> assertThat(References.resolve(LONG, values)).endsWith("\"r\":5}")))
                .isLessThan(40 * MIB);
    }

    /** Each reference has a pointer of 200 KB: 1 GB for all. */
    @Test
    void aLongNameIsNotCopiedForEachReferenceBelowIt() throws Exception {
        String params = "{\"" + "n".repeat(200_000) + "\":[" + (REFERENCE + ",").repeat(5_000) + REFERENCE + "]}";
        assertThat(Allocated.by(() -> References.check(submission(params, JOB))))
                .isLessThan(40 * MIB);
        assertThat(Allocated.by(() -> References.places(ParamsJson.parse(params))))
                .isLessThan(40 * MIB);
        assertThat(Allocated.by(() -> assertThat(wrong(params, new UUID(1, 1))).hasSize(1)))
                .isLessThan(40 * MIB);
    }

    @Test
    void theMessageOfAMissingValueShowsTheBeginningOfALongPath() {
        String params = "{\"" + "n".repeat(1_000) + "\":[" + REFERENCE + "]}";
        assertThatExceptionOfType(References.Unresolved.class)
                .isThrownBy(() -> References.resolve(params, new References.Values(Map.of(), Map.of())))
                .withMessageContaining("params/" + "n".repeat(199) + "... stands for the result of job " + JOB);
    }
}
