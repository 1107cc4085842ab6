package io.longhaul.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.FileParams;
import io.longhaul.tools.RecordedCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of one name, also many of them, lie beside each other. Inline files need no store. */
@Timeout(60)
class InputsTest {
    @TempDir
    Path folder;

    private Inputs inputs;

    @BeforeEach
    void noFiles() {
        inputs = new Inputs(null, new RecordedCall("{}"), folder);
    }

    private void fetch(int number, String name) throws Exception {
        inputs.fetch(new FileParams.Place("/" + number, "data:;name=" + name + "," + number));
    }

    private List<String> paths() {
        return inputs.paths().values().stream()
                .map(path -> folder.relativize(Path.of(path)).toString())
                .toList();
    }

    @Test
    void theOthersOfANameLieInFoldersWhoseNumbersAreFree() throws Exception {
        List<String> names = List.of("a", "2", "a", "b", "b", "4", "a", "2");
        for (int n = 0; n < names.size(); n++) {
            fetch(n, names.get(n));
        }
        assertThat(paths()).containsExactly("a", "2", "3/a", "b", "3/b", "4", "5/a", "3/2");
        assertThat(folder.resolve("5/a")).hasContent("6");
    }

    @Test
    void thousandsOfOneNameTakeLinearTime() throws Exception {
        for (int n = 1; n <= 8_000; n++) {
            fetch(n, "a");
        }
        assertThat(paths()).endsWith("7999/a", "8000/a");
    }

    @Test
    void aCallThatIsToEndFetchesNoMore() throws Exception {
        fetch(1, "a");
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> fetch(2, "b")).isInstanceOf(InterruptedException.class);
        } finally {
            Thread.interrupted();
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("a"));
        }
    }
}
