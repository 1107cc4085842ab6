package io.longhaul.tools.childprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.environment.Variables;
import io.longhaul.testing.LocaleProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The letters of variables reach programs, whatever the locale of the server. */
final class ProgramVariablesTest {
    private static final String SERVERS = "P";

    @ParameterizedTest
    @CsvSource({
        "C,'päss größe päss,cannot pass on the variable Q; start the server with LC_ALL=C.UTF-8'",
        "C.UTF-8,päss größe päss größe"
    })
    void lettersArriveOrAreRefused(String locale, String expected) throws IOException {
        assertThat(LocaleProcess.output(ProgramVariablesTest.class, locale)).isEqualTo(expected);
    }

    @Test
    void onlyTheNamedVariablesOfTheServerArrive() throws Exception {
        assertThat(output(start(Map.of("A", "b"), "/usr/bin/env").startByJava()).lines())
                .contains("A=b")
                .noneMatch(line -> line.startsWith("HOME="));
    }

    private static ProgramStart start(Map<String, String> variables, String... command) {
        return new ProgramStart(List.of(command), variables, Path.of("/"), false, false);
    }

    private static String output(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** Lets programs write the server's variable and another one: started by the C library, then by Java. */
    public static void main(String[] args) throws Exception {
        Map<String, String> own = Map.of(SERVERS, Variables.ofThisProcess().get(SERVERS));
        Map<String, String> both = Map.of(SERVERS, own.get(SERVERS), "Q", "größe");
        String[] program = {"/bin/sh", "-c", "printf '%s' \"$P${Q:+ $Q}\""};
        StringBuilder seen = new StringBuilder(output(start(both, program).start())).append(' ');
        try {
            seen.append(output(start(both, program).startByJava()));
        } catch (IOException e) {
            seen.append(output(start(own, program).startByJava()))
                    .append(e.getMessage().replaceFirst(".*\\)", ",").replaceFirst(", ", ","));
        }
        System.out.writeBytes(seen.toString().getBytes(StandardCharsets.UTF_8));
        System.out.flush();
        System.exit(0);
    }
}
