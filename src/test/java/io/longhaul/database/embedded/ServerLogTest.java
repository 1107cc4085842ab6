package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerLogTest {
    @Test
    void theReasonIsTheLastErrorLine() {
        assertThat(ServerLog.reason("LOG:  a\nERROR:  b\nFATAL:  c\nLOG:  shut down\n"))
                .isEqualTo("FATAL:  c");
    }

    @Test
    void aFullDiskIsTheReasonOfLaterErrors() {
        assertThat(ServerLog.reason("ERROR:  could not write: No space left on device\nPANIC:  cannot abort\n"))
                .isEqualTo("ERROR:  could not write: No space left on device");
    }

    @Test
    void withoutAnErrorTheReasonIsTheLastLine() {
        assertThat(ServerLog.reason("a\nb\n\n")).isEqualTo("b");
        assertThat(ServerLog.reason("")).isEqualTo("it printed nothing");
    }
}
