package io.longhaul.tools.command;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContract;
import io.longhaul.tools.childprocess.Leftovers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Programs keep the contract. */
final class CommandContractTest extends ToolContract {
    @Override
    protected RegisteredTool echo() {
        return TestTools.one("[{type: command, name: echo, command: [cat]}]");
    }

    @Override
    protected RegisteredTool reporting() {
        return shell("""
                      echo '{{"progress": 0.25, "message": "reading"}}'
                      echo '{{"log": "first"}}'
                      echo '{{"progress": 0.5}}'
                      echo '{{"log": "zweite Zeile: äß漢😀"}}'
                      echo '{{"result": "done"}}'
                """);
    }

    @Override
    protected RegisteredTool failing() {
        return shell("      echo 'no such gene' >&2; exit 3");
    }

    @Override
    protected RegisteredTool hopeless() {
        return shell("""
                      echo '{{"error": {{"message": "this cannot ever work", "retryable": false}}}}'
                      exit 1
                """);
    }

    @Override
    protected RegisteredTool unavailable() {
        return TestTools.one("[{type: command, name: missing, command: [no-such-program-anywhere]}]");
    }

    @Override
    protected RegisteredTool flooding() {
        return shell("      while :; do echo 0123456789012345678901234567890123456789; done");
    }

    @Override
    protected RegisteredTool unstorable() {
        return shell("      echo '{{\"a\\u0000b\": \"c\\u0000d\\ud800\"}}'");
    }

    @Override
    protected RegisteredTool leaking(Path secretFile) {
        return withSecret(secretFile, """
                      echo "using $KEY" >&2
                      echo "$KEY" | sed 's/"/\\\\"/g; s/.*/{{"told":"&"}}/'
                """);
    }

    @Override
    protected RegisteredTool leakingFailure(Path secretFile) {
        return withSecret(secretFile, "      echo \"denied: $KEY\" >&2; exit 1\n");
    }

    private static RegisteredTool withSecret(Path file, String script) {
        return shell(script + "  secret_env: {KEY: {file: " + file + "}}\n");
    }

    @Override
    protected RegisteredTool endless() {
        return shell("""
                      sleep 1000 &
                      (sleep 1000 & sleep 1000) &
                      setsid sleep 1000 &
                      echo started >&2
                      wait
                """);
    }

    @Override
    protected boolean awaitStopped(RecordedCall call, long deadline) throws InterruptedException {
        while (!Leftovers.of(call).isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return Leftovers.of(call).isEmpty();
    }

    private static RegisteredTool shell(String script) {
        return TestTools.one("""
                - type: command
                  name: script
                  max_output: 1MiB
                  command:
                  - sh
                  - -c
                  - |
                """ + script);
    }
}
