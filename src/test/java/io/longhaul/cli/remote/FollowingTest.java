package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.client.Job.Progress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowingTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            The command exited with code 3: a/b       | The command exited with code 3; the lines of its log above say more
            The command exited with code 3: b         | The command exited with code 3; the lines of its log above say more
            The command exited with code 3: a: b/a    | The command exited with code 3; the lines of its log above say more
            The command exited with code 3: c/b       | The command exited with code 3: c; the lines of its log above say more
            The command exited with code 3: b/c       | The command exited with code 3: b/c
            a                                         | a
            """)
    void whatTheLogHasSaidIsNotSaidAgain(String error, String left) {
        assertThat(Following.unsaid(error.replace('/', '\n'), List.of("a", "b", "a: b")))
                .isEqualTo(left.replace('/', '\n'));
    }

    @Test
    void aBarShowsHowFarAJobIsAndHowLongItProbablyTakes() {
        assertThat(Following.bar(new Progress(0.0, null, null), null, 80)).isEqualTo("[" + " ".repeat(24) + "] 0 %");
        assertThat(Following.bar(new Progress(0.5, "reads", null), Duration.ofSeconds(63), 80))
                .isEqualTo("[===========>" + " ".repeat(12) + "] 50 % reads, 1m3s left");
        assertThat(Following.bar(new Progress(0.5, null, null), Duration.ofMillis(153), 80))
                .endsWith("50 %, 1s left");
        assertThat(Following.bar(new Progress(0.5, null, null), Duration.ofMillis(12_400), 80))
                .endsWith("50 %, 12s left");
        assertThat(Following.bar(new Progress(1.0, "done", null), Duration.ZERO, 80))
                .isEqualTo("[" + "=".repeat(24) + "] 100 % done");
        assertThat(Following.bar(new Progress(null, "step\n2", null), null, 80)).isEqualTo("step 2");
    }

    @Test
    void aNarrowTerminalGetsAShorterBar() {
        Progress progress = new Progress(0.5, "reads the file", null);
        assertThat(Following.bar(progress, Duration.ofSeconds(63), 30)).isEqualTo("[===>   ] 50 % reads the fil…");
        assertThat(Following.bar(new Progress(0.5, null, null), Duration.ofSeconds(63), 30))
                .isEqualTo("[===>   ] 50 %, 1m3s left");
        assertThat(Following.bar(progress, null, 10)).isEqualTo("[=>  ] 5…");
    }
}
