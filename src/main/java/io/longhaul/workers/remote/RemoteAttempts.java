package io.longhaul.workers.remote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.sql.JobReports;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.questions.Asking;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.RemoteTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.run.Leases;
import io.longhaul.workers.run.Outcomes;
import io.longhaul.workers.run.ResultLimit;
import io.longhaul.workers.run.ResultMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Takes reports of workers on their attempts: progress, log lines and ends. */
public final class RemoteAttempts {
    private static final int LONGEST_LINE = 8_000;

    private final Jdbi jdbi;
    private final ToolRegistry tools;
    private final RemoteEnds ends;
    private final Telemetry telemetry;
    private final Asking asking;

    RemoteAttempts(Jdbi jdbi, ToolRegistry tools, RemoteEnds ends, Telemetry telemetry) {
        this.jdbi = jdbi;
        this.tools = tools;
        this.ends = ends;
        this.telemetry = telemetry;
        this.asking = new Asking(jdbi);
    }

    /**
     * An attempt that a worker holds.
     *
     * @param job without its params
     */
    public record Held(ClaimedJob job, RegisteredTool tool) {}

    /** The attempt at a job that a worker holds now, or nothing. */
    public Optional<Held> held(RemoteWorker worker, UUID job) {
        return jdbi.withExtension(RemoteStatements.class, s -> s.held(job, worker.id()))
                .map(claimed -> new Held(claimed, tool(claimed.tool())));
    }

    /** A tool that this node does not have was configured on another: its retries are not known here. */
    private RegisteredTool tool(String name) {
        return tools.find(name)
                .orElseGet(() -> new RegisteredTool(
                        new RemoteTool(new ToolDescription(name, name, JsonNodeFactory.instance.objectNode())),
                        ToolPolicy.DEFAULT,
                        "nowhere"));
    }

    /** Returns true also for jobs that have ended. */
    public boolean exists(UUID job) {
        return jdbi.withExtension(RemoteStatements.class, s -> s.exists(job));
    }

    /**
     * The end of an attempt that this worker has reported before, because the answer may have been lost on its way:
     * {@code completed}, {@code failed}, {@code retry}, or nothing.
     */
    public Optional<String> toldEnd(RemoteWorker worker, UUID job, int attempt) {
        return jdbi.withExtension(
                RemoteStatements.class, s -> s.toldEnd(job, attempt, worker.name(), Outcomes.OVER_TIME));
    }

    /** Waits for room in memory for a result of so many bytes; the answer is to be given back. */
    public int takeRoom(long bytes) throws InterruptedException {
        return ResultMemory.OF_HEAP.take(bytes);
    }

    /** Gives back the room that {@link #takeRoom} answered. */
    public void giveRoom(int taken) {
        ResultMemory.OF_HEAP.give(taken);
    }

    /**
     * Ends an attempt and returns the outcome that was written.
     *
     * @param result becomes a failure if it cannot be stored
     * @throws LeaseLostException when the job is another worker's now, or has ended
     */
    public Outcome end(Held held, ToolResult result) throws LeaseLostException {
        Outcome outcome = Outcomes.of(
                held.job(),
                held.tool().policy(),
                ResultLimit.of(held.tool().policy()).storable(result));
        Duration took = Duration.between(held.job().leasedAt(), Instant.now());
        return ends.write(held.job(), outcome, took.isNegative() ? Duration.ZERO : took)
                .orElseThrow(() -> lost(held.job().lease()));
    }

    /** The result of an attempt whose worker sends more than its tool allows. */
    public static ToolResult tooLarge(Held held) {
        return ResultLimit.of(held.tool().policy()).tooLarge();
    }

    /**
     * Asks a question of an attempt. As long as it waits for the answer, its time stands still.
     *
     * @throws IllegalArgumentException if the question cannot be asked
     * @throws LeaseLostException when the job is another worker's now, or has ended
     */
    public StoredQuestion ask(Held held, Question question) throws LeaseLostException {
        Lease lease = held.job().lease();
        // One transaction under the job's lock, as answering takes it: the time is added once, and before an answer
        // takes back what is left of it. What Asking does here joins the transaction of this thread.
        return jdbi.inTransaction(handle -> {
                    handle.attach(JobTransitions.class).lock(lease.jobId());
                    boolean again = asking.hasAsked(lease, question.key());
                    Optional<StoredQuestion> asked =
                            asking.ask(lease, question, held.tool().policy().input());
                    if (!again && asked.isPresent()) {
                        handle.attach(RemoteStatements.class)
                                .addTime(lease.jobId(), lease.attempt(), lease.nodeId(), question.key());
                    }
                    return asked;
                })
                .orElseThrow(() -> lost(lease));
    }

    /**
     * Gives a job back unfinished and returns the outcome that was written. One that waits for an answer comes back when the
     * answer is there.
     *
     * @throws LeaseLostException when the job is another worker's now, or has ended
     */
    public Outcome release(Held held) throws LeaseLostException {
        Lease lease = held.job().lease();
        Outcome outcome = asking.isWaiting(lease) ? new Outcome.WaitsForInput(lease) : new Outcome.GivenBack(lease);
        return ends.write(held.job(), outcome, Duration.ZERO).orElseThrow(() -> lost(lease));
    }

    /**
     * Stores the progress of an attempt.
     *
     * @param fraction 0.0 to 1.0, or null when unknown
     * @param message null leaves the last one
     * @throws LeaseLostException when the job is another worker's now, or has ended
     */
    public void progress(Lease lease, Double fraction, String message) throws LeaseLostException {
        Leases leases = Leases.of(List.of(lease));
        Double[] fractions = {fraction};
        String[] messages = {message == null ? null : cut(message)};
        int stored = jdbi.withExtension(
                JobReports.class,
                r -> r.progress(leases.ids(), leases.attempts(), leases.nodes(), fractions, messages));
        if (stored == 0) {
            throw lost(lease);
        }
    }

    /** Stores log lines in this order. */
    public void log(Lease lease, List<String> lines) {
        Leases leases = Leases.of(Collections.nCopies(lines.size(), lease));
        String[] times =
                Collections.nCopies(lines.size(), Instant.now().toString()).toArray(String[]::new);
        String[] texts = lines.stream().map(RemoteAttempts::cut).toArray(String[]::new);
        jdbi.useExtension(JobReports.class, r -> r.log(leases.ids(), leases.attempts(), leases.nodes(), times, texts));
    }

    private LeaseLostException lost(Lease lease) {
        telemetry.leaseLost(lease);
        return lost();
    }

    /** The answer to a worker that reports on an attempt it does not hold. */
    public static LeaseLostException lost() {
        return new LeaseLostException("This worker does not hold that attempt, or not any more: the job was cancelled,"
                + " took too long, or was given to another. Stop the work.");
    }

    private static String cut(String text) {
        return Storable.text(text, LONGEST_LINE);
    }
}
