package io.longhaul.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.RecordedCall.Progress;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The behaviour that every provider of tools must have. A provider's test supplies one tool for each behaviour. */
public abstract class ToolContract {
    /** Contains characters that JSON, URLs and headers escape. */
    protected static final String SECRET = "s3cr/t+\"quoted\" & more";

    /** Far longer than a stop takes, because the machine may be busy, and far shorter than the endless work. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Returns its params, whatever JSON they are. */
    protected abstract RegisteredTool echo();

    /**
     * Reports progress 0.25 "reading", then 0.5 without a message; logs "first" and "zweite Zeile: äß漢😀"; its result
     * is "done".
     */
    protected abstract RegisteredTool reporting();

    /** Fails as TOOL_ERROR with a message that holds "no such gene", worth another attempt. */
    protected abstract RegisteredTool failing();

    /** Fails as TOOL_ERROR with a message that holds "cannot ever work", not worth another attempt. */
    protected abstract RegisteredTool hopeless();

    /** Fails as UNAVAILABLE, because something it needs is missing. */
    protected abstract RegisteredTool unavailable();

    /** Returns a larger result than allowed. */
    protected abstract RegisteredTool flooding();

    /** Returns the object {"a NUL b": "c NUL d HIGH-SURROGATE"}. */
    protected abstract RegisteredTool unstorable();

    /**
     * Uses the secret in the file and reveals it in all its output: its result is {"told": SECRET}, and its log lines
     * contain it.
     */
    protected abstract RegisteredTool leaking(Path secretFile) throws Exception;

    /** Uses the secret in the file and fails with a message that contains it. */
    protected abstract RegisteredTool leakingFailure(Path secretFile) throws Exception;

    /** The result of echo for this JSON; overridden where params must be objects. */
    protected JsonNode echoed(String json) throws Exception {
        return value(echo(), json);
    }

    /** Logs a line, then works until cancelled; part of the work is done by other processes or servers. */
    protected abstract RegisteredTool endless();

    /** Waits until no work for the call goes on, on any host, but at most until the deadline (System.nanoTime). */
    protected abstract boolean awaitStopped(RecordedCall call, long deadline) throws Exception;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "\"\"",
                "\"text\"",
                "\"7\"",
                "0",
                "-1",
                "1.5",
                "true",
                "false",
                "null",
                "{\"a\":{\"b\":[1,null,{\"c\":[[],{}]},\"\"]},\"\":0,\"a.b\":\"{x}\",\"result\":1,\"error\":null}",
                "[{\"progress\":1},{\"log\":\"x\"}]",
            })
    void everyJsonComesBackUnchanged(String json) throws Exception {
        assertThat(echoed(json)).isEqualTo(RecordedCall.JSON.readTree(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "123456789012345678901234567890123456789012345678901234567890",
                "0.1000000000000000000000000000000000000000000000000000000010",
                "1.0",
                "-1E-300",
            })
    void everyDigitOfANumberStays(String number) throws Exception {
        assertThat(echoed("{\"n\":" + number + "}")).isEqualTo(RecordedCall.JSON.readTree("{\"n\":" + number + "}"));
    }

    @Test
    void textOfAllScriptsComesBack() throws Exception {
        String json = "{\"äß\":\"漢字 😀 \u202e\u2028 \\u0001 \\\\ \\\" \\n é\"}";
        assertThat(echoed(json)).isEqualTo(RecordedCall.JSON.readTree(json));
    }

    @Test
    void aMegabyteComesBack() throws Exception {
        String json = "[\"" + "ä".repeat(300_000) + "\",\"" + "x".repeat(400_000) + "\"]";
        assertThat(echoed(json)).isEqualTo(RecordedCall.JSON.readTree(json));
    }

    @Test
    void progressAndLogLinesArriveInOrder() throws Exception {
        RecordedCall call = new RecordedCall("{}");
        assertThat(call.start(reporting()).await()).isEqualTo(new ToolResult.Success("\"done\""));
        assertThat(call.progress()).containsSubsequence(new Progress(0.25, "reading"), new Progress(0.5, null));
        assertThat(call.lines()).containsExactly("first", "zweite Zeile: äß漢😀");
    }

    @Test
    void aFailureSaysWhatTheToolSaid() throws Exception {
        ToolResult.Failure failure = failure(failing());
        assertThat(failure.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure.message()).contains("no such gene");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void aFailureThatCannotChangeIsNotRetried() throws Exception {
        ToolResult.Failure failure = failure(hopeless());
        assertThat(failure.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure.message()).contains("cannot ever work");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void aMissingProgramIsUnavailableAndWorthAnotherAttempt() throws Exception {
        ToolResult.Failure failure = failure(unavailable());
        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void aResultBeyondTheLimitIsTooLarge() throws Exception {
        ToolResult.Failure failure = failure(flooding());
        assertThat(failure.kind()).isEqualTo(FailureKind.RESULT_TOO_LARGE);
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void unstorableCharactersAreReplaced() throws Exception {
        ToolResult result = new RecordedCall("{}").start(unstorable()).await();
        assertThat(result).isEqualTo(new ToolResult.Success("{\"a\uFFFDb\":\"c\uFFFDd\uFFFD\"}"));
    }

    @Test
    void noOutputOfAToolContainsASecret(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        RecordedCall call = new RecordedCall("{}");
        ToolResult result = call.start(leaking(file)).await();
        assertThat(parsed(result)).isEqualTo(RecordedCall.JSON.readTree("{\"told\":\"***\"}"));
        assertThat(call.lines()).noneMatch(line -> line.contains(SECRET));
        assertThat(call.progress())
                .noneMatch(report -> String.valueOf(report.message()).contains(SECRET));
    }

    @Test
    void aSecretIsInNoErrorMessage(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        assertThat(failure(leakingFailure(file)).message()).contains("***").doesNotContain(SECRET);
    }

    @Test
    void cancelStopsTheWork() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(endless()).awaitFirstLine();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        call.cancel();
        assertThat(awaitStopped(call, deadline)).isTrue();
        call.awaitEnd();
    }

    @Test
    void anInterruptAloneStopsTheWorkToo() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(endless()).awaitFirstLine();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        call.interrupt();
        assertThat(awaitStopped(call, deadline)).isTrue();
        call.awaitEnd();
    }

    @Test
    void aCallThatWasCancelledBeforeItStartedEndsAtOnce() throws Exception {
        RecordedCall call = new RecordedCall("{}");
        call.runActions();
        call.start(endless());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        call.awaitEnd();
        assertThat(awaitStopped(call, deadline)).isTrue();
    }

    @Test
    void oneToolServesManyCallsAtOnce() throws Exception {
        RegisteredTool echo = echo();
        List<Callable<ToolResult>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String json = "{\"call\":" + i + "}";
            calls.add(() -> echo.call(new RecordedCall(json)));
        }
        ExecutorService workers = workers();
        List<Future<ToolResult>> results = workers.invokeAll(calls, 60, TimeUnit.SECONDS);
        for (int i = 0; i < results.size(); i++) {
            assertThat(parsed(results.get(i).get()).path("call").intValue()).isEqualTo(i);
        }
        workers.shutdown();
    }

    /** Virtual threads where Java has them, as the server uses for jobs. */
    private static ExecutorService workers() throws ReflectiveOperationException {
        return Runtime.version().feature() < 21
                ? Executors.newFixedThreadPool(20)
                : (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
    }

    protected static JsonNode value(RegisteredTool tool, String paramsJson) throws Exception {
        return parsed(new RecordedCall(paramsJson).start(tool).await());
    }

    private static JsonNode parsed(ToolResult result) throws Exception {
        assertThat(result).isInstanceOf(ToolResult.Success.class);
        return RecordedCall.JSON.readTree(((ToolResult.Success) result).json());
    }

    private static ToolResult.Failure failure(RegisteredTool tool) throws Exception {
        ToolResult result = new RecordedCall("{}").start(tool).await();
        assertThat(result).isInstanceOf(ToolResult.Failure.class);
        return (ToolResult.Failure) result;
    }
}
