package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.CommandFailure;
import java.util.Map;
import net.sourceforge.argparse4j.inf.Namespace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyArgumentsTest {
    @ParameterizedTest
    @ValueSource(strings = {"oidc:ada", "anybody", "nobody"})
    void refusesReservedNamesForKeys(String name) {
        assertThatThrownBy(() -> KeyCommand.check(new Namespace(Map.of("name", name))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("nor begin with 'oidc:'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "fold,,dock", "fold,", "fold dock", "*"})
    void refusesToolListsThatNameNoTools(String tools) {
        assertThatThrownBy(() -> KeyCommand.check(new Namespace(Map.of("name", "ada", "tools", tools))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--tools must be names");
        assertThatNoException()
                .isThrownBy(() -> KeyCommand.check(new Namespace(Map.of("name", "ada", "tools", "fold, dock"))));
    }
}
