package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ConsoleConfigurationTest {
    @Test
    void pagesAreServedUnlessStrangersCouldOpenThem() {
        assertThat(ConsoleConfiguration.of("").isOn(true)).isTrue();
        assertThat(ConsoleConfiguration.of("auto").isOn(false)).isFalse();
        assertThat(ConsoleConfiguration.of("true").isOn(false)).isTrue();
        assertThat(ConsoleConfiguration.of("FALSE").isOn(true)).isFalse();
        assertThatThrownBy(() -> ConsoleConfiguration.of("maybe")).hasMessageContaining("write true, false, or auto");
    }
}
