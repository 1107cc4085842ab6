package io.longhaul.console.jobs;

import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.questions.InputsResource;
import io.longhaul.auth.Role;
import io.longhaul.console.FormData;
import io.longhaul.console.Paths;
import io.longhaul.questions.StoredQuestion;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Answers a question of a job's tool, by the API's own endpoint. */
@Path(Paths.JOBS + "/{id}/answer")
@Produces("text/html;charset=utf-8")
public final class AnswerAction {
    /** What is said on the page of the job, with the answer as it was sent. */
    private static final Set<ErrorCode> SHOWN =
            Set.of(ErrorCode.INVALID_ANSWER, ErrorCode.INPUT_ANSWERED, ErrorCode.INPUT_EXPIRED, ErrorCode.JOB_FINISHED);

    private final JobPage page;
    private final InputsResource inputs;
    private final int mostBytes;

    /** @param mostBytes largest answer */
    public AnswerAction(JobPage page, InputsResource inputs, int mostBytes) {
        this.page = page;
        this.inputs = inputs;
        this.mostBytes = mostBytes;
    }

    /** Answers it and shows the job, or shows the form again with what is wrong. */
    @POST
    @RequiresRole(value = Role.SUBMIT, audited = true)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response answer(@PathParam("id") String id, InputStream body, @Context HttpServletRequest request) {
        FormData form = FormData.read(body, request, mostBytes);
        String key = form.text("key");
        StoredQuestion question = page.question(id, key, request);
        try {
            byte[] answer = QuestionView.body(question, form).getBytes(StandardCharsets.UTF_8);
            inputs.answer(id, key, request, new ByteArrayInputStream(answer));
        } catch (RefusedException e) {
            if (!SHOWN.contains(e.refusal().code())) {
                throw e;
            }
            return Response.status(e.refusal().status())
                    .entity(page.refused(id, question, form, e.refusal(), request))
                    .build();
        }
        return Response.seeOther(URI.create(Paths.JOBS + "/" + id)).build();
    }
}
