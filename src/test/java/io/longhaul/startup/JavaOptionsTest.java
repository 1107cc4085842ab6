package io.longhaul.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
        assertThat(with(2, 4 * GIB, "-Xmx4g", "-Dname=value"))
                .contains(COLLECTOR, YOUNG, "-XX:MaxInlineLevel=9", "-XX:FreqInlineSize=100");
    }

    @Test
    void aSmallHeapIsPartedByJava() {
        assertThat(with(2, GIB / 4)).contains(COLLECTOR).doesNotContain(YOUNG);
    }

    @Test
    void oneProcessorNeedsNoParallelCollector() {
        assertThat(with(1, 4 * GIB)).doesNotContain(COLLECTOR, YOUNG).contains("-XX:MaxInlineLevel=9");
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
        assertThat(with(2, 4 * GIB, option.split(" "))).doesNotContain(COLLECTOR, YOUNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmn64m", "-XX:NewSize=1g", "-XX:MaxNewSize=1g", "-XX:NewRatio=1"})
    void aSizeForNewObjectsStaysAlone(String option) {
        assertThat(with(2, 4 * GIB, option)).contains(COLLECTOR).doesNotContain(YOUNG);
    }

    private static List<String> with(int processors, long heap, String... given) {
        return JavaOptions.with(List.of(given), processors, heap);
    }
}
