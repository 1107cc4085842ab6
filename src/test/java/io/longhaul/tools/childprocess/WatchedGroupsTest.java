package io.longhaul.tools.childprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The file says at every moment which groups are watched. */
final class WatchedGroupsTest {
    private final WatchedGroups groups = WatchedGroups.create();

    @AfterEach
    void removeFile() throws IOException {
        Files.delete(Path.of(groups.file()));
    }

    private List<String> watched() throws IOException {
        return Files.readAllLines(Path.of(groups.file())).stream()
                .filter(line -> line.endsWith("+"))
                .map(line -> line.replace("+", "").strip())
                .toList();
    }

    @Test
    void theFileNamesTheWatchedGroups() throws IOException {
        groups.add(12);
        groups.add(4194304);
        groups.add(12);
        assertThat(watched()).containsExactlyInAnyOrder("12", "4194304");
        groups.remove(12);
        groups.remove(5);
        assertThat(watched()).containsExactly("4194304");
    }

    @Test
    void linesAreUsedAgain() throws IOException {
        for (long group = 1; group <= 10_000; group++) {
            groups.add(group);
            groups.remove(group);
        }
        groups.add(7);
        assertThat(watched()).containsExactly("7");
    }
}
