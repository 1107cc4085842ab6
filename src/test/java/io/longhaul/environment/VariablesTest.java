package io.longhaul.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.testing.LocaleProcess;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VariablesTest {
    private static final String LOST = "p\uFFFD\uFFFDss";

    private static Variables read(String bytes, Charset written, Charset locale, Map<String, String> given) {
        return Variables.of(given, bytes.replace(' ', '\0').getBytes(written), locale);
    }

    @Test
    void aLocaleWithoutLettersDoesNotLoseThem() {
        Map<String, String> given = Map.of("A", "a=b", "P", LOST);
        assertThat(read("A=a=b P=päss P=x ", StandardCharsets.UTF_8, StandardCharsets.US_ASCII, given))
                .containsExactlyInAnyOrderEntriesOf(Map.of("A", "a=b", "P", "päss"));
    }

    @Test
    void theLocalesEncodingIsKept() {
        Charset latin = StandardCharsets.ISO_8859_1;
        assertThat(read("P=päss ", latin, latin, Map.of("P", "päss"))).containsEntry("P", "päss");
    }

    @Test
    void variablesOfAnotherEnvironmentStayAsTheyAre() {
        assertThat(read("P=päss Q=ä ", StandardCharsets.UTF_8, StandardCharsets.US_ASCII, Map.of("P", "pass")))
                .containsExactlyEntriesOf(Map.of("P", "pass"));
    }

    @Test
    void bytesOfAnotherEncodingAreRefusedWhereTheyAreUsed() {
        Map<String, String> given = Map.of("A", "a", "P", LOST);
        Variables variables = read("A=a P=päss ", StandardCharsets.ISO_8859_1, StandardCharsets.UTF_8, given);

        assertThat(variables.get("A")).isEqualTo("a");
        assertThat(Map.copyOf(variables)).isEqualTo(given);
        assertThatThrownBy(() -> variables.getOrDefault("P", ""))
                .hasMessage("The variable P is no text in UTF-8: set LC_ALL to its encoding, or correct it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void aProcessReadsItsVariables(String locale) throws IOException {
        assertThat(LocaleProcess.output(VariablesTest.class, locale)).isEqualTo("päss");
    }

    /** Writes its variable in UTF-8. */
    public static void main(String[] args) {
        System.out.writeBytes(Variables.ofThisProcess().get("P").getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }
}
