package io.longhaul.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class LostOutputTest {
    @Test
    void aFullDiskIsNamedWithTheFolderThatNeedsRoom() {
        IOException full = new FileSystemException("/srv/tmp/output", null, "No space left on device");
        assertThat(LostOutput.because(new UncheckedIOException(full)))
                .hasMessageContainingAll("No space left on device", "java.io.tmpdir")
                .hasMessageNotContaining("/srv/tmp");
        assertThat(LostOutput.because(new IOException("No space left on device")))
                .hasMessageContaining("(No space left on device;");
    }

    @Test
    void otherCausesAreNotShown() {
        assertThat(LostOutput.because(new IllegalArgumentException("a line of the program")))
                .hasMessage("what the command wrote could not be taken");
    }
}
