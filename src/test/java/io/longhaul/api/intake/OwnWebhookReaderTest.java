package io.longhaul.api.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.api.http.Fields;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OwnWebhookReaderTest {
    private static final List<String> KNOWN = List.of("job.completed", "job.failed");

    private static Fields events(List<String> texts) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        texts.forEach(list::add);
        return new Fields(JsonNodeFactory.instance.objectNode().set("events", list));
    }

    @Test
    void someRepeatsCountOnce() {
        Fields fields = events(List.of("job.failed", "job.completed", "job.failed"));
        assertThat(OwnWebhookReader.events(fields, KNOWN)).containsExactly("job.failed", "job.completed");
        assertThat(fields.errors()).isEmpty();
    }

    @Test
    void aListOfVeryManyIsRefusedAtOnce() {
        List<String> many =
                IntStream.range(0, 300_000).mapToObj(i -> "event" + i).toList();
        for (List<String> texts : List.of(many, Collections.nCopies(300_000, "job.failed"))) {
            Fields fields = events(texts);
            assertThat(assertTimeoutPreemptively(
                            Duration.ofSeconds(20), () -> OwnWebhookReader.texts(fields, "events", 2, "is too long")))
                    .isNull();
            assertThat(fields.errors()).hasSize(1);
        }
    }
}
