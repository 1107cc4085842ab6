package io.longhaul.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call of Java is repeated with more options only if nothing happens twice by that. */
class CommandLineTest {
    @Test
    void theWordsAreParted() {
        CommandLine call = call("java", "-Xmx1g", "-Da=b c", "-jar", "app.jar", "server", "-jar");
        assertThat(call)
                .isEqualTo(new CommandLine(
                        "java", List.of("-Xmx1g", "-Da=b c"), List.of("-jar", "app.jar", "server", "-jar")));
        assertThat(call.with(List.of("-Xshare:auto")))
                .containsExactly("java", "-Xshare:auto", "-Xmx1g", "-Da=b c", "-jar", "app.jar", "server", "-jar");
    }

    @Test
    void anEmptyWordStaysAWord() {
        assertThat(call("java", "-jar", "app.jar", "server", "").rest())
                .containsExactly("-jar", "app.jar", "server", "");
    }

    @Test
    void bytesOfAnyEncodingStayAsTheyAre() {
        byte[] bytes = "java\0-jar\0/srv/\u00e9\u4e2d/app.jar\0server\0".getBytes(StandardCharsets.UTF_8);
        CommandLine call = CommandLine.of(bytes).orElseThrow();
        String again = String.join("\0", call.with(List.of())) + "\0";
        assertThat(again.getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(bytes);
    }

    @Test
    void optionsOfOursAreEncodedAsJavaReadsThem() {
        String option = "-XX:SharedArchiveFile=/home/j\u00f6rg/a.jsa";
        Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
        byte[] passed = call("java", "-jar", "app.jar", "server")
                .with(List.of(option))
                .get(1)
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(passed).isEqualTo(option.getBytes(names));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "java\0", "java\0-cp\0app.jar\0io.longhaul.App\0server\0", "java\0-jar\0", "-jar\0app.jar\0"
            })
    void otherCallsAreNotKnown(String bytes) {
        assertThat(CommandLine.of(bytes.getBytes(StandardCharsets.ISO_8859_1))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xmx256m",
                "-Dname=value",
                "-XX:+UseSerialGC",
                "-XX:MaxRAMPercentage=75",
                "-Xshare:auto",
                "-Xlog:gc"
            })
    void usualOptionsAreRepeated(String option) {
        assertThat(call("java", option, "-jar", "app.jar", "server").isRepeatable(Map.of()))
                .isTrue();
        assertThat(call("java", "-jar", "app.jar", "server")
                        .isRepeatable(Map.of("JAVA_TOOL_OPTIONS", " " + option + " ")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-javaagent:otel.jar",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:5005",
                "-Xrunjdwp:transport=dt_socket",
                "-Xdebug",
                "-Xshare:dump",
                "-XX:+AutoCreateSharedArchive",
                "-XX:ArchiveClassesAtExit=own.jsa",
                "-XX:AOTCacheOutput=own.aot",
                "-XX:Flags=own.txt",
                "-XX:VMOptionsFile=own.txt",
                "-Dcom.sun.management.jmxremote.port=9010",
                "-XX:StartFlightRecording=duration=60s",
                "@own.txt",
                "--add-opens",
                "-verbose"
            })
    void whatMayHappenTwiceOrCannotBeSeenIsNot(String option) {
        assertThat(call("java", option, "-jar", "app.jar", "server").isRepeatable(Map.of()))
                .isFalse();
        assertThat(call("java", "-jar", "app.jar", "server")
                        .isRepeatable(Map.of("JDK_JAVA_OPTIONS", "-Xmx1g " + option)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xshare:off", "-Xshare:on", "-XX:SharedArchiveFile=own.jsa", "-XX:AOTCache=own.aot"})
    void anArchiveOfTheUsersIsReadAgainAndNoOther(String option) {
        CommandLine call = call("java", option, "-jar", "app.jar", "server");
        assertThat(call.isRepeatable(Map.of())).isTrue();
        assertThat(call.choosesArchive(Map.of())).isTrue();
        assertThat(call("java", "-Xshare:auto", "-jar", "app.jar", "server").choosesArchive(Map.of()))
                .isFalse();
    }

    private static CommandLine call(String... words) {
        return CommandLine.of((String.join("\0", words) + "\0").getBytes(StandardCharsets.ISO_8859_1))
                .orElseThrow();
    }
}
