package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({"amd64", "x86_64", "aarch64"})
    void theJarHoldsProgramsForLinux(String processor) {
        Platform platform = Platform.of("Linux", processor);
        assertThat(getClass().getClassLoader().getResource(platform.archive())).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"Mac OS X, aarch64", "Windows 11, amd64", "Linux, riscv64"})
    void tellsOtherSystemsToUseTheirOwnPostgres(String system, String processor) {
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> Platform.of(system, processor))
                .withMessageContainingAll("DATABASE_URL", "config.yml")
                .withMessageNotContaining("\n");
    }

    @Test
    void supportsTheSystemOfThisTest() {
        assertThat(Platform.current().loader()).exists();
    }
}
