package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who hears of a signal is said in one place, in the order in which they are called. */
class ListenersTest {
    private static final Path MAIN = Path.of("src/main/java/io/longhaul");
    private static final Pattern ADDED = Pattern.compile("ignals(?:\\(\\))?\\.(on[A-Z]\\w+)\\(([^;]*)\\);");

    @Test
    void onlyTheServerAddsListeners() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !added(file).isEmpty()))
                    .containsExactly(MAIN.resolve("server/Server.java"));
        }
    }

    @Test
    void partsThatWorkHearBeforeClientsThatWaitAndThoseBeforeOtherNodes() {
        assertThat(added(MAIN.resolve("server/Server.java")))
                .containsExactly(
                        "onClaimable workers::claimSoon",
                        "onClaimable remote::claimSoon",
                        "onReady events::accepted",
                        "onReady notifier::jobsReady",
                        "onStored telemetry::stored",
                        "onAwaited releases::awaited",
                        "onCancelled workers::stopCancelled",
                        "onCancelled remote::stopCancelled",
                        "onEnded workers::ended",
                        "onEnded releases::ended",
                        "onEnded events::changed",
                        "onEndedHere notifier::jobsEnded",
                        "onEndedHere webhooks.deliverer()::wakeUp",
                        "onEndedElsewhere events::lookSoon",
                        "onAnswered workers::answered",
                        "onAnswered remote::answered");
    }

    private static List<String> added(Path file) {
        try {
            return ADDED.matcher(Files.readString(file))
                    .results()
                    .map(one -> one.group(1) + " " + one.group(2))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
