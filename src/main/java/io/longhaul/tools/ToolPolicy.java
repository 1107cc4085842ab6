package io.longhaul.tools;

import io.longhaul.tools.params.Storable;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.InputPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.ToolLimits;
import java.time.Duration;
import java.util.Objects;

/**
 * Rules for running a tool; the same for every job of the tool.
 *
 * @param timeout longest time of one attempt, or null for the server's default
 * @param concurrency jobs of this tool that one node runs at once, or null for no limit of its own
 * @param retry whether and when a failed attempt is repeated
 * @param onWorkerLoss whether a job whose worker was lost runs again
 * @param maxLosses how often a lost worker is replaced before the job fails; keeps a job that kills its node from
 *     killing one node after the other
 * @param maxResultBytes its largest result, in bytes of JSON text
 * @param limits for the tool on all nodes together
 * @param version recorded in the jobs that the tool works on, or null
 * @param mcp how the MCP server offers it
 * @param input waits for the answers to its questions
 * @param startWithin time in which the first attempt of a job must begin that does not say it itself, or null for no limit
 */
public record ToolPolicy(
        Duration timeout,
        Integer concurrency,
        Retry retry,
        OnWorkerLoss onWorkerLoss,
        int maxLosses,
        long maxResultBytes,
        ToolLimits limits,
        String version,
        McpPolicy mcp,
        InputPolicy input,
        Duration startWithin) {
    /** One attempt, three lost workers, results up to 16 MiB. */
    public static final ToolPolicy DEFAULT = new ToolPolicy(
            null,
            null,
            Retry.NEVER,
            OnWorkerLoss.RETRY,
            3,
            16L * 1024 * 1024,
            ToolLimits.NONE,
            null,
            McpPolicy.DEFAULT,
            InputPolicy.DEFAULT,
            null);

    /** As long as the longest time that an ended job is kept. */
    public static final Duration LONGEST_START = Duration.ofDays(3650);

    private static final int LONGEST_VERSION = 100;

    /** A larger value may not fit jsonb: PostgreSQL allows 256 MiB, and the binary form can be larger than the text. */
    private static final long LARGEST_RESULT = 128L * 1024 * 1024;

    /** A policy of a tool that the MCP server offers as most, and whose questions wait as long as most; parameters as above. */
    public ToolPolicy(
            Duration timeout,
            Integer concurrency,
            Retry retry,
            OnWorkerLoss onWorkerLoss,
            int maxLosses,
            long maxResultBytes,
            ToolLimits limits,
            String version) {
        this(
                timeout,
                concurrency,
                retry,
                onWorkerLoss,
                maxLosses,
                maxResultBytes,
                limits,
                version,
                McpPolicy.DEFAULT,
                InputPolicy.DEFAULT,
                null);
    }

    /** Checks the ranges. */
    public ToolPolicy {
        Objects.requireNonNull(mcp, "mcp");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(onWorkerLoss, "onWorkerLoss");
        Checks.that(
                maxResultBytes >= 1024 && maxResultBytes <= LARGEST_RESULT,
                "max_result is %d bytes: write a size from 1KiB to 128MiB",
                maxResultBytes);
        if (timeout != null) {
            Checks.that(
                    timeout.toMillis() > 0, "timeout is %s: write a duration such as 10m, or leave it out", timeout);
        }
        if (startWithin != null) {
            Checks.that(
                    startWithin.compareTo(Duration.ofSeconds(1)) >= 0 && startWithin.compareTo(LONGEST_START) <= 0,
                    "start_within is %s: write a duration from 1s to 3650d, or leave it out for no limit",
                    startWithin);
        }
        if (concurrency != null) {
            Checks.range("concurrency", concurrency, 1, 100_000);
        }
        Checks.range("max_losses", maxLosses, 0, 1000);
        Checks.that(
                version == null
                        || (!version.isBlank()
                                && version.length() <= LONGEST_VERSION
                                && Storable.text(version).equals(version)),
                "version must be 1 to %d characters of text",
                LONGEST_VERSION);
    }

    /** Losses of a worker that a job survives; zero for {@code on_worker_loss: fail}. */
    public int allowedLosses() {
        return onWorkerLoss == OnWorkerLoss.FAIL ? 0 : maxLosses;
    }
}
