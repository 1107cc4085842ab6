package io.longhaul.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java is told what suits a server, and what its user says stays. */
class JavaOptionsTest {
    private static final long GIB = 1L << 30;
    private static final String COLLECTOR = "-XX:+UseParallelGC";
    private static final String YOUNG = "-XX:MaxNewSize=256m";

    @Test
    void aServerGetsACollectorAndLessInlining() {
        assertThat(with(true, 4 * GIB, "-Xmx4g", "-Dname=value"))
                .contains(COLLECTOR, YOUNG, "-XX:MaxInlineLevel=9", "-XX:FreqInlineSize=100");
    }

    @Test
    void aSmallHeapIsPartedByJava() {
        assertThat(with(true, GIB / 4)).contains(COLLECTOR).doesNotContain(YOUNG);
    }

    @Test
    void aSimpleCollectorThatJavaChoseStays() {
        assertThat(with(false, 4 * GIB)).doesNotContain(COLLECTOR, YOUNG).contains("-XX:MaxInlineLevel=9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseG1GC",
                "-XX:+UseSerialGC",
                "-XX:+UseParallelGC",
                "-XX:-UseG1GC",
                "-XX:+UseZGC",
                "-XX:G1HeapRegionSize=4m",
                "-XX:+UnlockDiagnosticVMOptions -XX:ZCollectionInterval=5",
                "-XX:+UseConcMarkSweepGC"
            })
    void anotherCollectorStaysAlone(String option) {
        assertThat(with(true, 4 * GIB, option.split(" "))).doesNotContain(COLLECTOR, YOUNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmn64m", "-XX:NewSize=1g", "-XX:MaxNewSize=1g", "-XX:NewRatio=1"})
    void aSizeForNewObjectsStaysAlone(String option) {
        assertThat(with(true, 4 * GIB, option)).contains(COLLECTOR).doesNotContain(YOUNG);
    }

    @Test
    void whatTheCompilerIsToldElsewhereIsNotSaidAgain() {
        assertThat(with(true, 4 * GIB, "-XX:MaxInlineLevel=15"))
                .contains("-XX:FreqInlineSize=100")
                .noneMatch(option -> option.contains("MaxInlineLevel"));
    }

    @Test
    void optionsOfTheEnvironmentAreParted() {
        assertThat(JavaOptions.ofEnvironment(
                        Map.of("JAVA_TOOL_OPTIONS", " -Xmx1g  -Xss1m", "_JAVA_OPTIONS", "-Dx=y", "OTHER", "-Z")))
                .containsExactly("-Xmx1g", "-Xss1m", "-Dx=y");
    }

    private static List<String> with(boolean usual, long heap, String... given) {
        return JavaOptions.with(List.of(given), usual, heap);
    }
}
