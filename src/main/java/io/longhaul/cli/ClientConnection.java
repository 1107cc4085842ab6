package io.longhaul.cli;

import io.longhaul.cli.JobArguments.Misuse;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;

/** The server that a command talks to: where it is, and what to say when it refuses. */
final class ClientConnection {
    /** Someone typing a command prefers to learn soon that no server answers. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A job that takes hours outlives restarts of the servers. */
    private static final Duration PATIENCE_OF_WAITS = Duration.ofMinutes(10);

    private final Map<String, String> environment;
    private final PrintStream err;

    ClientConnection(Map<String, String> environment, PrintStream err) {
        this.environment = environment;
        this.err = err;
    }

    /** Opens it; {@code waits} for a command that waits for the end of something. */
    LonghaulClient open(JobArguments words, boolean waits) {
        String given = words.value("url");
        try {
            String urls = given == null ? ServerAddress.in(environment) : given;
            return LonghaulClient.builder(urls.split(",", -1))
                    .token(ServerAddress.key(environment))
                    .patience(waits ? PATIENCE_OF_WAITS : PATIENCE)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new Misuse(e.getMessage());
        }
    }

    /** Says why the server refused a command, and returns the exit code. */
    int refused(String command, LonghaulException e) {
        err.println(command + ": " + JobText.plain(e.getMessage()));
        e.errors().forEach(place -> err.println("  " + JobText.plain(place.pointer() + ": " + place.message())));
        if (e.status() == 401) {
            err.println("  LONGHAUL_API_KEY must hold an API key or token of this server.");
        }
        if (e.status() >= 500 && e.traceId() != null) {
            err.println("  The server's log tells more under trace " + e.traceId() + ".");
        }
        return e.status() == 0 || e.status() == 429 || e.status() >= 500 ? JobCommand.NOT_NOW : JobCommand.REFUSED;
    }
}
