package io.longhaul.api.workers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.access.CallerCheck;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.workers.WorkerAnswers.ClaimAnswer;
import io.longhaul.api.workers.WorkerAnswers.HeartbeatAnswer;
import io.longhaul.api.workers.WorkerAnswers.WorkerAnswer;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.Storable;
import io.longhaul.workers.remote.GivenJob;
import io.longhaul.workers.remote.HeldJob;
import io.longhaul.workers.remote.LeaseLostException;
import io.longhaul.workers.remote.Remote;
import io.longhaul.workers.remote.RemoteWorker;
import io.longhaul.workers.remote.RemoteWorkers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Remote workers: registration, claims and heartbeats. */
@Path("/v1/workers")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class WorkersResource {
    private static final int LONGEST_WAIT = 30;

    private static final int MOST_JOBS = 100;
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_VERSION = 40;

    private final Remote remote;
    private final ToolRegistry tools;
    private final Executor executor;
    private final JsonBodies bodies;

    public WorkersResource(Remote remote, ToolRegistry tools, Executor executor, ApiConfiguration configuration) {
        this.remote = remote;
        this.tools = tools;
        this.executor = executor;
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
    }

    /**
     * Registers a worker and the tools it brings along. A tool of the same name in a node's configuration takes precedence
     * there, and must be of the type {@code remote}.
     */
    @Operation(
            id = "registerWorker",
            tag = "Workers",
            body = Requests.WorkerRequest.class,
            bodyRequired = false,
            replies = {@Reply(status = 201, means = "The worker is known.", body = WorkerAnswer.class)},
            errors = {ErrorCode.TOOL_FORBIDDEN})
    @POST
    @RequiresRole(Role.WORK)
    public Response register(InputStream body, @Context HttpServletRequest request) {
        Fields fields = new Fields(bodies.readIfAny(body));
        String name = name(fields);
        String version = version(fields);
        List<ToolDefinition> brought = ToolDefinition.read(fields, remote.tools());
        UnknownMembers.check(fields, request);
        fields.check(null);
        brought.forEach(
                tool -> CallerCheck.requireTool(Caller.of(request), tool.tool().name()));
        RemoteWorkers.Registered registered = remote.workers()
                .register(
                        name,
                        version,
                        brought.stream().map(tool -> tool.tool().name()).toList());
        brought.stream()
                .filter(tool -> tool.configuredIn() == null)
                .forEach(tool -> remote.tools().register(tool.tool(), tool.json(), name));
        return Response.status(Response.Status.CREATED)
                .entity(WorkerAnswer.of(registered, remote.configuration(), brought))
                .build();
    }

    /**
     * Claims jobs as soon as there are any. A request without a token, or with one that is no longer valid, registers the
     * worker first.
     */
    @Operation(
            id = "claimJobs",
            tag = "Workers",
            body = Requests.ClaimRequest.class,
            replies = {@Reply(means = "The jobs; there may be none.", body = ClaimAnswer.class)},
            errors = {ErrorCode.TOOL_FORBIDDEN, ErrorCode.UNKNOWN_TOOL})
    @POST
    @RequiresRole(Role.WORK)
    @Path("/claim")
    public CompletionStage<Response> claim(
            @HeaderParam(Header.TOKEN) String token, InputStream body, @Context HttpServletRequest request) {
        Fields fields = new Fields(bodies.read(body));
        List<RegisteredTool> wanted = wanted(fields, Caller.of(request));
        int most = fields.wholeNumber("max", 1, MOST_JOBS, 1);
        int seconds = fields.wholeNumber("wait", 0, LONGEST_WAIT, 0);
        String name = name(fields);
        String version = version(fields);
        UnknownMembers.check(fields, request);
        fields.check(null);
        List<String> names = wanted.stream().map(RegisteredTool::name).toList();
        Optional<RemoteWorker> known = remote.workers().renew(token, names);
        RemoteWorkers.Registered worker = known.map(one -> new RemoteWorkers.Registered(one, null))
                .orElseGet(() -> remote.workers().register(name, version, names));
        return remote.claims()
                .claim(worker.worker(), wanted, most, Duration.ofSeconds(seconds))
                .thenApplyAsync(jobs -> claimed(worker, jobs), executor);
    }

    private Response claimed(RemoteWorkers.Registered worker, List<GivenJob> jobs) {
        return Response.ok(ClaimAnswer.of(worker, remote.configuration(), jobs)).build();
    }

    /**
     * Renews a worker's lease and the leases of all its jobs. Answers with the jobs to stop, as soon as there is one. A job
     * that the worker holds but does not list goes to another worker after a while, because the answer to its claim must
     * have been lost. A worker that is answered {@code LEASE_LOST} must stop all its work.
     */
    @Operation(
            id = "heartbeat",
            tag = "Workers",
            body = Requests.HeartbeatRequest.class,
            bodyRequired = false,
            replies = {@Reply(means = "The lease is renewed.", body = HeartbeatAnswer.class)},
            errors = {ErrorCode.LEASE_LOST})
    @POST
    @RequiresRole(Role.WORK)
    @Path("/heartbeat")
    public CompletionStage<Response> heartbeat(
            @HeaderParam(Header.TOKEN) String token, InputStream body, @Context HttpServletRequest request) {
        Fields fields = new Fields(bodies.readIfAny(body));
        boolean all = fields.any("jobs", null) != null;
        List<HeldJob> held = held(fields);
        int seconds = fields.wholeNumber("wait", 0, LONGEST_WAIT, 0);
        UnknownMembers.check(fields, request);
        fields.check(null);
        RemoteWorker worker = remote.workers().renew(token, null).orElseThrow(() -> refused(RemoteWorkers.unknown()));
        if (all) {
            remote.stops().returnUnknown(worker, held);
        }
        Duration wait = Duration.ofSeconds(seconds);
        Duration longest = remote.configuration().heartbeat();
        return remote.stops()
                .await(worker, held, wait.compareTo(longest) < 0 ? wait : longest)
                .thenApplyAsync(
                        stops -> Response.ok(HeartbeatAnswer.of(remote.configuration(), stops))
                                .build(),
                        executor);
    }

    static RefusedException refused(LeaseLostException lost) {
        return new RefusedException(ErrorCode.LEASE_LOST, lost.getMessage());
    }

    private static String name(Fields fields) {
        return shortText(fields, "name", LONGEST_NAME, "worker");
    }

    private static String version(Fields fields) {
        return shortText(fields, "version", LONGEST_VERSION, "unknown");
    }

    private static String shortText(Fields fields, String field, int most, String fallback) {
        String text = fields.optionalText(field);
        if (text != null && Fields.characters(text) > most) {
            fields.wrong(field, "has more than " + most + " characters");
        }
        return text == null ? fallback : Storable.text(text);
    }

    private List<RegisteredTool> wanted(Fields fields, Caller caller) {
        JsonNode names = fields.any("tools", null);
        if (names == null || !names.isArray() || names.isEmpty()) {
            fields.wrong("tools", "must be a list of names of tools");
            return List.of();
        }
        Map<String, RegisteredTool> wanted = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            CallerCheck.requireTool(caller, names.get(i).asText());
            RegisteredTool tool = tool(names.get(i).asText());
            if (tool == null) {
                throw new RefusedException(
                        ErrorCode.UNKNOWN_TOOL,
                        "There is no tool named "
                                + Ids.shown(names.get(i).asText())
                                + "."
                                + tools.hint(names.get(i).asText(), other -> mayClaim(caller, other))
                                + " Register it with POST /v1/workers, or configure it with type: remote.",
                        null,
                        List.of(new FieldError("/tools/" + i, "is not the name of a tool")));
            }
            if (!tool.isRemote()) {
                fields.wrong("tools/" + i, "is a tool that nodes run themselves, and not of the type remote");
            }
            wanted.putIfAbsent(tool.name(), tool);
        }
        return List.copyOf(wanted.values());
    }

    private boolean mayClaim(Caller caller, String name) {
        return caller.principal().mayUse(name)
                && tools.find(name).filter(RegisteredTool::isRemote).isPresent();
    }

    /** Looks again if needed: a tool that was just registered on another node may not be known here yet. */
    private RegisteredTool tool(String name) {
        return tools.find(name)
                .or(() -> {
                    remote.tools().refresh();
                    return tools.find(name);
                })
                .orElse(null);
    }

    private static List<HeldJob> held(Fields fields) {
        JsonNode jobs = fields.any("jobs", null);
        List<HeldJob> held = new ArrayList<>();
        if (jobs != null && !jobs.isArray()) {
            fields.wrong("jobs", "must be a list of {job_id, attempt}");
        }
        for (int i = 0; jobs != null && i < jobs.size(); i++) {
            HeldJob job = jobs.get(i) instanceof ObjectNode object ? held(object) : null;
            if (job == null) {
                fields.wrong("jobs/" + i, "must be {job_id, attempt}, as the claim gave them");
            } else {
                held.add(job);
            }
        }
        return held;
    }

    private static HeldJob held(ObjectNode job) {
        Optional<UUID> id = Ids.parse(job.path("job_id").asText());
        JsonNode attempt = job.path("attempt");
        return id.isPresent() && attempt.isInt() ? new HeldJob(id.get(), attempt.intValue()) : null;
    }
}
