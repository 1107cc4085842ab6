package io.longhaul.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubmissionRejectedTest {
    @Test
    void ofAFileThatIsNamedManyTimesTheFirstPlacesAreTold() {
        UUID file = UUID.randomUUID();
        List<FilesTaken.Taken> named = IntStream.range(0, 1_000)
                .mapToObj(i -> new FilesTaken.Taken("/files/" + i, file))
                .toList();
        SubmissionRejected rejected = SubmissionRejected.unknownFile(named, Set.of(file));
        assertThat(rejected).hasMessageContaining(file.toString());
        assertThat(rejected.fields()).hasSize(100);
        assertThat(rejected.fields().get(99).pointer()).isEqualTo("/params/files/99");
    }
}
