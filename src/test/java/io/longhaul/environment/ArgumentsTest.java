package io.longhaul.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    private static String[] read(String call, Charset written, Charset locale, String... given) {
        return Arguments.of(given, call.replace(' ', '\0').getBytes(written), locale);
    }

    @Test
    void aLocaleWithoutLettersDoesNotLoseThem() {
        assertThat(read(
                        "java -jar app.jar job text=größe ",
                        StandardCharsets.UTF_8,
                        StandardCharsets.US_ASCII,
                        "job",
                        "text=gr??e"))
                .containsExactly("job", "text=größe");
    }

    @Test
    void theLocalesEncodingIsKept() {
        Charset latin = StandardCharsets.ISO_8859_1;
        assertThat(read("java App größe ", latin, latin, "größe")).containsExactly("größe");
        assertThat(read("java App größe ", StandardCharsets.UTF_8, StandardCharsets.UTF_8, "größe"))
                .containsExactly("größe");
    }

    @Test
    void emptyArgumentsAreArguments() {
        assertThat(read("java App   ", StandardCharsets.UTF_8, StandardCharsets.US_ASCII, "", ""))
                .containsExactly("", "");
        assertThat(read("java App ", StandardCharsets.UTF_8, StandardCharsets.US_ASCII))
                .isEmpty();
    }

    @Test
    void argumentsOfAnotherCallStayAsTheyAre() {
        assertThat(read("java Other größe b ", StandardCharsets.UTF_8, StandardCharsets.US_ASCII, "a", "c"))
                .containsExactly("a", "c");
        assertThat(read("java ", StandardCharsets.UTF_8, StandardCharsets.US_ASCII, "a", "c"))
                .containsExactly("a", "c");
    }

    @Test
    void bytesOfAnotherEncodingAreRefused() {
        assertThatThrownBy(() -> read(
                        "java App job größe ", StandardCharsets.ISO_8859_1, StandardCharsets.UTF_8, "job", "gr??e"))
                .hasMessageContaining("Argument 2 is no text in UTF-8")
                .hasMessageContaining("LC_ALL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void aProcessReadsItsArguments(String locale) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                "sh",
                "-c",
                // Java would write its own encoding.
                "exec \"$0\" -cp \"$1\" \"$2\" \"$(printf 'gr\\303\\266\\303\\237e')\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                ArgumentsTest.class.getName()));
        builder.environment().put("LC_ALL", locale);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("größe");
    }

    /** Writes its argument in UTF-8. */
    public static void main(String[] args) throws IOException {
        System.out.write(Arguments.ofThisProcess(args)[0].getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }
}
