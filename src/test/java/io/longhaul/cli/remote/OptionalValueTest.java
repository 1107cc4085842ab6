package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that may stand alone, and the words behind them. */
class OptionalValueTest {
    private static final String ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            job submit ping --wait 10         | '--wait': "10" is no duration: write one such as 30s
            job submit ping --wait=abc        | '--wait': "abc" is no duration: write one such as 30s
            job submit ping --wait abc a=1    | '--wait': "abc" is no duration: write one such as 30s
            job submit --wait 10 ping         | '--wait': "10" is no duration: write one such as 30s
            job submit ping --wait 4000d      | '--wait': "4000d" is longer than ten years
            job retry ID --wait 1.5s          | '--wait': "1.5s" is no duration: write one such as 30s
            operation create cancel --wait 5  | '--wait': "5" is no duration: write one such as 30s
            job list --watch 0                | '--watch': "0" is no number of seconds: write 1 to 99999
            job list --watch abc              | '--watch': "abc" is no number of seconds: write 1 to 99999
            job get ID --watch=5s             | '--watch': "5s" is no number of seconds: write 1 to 99999
            tool show --watch 0 ping          | '--watch': "0" is no number of seconds: write 1 to 99999
            """)
    void aValueThatIsNoneIsRefused(String words, String message) {
        Shell shell = TestShells.of(Map.of("LONGHAUL_URL", "http://127.0.0.1:1"), said);
        List<String> command = List.of(words.replace("ID", ID).split(" "));
        assertThat(new RemoteCommands(shell).run(command)).isEqualTo(ExitCode.REFUSED);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains(message).hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job submit ping --wait a=1",
                "job submit ping --wait 10s a=1",
                "job submit --wait ping a=1",
                "job retry --wait ID",
                "operation create --wait cancel",
                "job list --watch --status failed",
                "job get --watch ID",
                "job get --watch 5 ID",
                "schedule show --watch nightly",
                "view --watch list"
            })
    void aWordThatIsForSomethingElseStays(String words) {
        assertThatCode(() -> RemoteTree.tree().parseArgs(words.replace("ID", ID).split(" ")))
                .doesNotThrowAnyException();
    }
}
