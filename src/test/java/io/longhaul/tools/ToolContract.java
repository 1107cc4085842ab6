package io.longhaul.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.RecordedCall.Progress;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every provider of tools keeps to. A provider's test gives one tool for each behaviour. */
public abstract class ToolContract {
    /** Far more than a stop takes, because the machine may be busy, and far less than the endless work does. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Its result is its params, whatever JSON they are. */
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

    /** Fails as UNAVAILABLE: what it needs is not there. */
    protected abstract RegisteredTool unavailable();

    /** Has a larger result than it may. */
    protected abstract RegisteredTool flooding();

    /** Its result is the object {"a NUL b": "c NUL d HIGH-SURROGATE"}. */
    protected abstract RegisteredTool unstorable();

    /** Logs a line, then works until cancelled; some of the work is done by others (processes, servers). */
    protected abstract RegisteredTool endless();

    /** Waits until no work for the call goes on, anywhere, but at most until the deadline (System.nanoTime). */
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
        assertThat(value(echo(), json)).isEqualTo(RecordedCall.JSON.readTree(json));
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
        assertThat(value(echo(), "{\"n\":" + number + "}"))
                .isEqualTo(RecordedCall.JSON.readTree("{\"n\":" + number + "}"));
    }

    @Test
    void textOfAllScriptsComesBack() throws Exception {
        String json = "{\"äß\":\"漢字 😀 \u202e\u2028 \\u0001 \\\\ \\\" \\n é\"}";
        assertThat(value(echo(), json)).isEqualTo(RecordedCall.JSON.readTree(json));
    }

    @Test
    void aMegabyteComesBack() throws Exception {
        String json = "[\"" + "ä".repeat(300_000) + "\",\"" + "x".repeat(400_000) + "\"]";
        assertThat(value(echo(), json)).isEqualTo(RecordedCall.JSON.readTree(json));
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
    void whatIsNotThereIsUnavailableAndWorthAnotherAttempt() throws Exception {
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
    void whatTheDatabaseCannotKeepIsReplaced() throws Exception {
        ToolResult result = new RecordedCall("{}").start(unstorable()).await();
        assertThat(result).isEqualTo(new ToolResult.Success("{\"a\uFFFDb\":\"c\uFFFDd\uFFFD\"}"));
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

    /** Virtual threads where Java has them: what the server runs jobs on. */
    private static ExecutorService workers() throws ReflectiveOperationException {
        return Runtime.version().feature() < 21
                ? Executors.newFixedThreadPool(20)
                : (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
    }

    private static JsonNode value(RegisteredTool tool, String paramsJson) throws Exception {
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
