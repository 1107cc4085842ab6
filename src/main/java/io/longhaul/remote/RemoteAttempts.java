package io.longhaul.remote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.sql.JobReports;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.RemoteTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.run.Outcomes;
import io.longhaul.workers.run.ResultRoom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** What workers tell of the attempts they are at: how far they are, and how they ended. */
public final class RemoteAttempts {
    private static final int LONGEST_LINE = 8_000;

    private final Jdbi jdbi;
    private final ToolRegistry tools;
    private final RemoteEnds ends;
    private final Telemetry telemetry;

    RemoteAttempts(Jdbi jdbi, ToolRegistry tools, RemoteEnds ends, Telemetry telemetry) {
        this.jdbi = jdbi;
        this.tools = tools;
        this.ends = ends;
        this.telemetry = telemetry;
    }

    /**
     * An attempt that a worker holds.
     *
     * @param job the job, without its params
     * @param tool its tool
     */
    public record Held(ClaimedJob job, RegisteredTool tool) {}

    /**
     * The attempt at a job that a worker holds now.
     *
     * @param worker the worker
     * @param job the job
     * @return nothing when it does not hold the job
     */
    public Optional<Held> held(RemoteWorker worker, UUID job) {
        return jdbi.withExtension(RemoteStatements.class, s -> s.held(job, worker.id()))
                .map(claimed -> new Held(claimed, tool(claimed.tool())));
    }

    /** A tool that this node does not have was configured on another: what it says of retries is not known here. */
    private RegisteredTool tool(String name) {
        return tools.find(name)
                .orElseGet(() -> new RegisteredTool(
                        new RemoteTool(new ToolDescription(name, name, JsonNodeFactory.instance.objectNode())),
                        ToolPolicy.DEFAULT,
                        "nowhere"));
    }

    /**
     * Whether there is such a job.
     *
     * @param job an id
     * @return also true for jobs that ended
     */
    public boolean exists(UUID job) {
        return jdbi.withExtension(RemoteStatements.class, s -> s.exists(job));
    }

    /**
     * How an attempt ended that this worker has told the end of before: the answer may have been lost on its way.
     *
     * @param worker the worker
     * @param job the job
     * @param attempt the attempt
     * @return {@code completed}, {@code failed}, {@code retry}, or nothing
     */
    public Optional<String> toldEnd(RemoteWorker worker, UUID job, int attempt) {
        return jdbi.withExtension(RemoteStatements.class, s -> s.toldEnd(job, attempt, worker.name()));
    }

    /**
     * Waits for room in memory for a result.
     *
     * @param bytes of it
     * @return what is to be given back
     * @throws InterruptedException when interrupted
     */
    public int takeRoom(long bytes) throws InterruptedException {
        return ResultRoom.OF_HEAP.take(bytes);
    }

    /**
     * Gives room back.
     *
     * @param taken what {@link #takeRoom} answered
     */
    public void giveRoom(int taken) {
        ResultRoom.OF_HEAP.give(taken);
    }

    /**
     * Ends an attempt.
     *
     * @param held the attempt
     * @param result what came of it; what cannot be stored becomes a failure
     * @return what was written
     * @throws LeaseLostException when the job is somebody else's now, or has ended
     */
    public Outcome end(Held held, ToolResult result) throws LeaseLostException {
        Outcome outcome =
                Outcomes.of(held.job(), held.tool().policy(), held.tool().storable(result));
        Duration took = Duration.between(held.job().leasedAt(), Instant.now());
        return ends.write(held.job(), outcome, took.isNegative() ? Duration.ZERO : took)
                .orElseThrow(() -> lost(held.job().lease()));
    }

    /**
     * Gives a job back unfinished.
     *
     * @param held the attempt
     * @return what was written
     * @throws LeaseLostException when the job is somebody else's now, or has ended
     */
    public Outcome release(Held held) throws LeaseLostException {
        Lease lease = held.job().lease();
        return ends.write(held.job(), new Outcome.GivenBack(lease), Duration.ZERO)
                .orElseThrow(() -> lost(lease));
    }

    /**
     * Stores how far an attempt is.
     *
     * @param lease under which it runs
     * @param fraction 0.0 to 1.0, or null when unknown
     * @param message what is being done, or null for as before
     * @throws LeaseLostException when the job is somebody else's now, or has ended
     */
    public void progress(Lease lease, Double fraction, String message) throws LeaseLostException {
        Double[] fractions = {fraction};
        String[] messages = {message == null ? null : cut(message)};
        int stored = jdbi.withExtension(
                JobReports.class,
                r -> r.progress(one(lease.jobId()), one(lease.attempt()), one(lease.nodeId()), fractions, messages));
        if (stored == 0) {
            throw lost(lease);
        }
    }

    /**
     * Stores log lines, in their order.
     *
     * @param lease under which the attempt runs
     * @param lines the text
     */
    public void log(Lease lease, List<String> lines) {
        int count = lines.size();
        String now = Instant.now().toString();
        jdbi.useExtension(
                JobReports.class,
                r -> r.log(
                        Collections.nCopies(count, lease.jobId()).toArray(UUID[]::new),
                        Collections.nCopies(count, lease.attempt()).toArray(Integer[]::new),
                        Collections.nCopies(count, lease.nodeId()).toArray(Long[]::new),
                        Collections.nCopies(count, now).toArray(String[]::new),
                        lines.stream().map(RemoteAttempts::cut).toArray(String[]::new)));
    }

    /** What to answer a worker that tells of an attempt that is not its own any more. */
    private LeaseLostException lost(Lease lease) {
        telemetry.leaseLost(lease);
        return lost();
    }

    /**
     * What to answer a worker that tells of an attempt that is not its own.
     *
     * @return to be thrown
     */
    public static LeaseLostException lost() {
        return new LeaseLostException("This worker does not hold that attempt, or not any more: the job was cancelled,"
                + " took too long, or was given to another. Stop the work.");
    }

    private static String cut(String text) {
        return Storable.text(text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "…" : text);
    }

    private static UUID[] one(UUID value) {
        return new UUID[] {value};
    }

    private static Integer[] one(Integer value) {
        return new Integer[] {value};
    }

    private static Long[] one(Long value) {
        return new Long[] {value};
    }
}
