package io.longhaul.api.workers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.workers.WorkerAnswers.QuestionAnswer;
import io.longhaul.auth.Role;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.tools.Questions;
import io.longhaul.tools.spi.Question;
import io.longhaul.workers.remote.LeaseLostException;
import io.longhaul.workers.remote.Remote;
import io.longhaul.workers.remote.RemoteAttempts.Held;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Questions that a worker asks while it works on an attempt. */
@Path("/v1/workers/jobs/{id}/attempts/{attempt}/inputs")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class AttemptInputsResource {
    private static final int LONGEST_WAIT = 30;

    private final Remote remote;
    private final HeldAttempts attempts;
    private final Executor executor;
    private final JsonBodies bodies;

    public AttemptInputsResource(Remote remote, Executor executor, ApiConfiguration configuration) {
        this.remote = remote;
        this.attempts = new HeldAttempts(remote);
        this.executor = executor;
        this.bodies = JsonBodies.ofTools(configuration.maxBodyBytes());
    }

    /**
     * Asks for input. The answer is there at once if somebody has answered this question of the job before; otherwise the
     * request waits for it, and is sent again until the answer comes. The time does not count against the attempt's timeout.
     */
    @Operation(
            id = "askInput",
            tag = "Workers",
            body = Requests.AskRequest.class,
            replies = {@Reply(means = "The question, with its answer if there is one.", body = QuestionAnswer.class)},
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.LEASE_LOST})
    @POST
    @RequiresRole(Role.WORK)
    public CompletionStage<Response> ask(
            @HeaderParam(Header.TOKEN) String token,
            @PathParam("id") String id,
            @PathParam("attempt") String attempt,
            InputStream body) {
        ObjectNode object = bodies.read(body);
        Fields fields = new Fields(object);
        int seconds = fields.wholeNumber("wait", 0, LONGEST_WAIT, 0);
        fields.check(null);
        Question question = question(object.deepCopy().without("wait"));
        StoredQuestion asked = asked(attempts.holding(token, id, attempt), question);
        if (asked.isSettled()) {
            return java.util.concurrent.CompletableFuture.completedStage(
                    Response.ok(QuestionAnswer.of(asked)).build());
        }
        Duration wait = Duration.ofSeconds(seconds);
        Duration longest = remote.configuration().heartbeat();
        return remote.awaitAnswer(asked, wait.compareTo(longest) < 0 ? wait : longest)
                .thenApplyAsync(
                        settled -> Response.ok(QuestionAnswer.of(settled.orElse(asked)))
                                .build(),
                        executor);
    }

    private StoredQuestion asked(Held held, Question question) {
        try {
            return remote.attempts().ask(held, question);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(ErrorCode.INVALID_REQUEST, e.getMessage());
        } catch (LeaseLostException e) {
            throw WorkersResource.refused(e);
        }
    }

    private static Question question(ObjectNode members) {
        try {
            return Questions.read(members);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(ErrorCode.INVALID_REQUEST, e.getMessage());
        }
    }
}
