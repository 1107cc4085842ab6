package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.CommandFailure;
import java.util.Map;
import net.sourceforge.argparse4j.inf.Namespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyArgumentsTest {
    @Test
    void noKeyHasTheNameOfAProvidersPrincipal() {
        assertThatThrownBy(() -> KeyCommand.check(new Namespace(Map.of("name", "oidc:ada"))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("must not begin with 'oidc:'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "fold,,dock", "fold,", "fold dock", "*"})
    void aListOfToolsNamesTools(String tools) {
        assertThatThrownBy(() -> KeyCommand.check(new Namespace(Map.of("name", "ada", "tools", tools))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--tools must be names");
        assertThatNoException()
                .isThrownBy(() -> KeyCommand.check(new Namespace(Map.of("name", "ada", "tools", "fold, dock"))));
    }
}
