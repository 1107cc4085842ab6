package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "/dev/pts/3, /dev/pts/3, true, true",
        "/dev/pts/3, /home/ada/log, true, false",
        "pipe:[4711], /dev/tty1, false, true",
        "/dev/console, /dev/null, true, false",
        "socket:[4711], pipe:[4712], false, false",
    })
    void eachStreamIsATerminalOrNot(String out, String err, boolean outIs, boolean errIs) throws IOException {
        Files.createSymbolicLink(folder.resolve("1"), Path.of(out));
        Files.createSymbolicLink(folder.resolve("2"), Path.of(err));
        assertThat(Terminals.in(folder, Map.of("NO_COLOR", "1"))).isEqualTo(new Terminals(outIs, errIs));
        assertThat(Terminals.in(folder, Map.of("TERM", "dumb"))).isEqualTo(Terminals.NONE);
    }

    @Test
    void theStreamsOfATestAreNoTerminals() {
        assertThat(Terminals.of(Map.of())).isEqualTo(Terminals.NONE);
    }
}
