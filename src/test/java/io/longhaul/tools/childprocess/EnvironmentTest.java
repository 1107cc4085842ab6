package io.longhaul.tools.childprocess;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.secrets.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvironmentTest {
    @Test
    void aFileWithASecretInItsNameIsRefused(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hush/hush\n");
        Environment environment = new Environment("tool", Map.of(), List.of(), Map.of())
                .withSecrets(Map.of("KEY", new Secret(null, secret.toString(), false)));
        Path outputs = Files.createDirectories(folder.resolve("outputs/sub"));
        Files.createFile(outputs.resolve("well named"));
        environment.checkNames(folder.resolve("outputs"));
        Files.createFile(Files.createDirectories(outputs.resolve("hush")).resolve("hush.txt"));
        assertThatThrownBy(() -> environment.checkNames(folder.resolve("outputs")))
                .isInstanceOf(CallFailure.class)
                .hasMessageContaining("another name");
    }
}
