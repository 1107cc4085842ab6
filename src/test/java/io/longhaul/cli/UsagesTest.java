package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsagesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            usage: java -jar app.jar key list [-h]   | usage: java -jar '/srv/ü x/app.jar' key list [-h]
            größe; usage: java -jar app.jar key list | größe; usage: java -jar app.jar key list
            """)
    void aUsageNamesTheProgramAsItWasCalled(String text, String shown) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = ("too few arguments\n" + text + "\n").getBytes(StandardCharsets.UTF_8);
        try (Usages usages = new Usages(out, "java -jar '/srv/ü x/app.jar'")) {
            usages.write(bytes);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("too few arguments\n" + shown + "\n");
    }
}
