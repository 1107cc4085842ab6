package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each reason for which a server cannot listen has its own message. */
class BindFailureTest {
    @ParameterizedTest
    @CsvSource({
        "Cannot assign requested address, This machine has no such address, LONGHAUL_BIND",
        "Permission denied, An ordinary user may not listen on a port below 1024, LONGHAUL_PORT",
        "Address already in use, Another program uses that port, LONGHAUL_PORT"
    })
    void theReasonOfTheSystemDecidesTheCure(String said, String reason, String setting) {
        Throwable jetty =
                new RuntimeException(new IOException("Failed to bind to /192.0.2.1:80", new BindException(said)));
        assertThat(BindFailure.of(jetty).orElseThrow())
                .startsWith("Failed to bind to /192.0.2.1:80. " + reason)
                .contains(setting);
    }

    @Test
    void anUnknownNameIsSaid() {
        Throwable jetty = new RuntimeException(new SocketException("Unresolved address"));
        assertThat(BindFailure.of(jetty).orElseThrow()).contains("no name or address that this machine knows");
    }

    @Test
    void otherFailuresAreOthers() {
        assertThat(BindFailure.of(new IOException("the disk is full"))).isEmpty();
    }
}
