package io.longhaul.console.jobs;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.jobs.ChainSearch;
import io.longhaul.api.jobs.JobAttempts;
import io.longhaul.api.jobs.JobAttempts.Attempt;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.api.jobs.LogFilter;
import io.longhaul.api.jobs.LogReader;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.FormData;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.Visitor;
import io.longhaul.console.Words;
import io.longhaul.files.FileStore;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.NodeQueries;
import io.longhaul.jobs.sql.NodeQueries.KnownNode;
import io.longhaul.jobs.sql.PredecessorQueries;
import io.longhaul.questions.Answering;
import io.longhaul.questions.StoredQuestion;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** One job. */
@Path(Paths.JOBS + "/{id}")
public final class JobPage {
    private static final int LINES = 200;
    private static final int RELATED = 20;
    private static final int COUNTED = 1_000;

    /** What is stored in more bytes would keep the page waiting: it is read when somebody asks for it. */
    private static final int SOON = 64 * 1024;

    private final Reads reads;
    private final LogReader logs;
    private final WaitingReasons reasons;
    private final Answering answering;
    private final FileStore files;

    public JobPage(Reads reads, LogReader logs, WaitingReasons reasons, Answering answering, FileStore files) {
        this.reasons = reasons;
        this.files = files;
        this.reads = reads;
        this.logs = logs;
        this.answering = answering;
    }

    /** Shows the job; {@code attempt} shows the log of one attempt only, {@code whole} large params and results as well. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery({"attempt", "compare", "late", "whole"})
    @Produces("text/html;charset=utf-8")
    public Page show(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        QueryParameters query = new QueryParameters(uri);
        int attempt = (int) query.number("attempt", 1, Integer.MAX_VALUE, 0);
        UUID compared = query.id("compare");
        boolean late = query.flag("late");
        boolean whole = query.flag("whole");
        query.check();
        Job job = explained(beginning(id, whole ? Integer.MAX_VALUE : SOON, request), request);
        JobView.Log log = log(job.id(), attempt == 0 ? null : attempt);
        return page(
                job,
                questions(job, request, QuestionView::of),
                new Asked(log, other(compared, request), late, whole),
                request);
    }

    private Job beginning(String id, int most, HttpServletRequest request) {
        return reads.with(JobQueries.class, queries -> JobResource.beginning(queries, id, most, request));
    }

    /**
     * What the address of the page asks for.
     *
     * @param log of one attempt, or of all
     * @param compared the job to compare with, or null
     * @param late whether somebody wanted to cancel the job, and it had ended
     * @param whole whether large params and results are to be shown
     */
    private record Asked(JobView.Log log, Job compared, boolean late, boolean whole) {}

    private Page page(Job job, List<QuestionView> questions, Asked asked, HttpServletRequest request) {
        JobView view = view(job, questions, asked, request);
        return new Page("job", job.tool() + " " + view.row().shortId(), Section.JOBS, view);
    }

    private Job explained(Job job, HttpServletRequest request) {
        Caller caller = Caller.of(request);
        return reasons.explained(job, caller.seesAll() ? null : caller.name());
    }

    /** Shows the job again, with an answer that was refused; it may be that of a question that is open no more. */
    Page refused(String id, StoredQuestion answered, FormData sent, Refusal refusal, HttpServletRequest request) {
        Job job = explained(beginning(id, SOON, request), request);
        String key = answered.row().key();
        List<QuestionView> questions = new ArrayList<>(questions(
                job,
                request,
                (question, place) -> question.row().key().equals(key)
                        ? QuestionView.refused(question, place, sent, refusal)
                        : QuestionView.of(question, place)));
        if (questions.stream().noneMatch(question -> question.key().equals(key))) {
            questions.add(0, QuestionView.refused(answered, 0, sent, refusal));
        }
        return page(job, questions, new Asked(log(job.id(), null), null, false, false), request);
    }

    /** A question of a job that the visitor sees. */
    StoredQuestion question(String id, String key, HttpServletRequest request) {
        Job job = beginning(id, 0, request);
        return answering.questions(job.id()).stream()
                .filter(question -> question.row().key().equals(key))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.INPUT_NOT_FOUND, "Job " + job.id() + " has asked no question of this key."));
    }

    /** Those that are open. Each keeps its place while others are answered, and so the ids of its fields. */
    private List<QuestionView> questions(
            Job job, HttpServletRequest request, BiFunction<StoredQuestion, Integer, QuestionView> shown) {
        if (!job.inputs().anyOpen() || !Visitor.of(request).mayChange(job)) {
            return List.of();
        }
        List<StoredQuestion> all = answering.questions(job.id());
        return IntStream.range(0, all.size())
                .filter(place -> !all.get(place).isSettled())
                .mapToObj(place -> shown.apply(all.get(place), place))
                .toList();
    }

    private JobView view(Job job, List<QuestionView> questions, Asked asked, HttpServletRequest request) {
        JobQueries.Stored stored =
                reads.with(JobQueries.class, found -> found.stored(job.id())).orElse(new JobQueries.Stored(0, 0));
        List<Attempt> attempts = reads.with(
                        JobQueries.class, found -> JobAttempts.of(job, found.failedAttempts(job.id())))
                .attempts();
        return new JobView(
                JobRow.of(List.of(job), Visitor.of(request)::mayChange, reads).get(0),
                Timeline.of(job, attempts, lease(job)),
                LostRuns.of(attempts),
                questions,
                JsonPart.of(job.params(), stored.params()),
                JsonPart.of(job.result(), stored.result()),
                ResultView.of(job.result(), images(job, asked.whole(), request)),
                new JobView.Files(files.outputs(job.id()), files.inputs(job.id())),
                asked.log(),
                alike(job, request),
                around(job, request),
                JobCommands.job(request, job),
                asked.compared() == null ? null : Difference.of(asked.compared(), job),
                asked.late(),
                UUID.randomUUID().toString());
    }

    /** Those of a large result are looked for only if it is to be shown, and browsers read them one by one. */
    private List<ResultView.Image> images(Job job, boolean whole, HttpServletRequest request) {
        if (job.result() == null) {
            return List.of();
        }
        if (!JsonPart.isCut(job.result())) {
            return ResultImages.of(job.result(), null);
        }
        return whole
                ? ResultImages.of(
                        reads.with(
                                        JobQueries.class,
                                        queries -> JobResource.find(
                                                queries, job.id().toString(), request))
                                .result(),
                        Paths.JOBS + "/" + job.id())
                : List.of();
    }

    /** The job to compare with; null if it was removed or is another's. */
    private Job other(UUID id, HttpServletRequest request) {
        return id == null
                ? null
                : reads.with(JobQueries.class, found -> found.beginning(id, SOON))
                        .filter(Caller.of(request)::sees)
                        .orElse(null);
    }

    /** Until when the job's node holds it; null unless it runs. */
    private Instant lease(Job job) {
        List<KnownNode> nodes =
                job.status() != JobStatus.RUNNING ? null : reads.inTime(NodeQueries.class, NodeQueries::all);
        return nodes == null
                ? null
                : nodes.stream()
                        .filter(node -> node.name().equals(job.node()))
                        .findFirst()
                        .map(KnownNode::leaseUntil)
                        .orElse(null);
    }

    private JobView.Log log(UUID job, Integer attempt) {
        LogReader.Part end = logs.last(job, new LogFilter(attempt, "", false), 0, Long.MAX_VALUE, LINES);
        return new JobView.Log(
                end.lines(), attempt, !end.complete() && end.lines().size() == LINES);
    }

    private String alike(Job job, HttpServletRequest request) {
        if (job.failure() == null) {
            return null;
        }
        JobFilter same = Caller.of(request).visible(JobFilter.ALL.by(JobFilter.By.FAILURE, job.failure()));
        Long all = reads.inTime(JobQueries.class, found -> found.count(same.conditions(), same.values(), COUNTED + 1));
        if (all == null) {
            return "Others failed alike";
        }
        long others = all - 1;
        if (others < 1) {
            return "";
        }
        return others >= COUNTED
                ? "More than " + Words.number(COUNTED) + " others failed alike"
                : Words.count(others, "other", "others") + " failed alike";
    }

    private JobView.Around around(Job job, HttpServletRequest request) {
        Caller caller = Caller.of(request);
        UUID batch = job.extras().batchId();
        return new JobView.Around(
                ChainView.of(
                        reads.inTime(PredecessorQueries.class, queries -> ChainSearch.of(job.id(), queries, caller))),
                batch == null ? List.of() : others(job, caller, JobFilter.ALL.by(JobFilter.By.BATCH, batch)),
                job.traceId() == null
                        ? List.of()
                        : others(job, caller, JobFilter.ALL.by(JobFilter.By.TRACE_ID, job.traceId())));
    }

    private List<JobRow> others(Job job, Caller caller, JobFilter all) {
        JobFilter filter = caller.visible(all);
        List<Job> jobs = reads.inTime(
                JobQueries.class,
                found -> found.page(
                        filter.conditions(), filter.order().sql(), filter.values(), false, false, RELATED + 1, 0));
        return jobs == null
                ? List.of()
                : JobRow.of(
                        jobs.stream()
                                .filter(other -> !other.id().equals(job.id()))
                                .limit(RELATED)
                                .toList(),
                        other -> false,
                        reads);
    }
}
