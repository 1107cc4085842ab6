package io.longhaul.console.operations;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.Words;
import io.longhaul.console.jobs.JobRow;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobOrder;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.NodeQueries;
import io.longhaul.jobs.sql.NodeQueries.KnownNode;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import io.longhaul.tools.ToolRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The first page: how busy the server is, how well it goes, and what failed last. */
@Path(Paths.ROOT)
@Produces("text/html;charset=utf-8")
public final class OverviewPage {
    /** Larger numbers are not counted exactly. */
    private static final int COUNTED = 1_000;

    private static final int FAILURES = 5;

    /** Failures further back than this are no news. */
    private static final Duration NEWS = Duration.ofDays(1);

    private final Reads reads;
    private final ToolRegistry tools;
    private final Readiness readiness;

    public OverviewPage(Reads reads, ToolRegistry tools, Readiness readiness) {
        this.reads = reads;
        this.tools = tools;
        this.readiness = readiness;
    }

    /** Shows it; {@code span} is that of its plots. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("span")
    public Page show(@Context UriInfo uri, @Context HttpServletRequest request) {
        PlotSpan span = PlotSpan.of(new QueryParameters(uri));
        Instant now = Instant.now();
        Plots plots = Plots.read(span, reads);
        return new Page(
                "overview",
                "Overview",
                Section.OVERVIEW,
                new OverviewView(
                        now(now, request),
                        reads.inTime(NodeQueries.class, queries -> nodes(queries.all())),
                        plots,
                        plots == null
                                ? null
                                : new ToolLoads(
                                                reads,
                                                span,
                                                plots.steps()
                                                        .get(span.steps() - 1)
                                                        .at())
                                        .read(),
                        failures(request, now),
                        schema(),
                        WholeCommands.overview(request, span, now),
                        now));
    }

    private OverviewView.Now now(Instant now, HttpServletRequest request) {
        Instant head = reads.inTime(
                QueueDepth.class,
                depth -> depth.headSince(tools.names().toArray(String[]::new)).orElse(null));
        return new OverviewView.Now(
                pending(request),
                reads.inTime(QueueDepth.class, depth -> bounded(depth.ofAll(COUNTED + 1))),
                reads.inTime(QueueDepth.class, depth -> bounded(depth.runningOfAll(COUNTED + 1))),
                head == null ? null : Duration.between(head, now));
    }

    /** All that have not begun, as the list of that status has them. */
    private String pending(HttpServletRequest request) {
        JobFilter pending = Caller.of(request).visible(JobFilter.ALL.of(List.of(JobStatus.PENDING)));
        return reads.inTime(
                JobQueries.class,
                queries -> bounded((int) queries.count(pending.conditions(), pending.values(), COUNTED + 1)));
    }

    private static String bounded(int jobs) {
        return jobs > COUNTED ? Words.number(COUNTED) + "+" : Words.number(jobs);
    }

    private static OverviewView.Nodes nodes(List<KnownNode> nodes) {
        List<KnownNode> alive = nodes.stream().filter(KnownNode::alive).toList();
        List<KnownNode> told =
                alive.stream().filter(node -> node.slots() != null).toList();
        int slots = told.stream().mapToInt(KnownNode::slots).sum();
        int used = told.stream().mapToInt(KnownNode::running).sum();
        return new OverviewView.Nodes(
                alive.size() == nodes.size() ? Words.number(alive.size()) : alive.size() + " of " + nodes.size(),
                told.isEmpty() ? null : Words.number(used) + " of " + Words.count(slots, "slot", "slots") + " in use");
    }

    private List<JobRow> failures(HttpServletRequest request, Instant now) {
        JobFilter failed = Caller.of(request)
                .visible(new JobFilter(List.of(JobStatus.FAILED), Map.of(), JobOrder.ENDED_LAST, null)
                        .by(JobFilter.By.COMPLETED_AFTER, now.minus(NEWS)));
        List<Job> found = reads.inTime(
                JobQueries.class,
                queries -> queries.page(
                        failed.conditions(), failed.order().sql(), failed.values(), false, false, FAILURES, 0));
        return found == null ? null : JobRow.of(found, job -> false, reads);
    }

    private Condition schema() {
        return readiness.current().conditions().stream()
                .filter(condition -> condition.name().equals("schema"))
                .findFirst()
                .orElse(null);
    }
}
