package io.longhaul.api.questions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.NullNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.jobs.InputRepresentation;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.questions.Answering;
import io.longhaul.tools.params.ParamError;
import io.longhaul.tools.spi.Answer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** The questions of a job's tool, and answers to them. */
@Path("/v1/jobs/{id}/inputs")
@Produces(MediaType.APPLICATION_JSON)
public final class InputsResource {
    private static final List<String> ACTIONS =
            Arrays.stream(Answer.Action.values()).map(Answer.Action::label).toList();

    private final JobQueries queries;
    private final Answering answering;
    private final JsonBodies bodies;

    public InputsResource(JobQueries queries, Answering answering, ApiConfiguration configuration) {
        this.queries = queries;
        this.answering = answering;
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
    }

    /**
     * The questions of a job.
     *
     * @param jobId the job
     * @param waitingForInput whether somebody is to answer
     * @param inputs all questions, first to last
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record JobInputs(UUID jobId, boolean waitingForInput, List<InputRepresentation> inputs) {}

    /** Shows what the job's tool has asked, and what it was answered. */
    @Operation(
            id = "listInputs",
            tag = "Jobs",
            replies = {@Reply(means = "The questions.", body = JobInputs.class)},
            errors = {ErrorCode.JOB_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    public Object list(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job job = JobResource.find(queries, id, request);
        List<InputRepresentation> inputs = answering.questions(job.id()).stream()
                .map(InputRepresentation::of)
                .toList();
        return new JobInputs(job.id(), job.inputs().anyOpen(), inputs);
    }

    /**
     * Answers a question of the job's tool, which then goes on. The content must match the question's schema. A question has
     * one answer; the same answer once more gets the same reply.
     */
    @Operation(
            id = "answerInput",
            tag = "Jobs",
            body = Requests.AnswerRequest.class,
            replies = {@Reply(means = "The answered question.", body = InputRepresentation.class)},
            errors = {
                ErrorCode.JOB_NOT_FOUND,
                ErrorCode.INPUT_NOT_FOUND,
                ErrorCode.INPUT_ANSWERED,
                ErrorCode.INPUT_EXPIRED,
                ErrorCode.JOB_FINISHED,
                ErrorCode.INVALID_ANSWER
            })
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresRole(value = Role.SUBMIT, audited = true)
    @Path("/{key}")
    public Object answer(
            @PathParam("id") String id,
            @PathParam("key") String key,
            @Context HttpServletRequest request,
            InputStream body) {
        Fields fields = new Fields(bodies.read(body));
        Answer answer = answer(fields);
        UnknownMembers.check(fields, request);
        fields.check(null);
        Caller caller = Caller.of(request);
        Job job = JobResource.find(queries, id, request);
        if (!caller.mayChange(job)) {
            throw new RefusedException(
                    ErrorCode.MISSING_ROLE,
                    "Job " + job.id() + " is another's: only its submitter and operators answer its questions.");
        }
        return answering
                .answer(job.id(), key, answer, caller.name())
                .map(outcome -> taken(job, outcome))
                .orElseThrow(() -> notFound(job, key));
    }

    private static Answer answer(Fields fields) {
        String action = fields.oneOf("action", ACTIONS, Answer.Action.ACCEPT.label());
        JsonNode content = fields.any("content", NullNode.getInstance());
        Answer.Action known = Answer.Action.valueOf(action.toUpperCase(Locale.ROOT));
        if (known != Answer.Action.ACCEPT && !content.isNull()) {
            fields.wrong("content", "must be left out unless action is accept");
        }
        return new Answer(known, content);
    }

    private static InputRepresentation taken(Job job, Answering.Outcome outcome) {
        String key = outcome.question().row().key();
        return switch (outcome.verdict()) {
            case TAKEN -> InputRepresentation.of(outcome.question());
            case OTHER_ANSWER ->
                throw new RefusedException(
                        ErrorCode.INPUT_ANSWERED,
                        "The question \"" + key + "\" of job " + job.id()
                                + " has another answer already, which stays.");
            case TOO_LATE ->
                throw new RefusedException(
                        ErrorCode.INPUT_EXPIRED,
                        "The time to answer the question \"" + key + "\" of job " + job.id()
                                + " is over. Retry the job when it has failed, and answer the new question in time.");
            case JOB_ENDED ->
                throw new RefusedException(
                        ErrorCode.JOB_FINISHED, "Job " + job.id() + " has ended: its tool takes no answer any more.");
            case WRONG ->
                throw new RefusedException(
                        ErrorCode.INVALID_ANSWER,
                        "The answer does not match the schema of the question \"" + key + "\".",
                        job.tool(),
                        outcome.errors().stream().map(InputsResource::inContent).toList());
        };
    }

    private static FieldError inContent(ParamError error) {
        return new FieldError("/content" + error.pointer(), error.message());
    }

    private static RefusedException notFound(Job job, String key) {
        return new RefusedException(
                ErrorCode.INPUT_NOT_FOUND,
                "Job " + job.id() + " has asked no question " + Ids.shown(key) + ". GET /v1/jobs/" + job.id()
                        + "/inputs lists those it has asked.");
    }
}
